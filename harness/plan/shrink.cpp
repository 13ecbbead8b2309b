#include "plan/shrink.hpp"

#include <algorithm>

#include "plan/options.hpp"

namespace fairground::plan {
namespace {

constexpr std::uint64_t shortest_ns = 20'000'000;

class Shrinking {
 public:
  Shrinking(Draw failing, const WorkloadInfo& workload, const Fails& fails, unsigned most)
      : best_(std::move(failing)), w_(workload), fails_(fails), left_(most) {
    best_.held_back.clear();
  }

  Draw take() {
    for (bool smaller = true; smaller && left_ > 0;) {
      smaller = false;
      smaller = plain() || smaller;
      smaller = defaults() || smaller;
      smaller = fewer_workers() || smaller;
      smaller = shorter() || smaller;
    }
    return best_;
  }

 private:
  // Keeps the best draw as `change` makes it, if that is another one which still fails.
  template <class Change>
  bool keep(Change&& change) {
    if (left_ == 0) return false;
    Draw candidate = best_;
    if (!change(candidate)) return false;
    if (candidate.point.as_processes && !why_no_processes(w_, candidate.point.parameters).empty()) return false;
    --left_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Sets a value; false if it was that already.
  template <class T, class U>
  static bool set(T& value, const U& wanted) {
    if (value == wanted) return false;
    value = wanted;
    return true;
  }

  bool plain() {
    bool any = false;
    any = keep([](Draw& d) { return set(d.point.stutter_ns, 0u); }) || any;
    any = keep([](Draw& d) { return set(d.point.shuffle_ns, 0u); }) || any;
    any = keep([](Draw& d) { return set(d.point.as_processes, false); }) || any;
    any = keep([](Draw& d) { return set(d.point.pin, Point{}.pin); }) || any;
    any = keep([](Draw& d) { return set(d.point.probes, Point{}.probes); }) || any;
    return any;
  }

  bool defaults() {
    bool any = false, brief = true;
    for (const ParameterInfo& p : w_.parameters) {
      any = keep([&](Draw& d) { return set(d.point.parameters[p.key], p.default_value); }) || any;
      brief = brief && (p.type != ParameterType::duration || best_.point.parameters.at(p.key) == p.default_value);
    }
    // Long operations need their long deadline: with a shorter one they would fail for another reason.
    if (brief && best_.point.deadline_ns > Point{}.deadline_ns)
      any = keep([](Draw& d) { return set(d.point.deadline_ns, Point{}.deadline_ns); }) || any;
    return any;
  }

  bool fewer_workers() {
    const auto down_to = [&](unsigned n) {
      return keep([&](Draw& d) { return set(d.point.workers, std::max(1u, n)); });
    };
    bool any = false;
    while (down_to(best_.point.workers / 2)) any = true;
    if (best_.point.workers > 2 && down_to(best_.point.workers - 1)) any = true;
    return any;
  }

  bool shorter() {
    bool any = false;
    while (best_.point.time_ns > shortest_ns &&
           keep([](Draw& d) { return set(d.point.time_ns, std::max(shortest_ns, d.point.time_ns / 2)); }))
      any = true;
    if (best_.point.warmup_ns > 10'000'000)
      any = keep([](Draw& d) { return set(d.point.warmup_ns, 10'000'000u); }) || any;
    return any;
  }

  Draw best_;
  const WorkloadInfo& w_;
  const Fails& fails_;
  unsigned left_;
};

}  // namespace

Draw shrink(Draw failing, const WorkloadInfo& workload, const Fails& fails, unsigned most) {
  return Shrinking(std::move(failing), workload, fails, most).take();
}

}  // namespace fairground::plan
