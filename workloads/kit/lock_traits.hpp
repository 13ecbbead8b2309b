// What a lock says of itself, and which of the optional functions of lock.hpp it has.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <fairground/workload.hpp>
#include <iterator>

#include "kit/load.hpp"

namespace fairground::kit {

struct LockInfo {
  const char* id;
  const char* group;       // spin, blocking, queue, reader-writer
  const char* summary;     // one line
  bool fifo = false;       // first come, first served
  bool fair = false;       // not in order of arrival, but nobody starves; with neither, starvation is expected
  bool blocks = false;     // a waiter may sleep
  bool processes = false;  // works in memory that processes share
  std::uint32_t version = 2;

  [[nodiscard]] constexpr bool promises_fairness() const { return fifo || fair; }
};

template <class L>
concept HasShared = requires(L l, typename L::Local local) {
  l.lock_shared(local);
  l.unlock_shared(local);
};

template <class L>
concept HasTry = requires(L l, typename L::Local local) {
  { l.try_lock(local) } -> std::same_as<bool>;
}
&&(!HasShared<L> || requires(L l, typename L::Local local) {
  { l.try_lock_shared(local) } -> std::same_as<bool>;
});

template <class L>
concept HasTimed = requires(L l, typename L::Local local) {
  { l.lock_for(local, std::int64_t{1}) } -> std::same_as<bool>;
}
&&(!HasShared<L> || requires(L l, typename L::Local local) {
  { l.lock_shared_for(local, std::int64_t{1}) } -> std::same_as<bool>;
});

template <class L>
concept HasInit = requires(L l, Host host) {
  l.init(host, true);
};

template <class L>
concept HasJoin = requires(L l, typename L::Local local, Worker w) {
  l.join(local, w);
  l.leave(local);
};

template <class L>
concept HasCounters = requires(const L l) {
  L::counters[0];
  { l.counter(std::size_t{0}) } -> std::same_as<double>;
};

// The load's counters, those of every lock, and the lock's own.
template <class L>
constexpr auto lock_counters() {
  constexpr std::size_t before = std::size(Load::counters) + (HasShared<L> ? 2 : 1);
  constexpr std::size_t own = [] {
    if constexpr (HasCounters<L>)
      return std::size(L::counters);
    else
      return std::size_t{0};
  }();
  std::array<Counter, before + own> all{};
  std::size_t n = 0;
  for (const Counter& c : Load::counters) all[n++] = c;
  all[n++] = {"given_up", "waits that ended without the lock: try_lock said no, or the time ran out"};
  if constexpr (HasShared<L>) all[n++] = {"reads", "acquisitions that only read"};
  if constexpr (HasCounters<L>)
    for (const Counter& c : L::counters) all[n++] = c;
  return all;
}

}  // namespace fairground::kit
