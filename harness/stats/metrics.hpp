// The metrics of throughput, fairness and starvation, as pure functions over what n contenders did in one window.
// x_i are operations, finite and not negative; an entitlement has as many entries as x, not negative, of sum 1.
#pragma once

#include <cstddef>
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

// n min(x) / sum x, to an equal share: 1 fair ... 0. Null for no operation.
std::optional<double> raw_minimum_share(std::span<const double> x);

// min_i x_i / (e_i sum x), to the entitlement e, and who that is (the first of equals; those entitled to nothing are
// left out): 1 fair ... 0. Null if sum x < 100 n: so few operations are uneven by chance alone.
struct MinimumShare {
  double ratio;
  std::size_t contender;
};
std::optional<MinimumShare> minimum_share(std::span<const double> x, std::span<const double> entitlement);

// The minimum share that n contenders would show if `operations` were granted to them at random with probabilities e:
// its mean, 0 ... 1, to about 0.01 from 3 operations each on (less is overestimated). Poissons in place of the
// multinomial: exact sums up to a mean of 1,000, the normal approximation above; random_share.cpp has the method and
// its source.
double random_minimum_share(double operations, std::span<const double> entitlement);

// The share that placement and weight alone give each contender; sums to 1.
// places[i]: OS indexes of the units that contender i may use; empty: any that another names (if none does: by weight
// alone). weight[i] > 0. Max-min fair by progressive filling: no contender gets more than one unit, a unit is shared by
// weight. 3 equal ones on units {0}, {1}, {0}: 0.25, 0.5, 0.25. entitlement.cpp has the source.
std::vector<double> entitlement(const std::vector<std::vector<unsigned>>& places, std::span<const double> weight);

// (k - 1) T / (last - first completion): what the times of k whole operations say of the window, without the pieces cut
// off at its ends. Null for k < 2, or if both completed at once.
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
  std::span<const std::int64_t> at_ns;        // ascending, first 0, last = window
  std::span<const std::uint64_t> operations;  // since the window's start, same length
};

// Of one contender. Each span is clipped to the window, to a length L. Its gap is at most L; at least the larger of L /
// c, c the span's operations (1 if open), and the longest stretch of samples inside the clipped span with an unchanged
// count. The upper end is the largest of all spans, the lower end the largest of all, and of all stretches of samples;
// it is censored if the span of the upper end was open or reached beyond the window. Without spans (nothing was
// stamped) samples alone give the bracket: from a still stretch alone to the samples before and after it.
GapBracket longest_gap(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns);

struct EpisodeThresholds {
  double fair_interval_ns;  // F = n T / sum x
  double round_ns;          // R: p99 gap of control; 0 without oversubscription
  double slice_ns;          // CPU time per involuntary switch in control; 0 without oversubscription
  double stolen_ns = 0;     // by the hypervisor, all in all: what of a gap's rest it may have been
};
// A stretch of the window, ns since its start.
struct Within {
  std::int64_t begin_ns, end_ns;
};
struct Episodes {
  std::uint64_t by_resource = 0;
  std::uint64_t by_resource_ns = 0;    // total time of those gaps, by their lower ends
  std::vector<Within> by_resource_in;  // where each of them lies, in order; the spans, clipped to the window
  std::uint64_t by_scheduler = 0;
  std::uint64_t possible = 0;  // the bracket leaves open whether it was one, or by whom
};
// How many gaps of one contender were starvation, and by whom. A gap of at least 1 ms that contains run delay r and
// rest w = gap - r is an episode by the resource if w > max(100 F, 1 ms, 2 R), else by the scheduler if r > max(100 F,
// 4 max(R, slice)). It is counted if that holds for every gap that the span's bracket (as above) allows, and `possible`
// if for some. A span cut off by the window's end is judged by what is inside, with run delay in proportion; run delay
// counts up to the span's length. One span holds at most one episode.
Episodes episodes(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns,
                  const EpisodeThresholds&);

// Below 1 % of the entitlement, where that is at least 10 operations; or none at all while the mean is at least 20.
std::vector<std::size_t> starved(std::span<const double> x, std::span<const double> entitlement);

// ---- over trials ----

// The median of at least one value and its 95 % interval by order statistics: ranks 6 and 15 of 20, 1 and 6 of 6; null
// below 6 values. Throws std::invalid_argument for none.
struct MedianInterval {
  double median;
  std::optional<double> low, high;
};
MedianInterval median_interval(std::vector<double> values);

// The rank, from 1, of the smallest of `count` values with at least p % of all at or below it; 0 < p <= 100, count > 0.
std::uint64_t nearest_rank(double p, std::uint64_t count);

// Nearest-rank percentile: the value of that rank. Throws std::invalid_argument for no value, or p outside
// 0 < p <= 100.
double percentile(std::vector<double> values, double p);

}  // namespace fairground::stats
