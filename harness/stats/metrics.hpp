// The metrics of throughput, fairness and starvation, as pure functions over what n contenders did in one window.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fairground::stats {

// Jain's index (sum x)^2 / (n sum x^2): 1 fair ... 1/n one takes all. Null for no contender or no operation.
// Jain, Chiu, Hawe, DEC-TR-301, 1984.
std::optional<double> jain(std::span<const double> x);

// Fairness factor: the share of all operations done by the more successful half (odd n: half of the middle one counts):
// 0.5 fair ... 1. Null for n < 2 or no operation. Dice and Kogan, EuroSys 2019.
std::optional<double> fairness_factor(std::span<const double> x);

// Gini coefficient sum_i sum_j |x_i - x_j| / (2 n sum x): 0 fair ... (n-1)/n. Null for no operation.
std::optional<double> gini(std::span<const double> x);

// n min(x) / sum x, to an equal share.
std::optional<double> raw_minimum_share(std::span<const double> x);

// min_i x_i / (e_i sum x), to the entitlement e (sum e = 1), and who that is. Null if sum x < 100 n.
struct MinimumShare {
  double ratio;
  std::size_t contender;
};
std::optional<MinimumShare> minimum_share(std::span<const double> x, std::span<const double> entitlement);

// The minimum share that n contenders would show if `operations` were granted to them at random with probabilities e:
// its mean, by the normal approximation of the multinomial where it holds and exact sums of Poissons where counts are small.
double random_minimum_share(double operations, std::span<const double> entitlement);

// The share that placement and weight alone give each contender; sums to 1.
// places[i]: OS indexes of the units that contender i may use, empty: all of all others' and its own; weight[i] > 0.
// Max-min fair (progressive filling): no contender gets more than one unit, a unit is shared by weight.
std::vector<double> entitlement(const std::vector<std::vector<unsigned>>& places, std::span<const double> weight);

// (k - 1) T / (last - first completion), k >= 2; what k whole operations say of the window's rate. Null otherwise.
std::optional<double> effective_operations(std::uint64_t k, std::uint64_t window_ns, std::int64_t first_completion_ns,
                                           std::int64_t last_completion_ns);

// ---- gaps and episodes ----

// A span between two stamps of one contender, in ns since the window's start; may reach outside [0, window].
struct Span {
  std::int64_t begin_ns;
  std::int64_t end_ns;
  std::uint64_t operations;    // completed by its end; 0: open
  std::uint64_t run_delay_ns;  // of it ready to run without a unit
};

// Bounds on the longest time without a completed operation.
struct GapBracket {
  std::uint64_t upper_ns;
  std::uint64_t lower_ns;
  bool censored;  // it was open at an end of the window
};

// The counts of one contender at the sampler's times inside the window, with the window's own ends.
struct SampleSeries {
  std::span<const std::int64_t> at_ns;           // ascending, first 0, last = window
  std::span<const std::uint64_t> operations;     // since the window's start, same length
};

// Longest gap: upper end max of the spans clipped to the window; lower end the larger of L/c and the longest stretch of
// samples with an unchanged count.
GapBracket longest_gap(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns);

struct EpisodeThresholds {
  double fair_interval_ns;  // F = n T / sum x
  double round_ns;          // R: p99 gap of control; 0 without oversubscription
  double slice_ns;          // CPU time per involuntary switch in control; 0 without oversubscription
};
struct Episodes {
  std::uint64_t by_resource = 0;
  std::uint64_t by_resource_ns = 0;  // total time of those gaps
  std::uint64_t by_scheduler = 0;
  std::uint64_t possible = 0;        // the bracket leaves open whether it was one
};
// By the resource: w > max(100 F, 1 ms, 2 R), where w = gap - run delay; else by the scheduler: r > max(100 F, 4 max(R, slice)).
// Counted if the gap's lower end passes; `possible` if only its upper end does.
Episodes episodes(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns,
                  const EpisodeThresholds&);

// Below 1 % of the entitlement, where that is at least 10 operations; or none at all while the mean is at least 20.
std::vector<std::size_t> starved(std::span<const double> x, std::span<const double> entitlement);

// ---- over trials ----

// The median and its 95 % interval by order statistics (binomial ranks); the interval is null below 6 values.
struct MedianInterval {
  double median;
  std::optional<double> low, high;
};
MedianInterval median_interval(std::vector<double> values);

// Nearest-rank percentile, 0 < p <= 100, of a non-empty set.
double percentile(std::vector<double> values, double p);

}  // namespace fairground::stats
