// Short-term fairness from the order in which contenders acquired a resource: who came after whom, how long each was
// passed over, how fair windows of W acquisitions were.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fairground::stats {

// A stretch of the order: the contender, 0 ... n - 1, of each acquisition, one after another.
using Stretch = std::vector<std::uint32_t>;

// Jain's index in disjoint windows of `window` acquisitions, averaged.
struct WindowJain {
  std::uint64_t window = 0;
  double jain = 0;
  double standard_error = 0;  // over stretches, or over windows where there is one stretch; 0 of a single window
  std::uint64_t windows = 0;
  double distinct = 0;  // contenders in a window, mean (the lock working set size, Dice); 0: not counted
};

// For windows of 2, 4, 8 ... that fit into the stretches. n contenders.
std::vector<WindowJain> short_term_jain(std::span<const Stretch> stretches, std::uint32_t n);

// How many acquisitions each contender made in window k: counts[k][i]. All windows of `window` acquisitions.
// Gives those of window, 2 window, 4 window ... as long as there are two of them.
std::vector<WindowJain> long_term_jain(std::span<const std::vector<std::uint32_t>> counts, std::uint64_t window,
                                       std::uint32_t n);

// What Jain's index comes to in windows of W when each grant goes to any of n contenders, as likely: about W/(W + n -
// 1) (E[sum x^2] = W + W(W - 1)/n).
double random_jain(std::uint64_t window, std::uint32_t n);

// matrix[a][b]: how often b acquired right after a. n x n.
std::vector<std::vector<std::uint64_t>> handovers(std::span<const Stretch> stretches, std::uint32_t n);

// Positions between two acquisitions by the same contender, within a stretch: counts of 1, 2, 3-4, 5-8 ... Those that a
// stretch's end cuts off are missing, so long ones are too few.
std::vector<std::uint64_t> reacquire_distances(std::span<const Stretch> stretches, std::uint32_t n);

}  // namespace fairground::stats
