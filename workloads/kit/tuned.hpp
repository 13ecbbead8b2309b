// A lock with parameters of its own, or with sleepers that need to be woken at the end. Beside what lock.hpp asks for
// it has
//
//   struct Options { ...; static constexpr auto parameters(); };   // parameters bound to members of Options
//   void tune(fairground::Host, const Options&);                   // [control, in setup] after init
//   void wake();                                                   // [control] optional: as fg_workload.wake
//
// and ends with FAIRGROUND_WORKLOAD(x, fairground::kit::Tuned<X>).
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "kit/lock.hpp"
#include "kit/nodes.h"

namespace fairground::kit {

template <class L>
class Tuned : public Locked<L>, public L::Options {
  using Base = Locked<L>;
  using Options = typename L::Options;

 public:
  static constexpr auto parameters() { return std::tuple_cat(Base::parameters(), Options::parameters()); }

  explicit Tuned(Host host) : Base(host), host_(host) {}

  void setup() {
    Base::setup();
    for (auto& cell : this->cells()) cell.lock.tune(host_, static_cast<const Options&>(*this));
  }
  void wake() noexcept {
    if constexpr (requires(L lock) { lock.wake(); })
      for (auto& cell : this->cells()) cell.lock.wake();
  }

 private:
  Host host_;
};

// Options of locks that know of memory nodes.
struct NodeOptions {
  std::int64_t nodes = 0;
  static constexpr auto parameters() {
    return std::make_tuple(integer("nodes", &NodeOptions::nodes, 0, 0, kit_most_nodes,
                                   "deal the workers out to so many nodes in turn, whatever the machine; 0: its own"));
  }
  // [control] The node of each worker's place, from 0 without gaps.
  [[nodiscard]] std::vector<std::uint32_t> of_workers(Host host) const {
    std::vector<std::uint32_t> map(host.c_host()->place_count);
    kit_nodes(host.c_host(), static_cast<std::uint32_t>(nodes), map.data());
    return map;
  }
};

}  // namespace fairground::kit
