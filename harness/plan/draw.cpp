#include "plan/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

// Each part of a draw has a stream of its own, so that a bound which changes one leaves the others as they were.
enum Part : std::uint64_t {
  far_part,
  parameters_part,
  workers_part,
  as_part,
  pin_part,
  time_part,
  disturb_part,
  seed_part
};

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t deadline_ns = 10'000 * ms;

// From 1 on each doubling is as likely; below, where there may be a zero, it is that of the offset from the lower end.
double log_uniform(Random& random, double low, double high) {
  if (high <= low) return low;
  const double u = random.uniform();
  return std::min(high, low >= 1 ? low * std::pow(high / low, u) : low + std::expm1(u * std::log1p(high - low)));
}

std::uint64_t log_uniform_ns(Random& random, std::uint64_t low, std::uint64_t high) {
  return static_cast<std::uint64_t>(log_uniform(random, static_cast<double>(low), static_cast<double>(high)));
}

std::int64_t whole(double value) {
  if (value >= 0x1p63) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(value);
}

// A time that a person can read: three digits.
std::uint64_t readable(std::uint64_t value) {
  std::uint64_t step = 1;
  while (value / step >= 1'000) step *= 10;
  return value / step * step;
}

bool counts_connections(const ParameterInfo& p) { return p.unit == "connections"; }

// Of each worker, what two kinds of parameters take: sizes, and counts of connections, whose ends are both the trial's.
struct Taken {
  double bytes = 0, descriptors = worker_descriptors;
};
double each(const ParameterInfo& p) { return p.type == ParameterType::size ? 1 : counts_connections(p) ? 2 : 0; }

Taken taken(const WorkloadInfo& w, const json& parameters) {
  Taken sum;
  for (const ParameterInfo& p : w.parameters) {
    if (each(p) == 0) continue;
    (p.type == ParameterType::size ? sum.bytes : sum.descriptors) += each(p) * parameters.at(p.key).get<double>();
  }
  return sum;
}

// What is left to each worker.
Taken allowed(const DrawBounds& b, const WorkloadInfo& w, unsigned workers) {
  return {static_cast<double>(w.has("files") ? b.disk_bytes : b.memory_bytes) / workers,
          (static_cast<double>(b.descriptors) - spare_descriptors) / workers};
}

class Drawing {
 public:
  Drawing(const WorkloadInfo& workload, const DrawBounds& bounds, std::uint64_t seed)
      : w_(workload), b_(bounds), seed_(seed) {}

  Draw take() {
    draw_.point.workload = w_.id;
    draw_workers();
    draw_parameters();
    draw_as();
    draw_time();
    draw_disturbance();
    draw_.seed = stream(seed_part).below(1'000'000'000);
    return std::move(draw_);
  }

 private:
  [[nodiscard]] Random stream(Part part) const { return Random(hash_of(seed_, part)); }

  void held_back(const char* by) {
    auto& all = draw_.held_back;
    if (std::find(all.begin(), all.end(), by) == all.end()) all.emplace_back(by);
  }

  // ---- what a parameter may take of the machine ----

  struct Charge {
    const char* name;
    double budget;     // of the trial
    double least = 0;  // that a worker takes at the lower ends
    double parts = 0;  // parameters that share the budget
    double fixed = 0;  // of `least`, whatever they are
  };
  [[nodiscard]] Charge storage() const {
    const bool disk = w_.has("files");
    Charge c{disk ? "disk" : "memory", static_cast<double>(disk ? b_.disk_bytes : b_.memory_bytes)};
    for (const ParameterInfo& p : w_.parameters) {
      if (p.type != ParameterType::size) continue;
      c.least += std::max(1.0, p.minimum);
      c.parts += 1;
    }
    return c;
  }
  [[nodiscard]] Charge descriptors() const {
    Charge c{"descriptors", static_cast<double>(b_.descriptors) - spare_descriptors};
    for (const ParameterInfo& p : w_.parameters) {
      if (!counts_connections(p)) continue;
      c.least += 2 * std::max(1.0, p.minimum);  // both ends are the trial's
      c.parts += 2;
    }
    c.fixed = worker_descriptors;
    c.least += c.fixed;
    return c;
  }

  void draw_workers() {
    double most = b_.workers;
    for (const Charge& c : {storage(), descriptors()}) {
      if (c.parts == 0 || c.least * most <= c.budget) continue;
      most = std::max(1.0, std::floor(c.budget / c.least));
      held_back(c.name);
    }
    Random random = stream(workers_part);
    const std::uint64_t which = random.below(8);
    const double drawn = which == 0 ? 1 : which == 1 ? most : std::round(log_uniform(random, 1, most));
    draw_.point.workers = static_cast<unsigned>(std::clamp(drawn, 1.0, most));
  }

  // The upper end that the bounds leave.
  [[nodiscard]] double upper_end(const ParameterInfo& p) const {
    const bool size = p.type == ParameterType::size;
    if (!size && !counts_connections(p)) return p.maximum;
    const Charge c = size ? storage() : descriptors();
    const double left = std::max(p.minimum, std::floor((c.budget / draw_.point.workers - c.fixed) / c.parts));
    return std::min(p.maximum, left);
  }

  // ---- parameters ----

  // One number of all may go as far as it can; the others stay near their defaults, for several that are far multiply
  // to trials that take hours.
  void draw_parameters() {
    const std::size_t far = stream(far_part).below(std::max<std::size_t>(1, w_.parameters.size()));
    for (std::size_t i = 0; i < w_.parameters.size(); ++i) {
      Random random(hash_of(seed_, parameters_part, i));
      draw_.point.parameters[w_.parameters[i].key] = value_of(w_.parameters[i], i == far, random);
    }
  }

  json value_of(const ParameterInfo& p, bool far, Random& random) {
    if (p.type == ParameterType::boolean) return random.below(2) == 1;
    if (p.type == ParameterType::choice) return p.choices[random.below(p.choices.size())];
    if (!is_number(p.type)) return p.default_value;
    const double most = upper_end(p);
    const double wanted = number_of(p, far ? p.maximum : near_end(p), far, random);
    const double value = std::min(wanted, most);
    if (value < wanted) held_back(p.type == ParameterType::size ? storage().name : descriptors().name);
    if (p.type == ParameterType::ratio) return std::clamp(std::round(value * 1000) / 1000, p.minimum, most);
    std::int64_t rounded = whole(value);
    if (p.type == ParameterType::size) rounded -= rounded % (rounded >= 4096 ? 4096 : rounded >= 8 ? 8 : 1);
    if (p.type == ParameterType::duration)
      rounded = static_cast<std::int64_t>(readable(static_cast<std::uint64_t>(rounded)));
    return std::max(rounded, whole(p.minimum));
  }

  // Ten times the default, or so little that it harms nobody.
  static double near_end(const ParameterInfo& p) {
    const double otherwise = p.default_value.get<double>();
    double little = 8;
    if (p.type == ParameterType::duration) little = 100'000;
    if (p.type == ParameterType::size) little = 65'536;
    if (p.type == ParameterType::ratio) little = 1;
    return std::min(p.maximum, std::max({p.minimum, 10 * otherwise, little}));
  }

  static double number_of(const ParameterInfo& p, double most, bool far, Random& random) {
    const std::uint64_t which = random.below(16);
    if (which == 0) return p.minimum;
    if (which <= 3) return p.default_value.get<double>();
    const bool rare = p.type == ParameterType::duration && far;  // a second is a long time for one operation
    if (which <= 5 && (!rare || random.below(4) == 0)) return most;
    if (p.type == ParameterType::ratio) return p.minimum + random.uniform() * (most - p.minimum);
    return log_uniform(random, p.minimum, rare ? std::min(most, std::max(p.minimum, 5e6)) : most);
  }

  // ---- the rest ----

  void draw_as() {
    const bool wanted = stream(as_part).below(3) == 0;
    draw_.point.as_processes = wanted && why_no_processes(w_, draw_.point.parameters).empty();
    Random random = stream(pin_part);
    draw_.point.pin = b_.pins[random.below(b_.pins.size())];
    const std::uint64_t level = random.below(10);
    if (w_.has("contended")) draw_.point.probes = level == 0 ? "full" : level <= 2 ? "sampled" : "edges";
  }

  void draw_time() {
    Random random = stream(time_part);
    draw_.point.time_ns = log_uniform_ns(random, b_.least_time_ns, b_.most_time_ns) / ms * ms;
    draw_.point.warmup_ns = log_uniform_ns(random, 10 * ms, 50 * ms) / ms * ms;
    // An operation takes as long as its parameters say, and more than once as long where they are means.
    double lengths = 0;
    for (const ParameterInfo& p : w_.parameters) {
      if (p.type == ParameterType::duration) lengths += draw_.point.parameters.at(p.key).get<double>();
    }
    const std::uint64_t longer = static_cast<std::uint64_t>(std::min(64 * lengths, 3e12)) / ms * ms;
    draw_.point.deadline_ns = deadline_ns + (longer > 2'000 * ms ? longer : 0);
  }

  void draw_disturbance() {
    Random random = stream(disturb_part);
    if (random.below(4) == 0) draw_.point.stutter_ns = log_uniform_ns(random, 5 * ms, 50 * ms) / ms * ms;
    if (random.below(4) == 0 && w_.kind != "team")
      draw_.point.shuffle_ns = log_uniform_ns(random, 5 * ms, 50 * ms) / ms * ms;
  }

  const WorkloadInfo& w_;
  const DrawBounds& b_;
  std::uint64_t seed_;
  Draw draw_;
};

std::string duration_text(std::uint64_t ns) {
  ParameterInfo p;
  p.type = ParameterType::duration;
  return format_value(p, static_cast<std::int64_t>(ns));
}

// As a shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                          "-_=./:+,%@") == std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

Draw draw(const std::vector<WorkloadInfo>& workloads, const DrawBounds& bounds, std::uint64_t seed, std::uint64_t k,
          unsigned attempt) {
  const std::uint64_t n = workloads.size();
  std::vector<std::size_t> deck(n);
  for (std::size_t i = 0; i < n; ++i) deck[i] = i;
  Random random(hash_of(seed, k / n));
  shuffle(deck, random);
  return Drawing(workloads[deck[k % n]], bounds, hash_of(seed, k / n, k % n + 1, attempt)).take();
}

bool keeps_to(const DrawBounds& b, const WorkloadInfo& w, const json& parameters, unsigned workers) {
  const Taken now = taken(w, parameters), most = allowed(b, w, workers);
  return workers <= b.workers && now.bytes <= most.bytes && now.descriptors <= most.descriptors;
}

double most_within(const DrawBounds& b, const WorkloadInfo& w, const ParameterInfo& p, const json& parameters,
                   unsigned workers) {
  if (each(p) == 0) return p.maximum;
  const Taken now = taken(w, parameters), most = allowed(b, w, workers);
  const double left = p.type == ParameterType::size ? most.bytes - now.bytes : most.descriptors - now.descriptors;
  return std::min(p.maximum, std::floor(parameters.at(p.key).get<double>() + left / each(p)));
}

std::string run_line(const Draw& draw, const WorkloadInfo& workload, const std::vector<std::string>& plugins) {
  const Point& point = draw.point;
  std::string line = "fairground run " + point.workload;
  for (const ParameterInfo& p : workload.parameters) {
    const json& value = point.parameters.at(p.key);
    if (value != p.default_value) line += " --set " + quoted(fmt::format("{}={}", p.key, format_value(p, value)));
  }
  line += fmt::format(" --workers {} --as {} --pin {}", point.workers, point.as_processes ? "processes" : "threads",
                      point.pin);
  if (workload.has("contended")) line += " --probes " + point.probes;
  line += fmt::format(" --time {} --warmup {}", duration_text(point.time_ns), duration_text(point.warmup_ns));
  if (point.deadline_ns != Point{}.deadline_ns) line += " --deadline " + duration_text(point.deadline_ns);
  if (point.stutter_ns > 0) line += " --stutter " + duration_text(point.stutter_ns);
  if (point.shuffle_ns > 0) line += " --shuffle " + duration_text(point.shuffle_ns);
  line += fmt::format(" --seed {} --trials 3", draw.seed);
  for (const std::string& plugin : plugins) line += " --plugin " + quoted(plugin);
  return line;
}

}  // namespace fairground::plan
