// timers: each worker has a periodic timer of the kernel's and waits for it to expire.
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/futex.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"
#include "kit/timespec.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Descriptor;

// The clock that a wake-up is held against. Tests have one that is slow.
struct Monotonic {
  static std::int64_t now_ns() { return fairground::kit::monotonic_ns(); }
};

template <class Clock = Monotonic>
class Timers {
 public:
  static constexpr fairground::Description description{
      .id = "timers",
      .family = "system",
      .group = "kernel",
      .summary = "periodic timers (timerfd): timer interrupts and wake-ups, and how late a waiter gets to run",
      .operation = "wake-up",
      .invariant = "no timer expires before its time, none more often than time has gone by",
      .capabilities = FG_PROCESSES | FG_MAY_BLOCK,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::duration("period", &Timers::period_, 100'000, 1'000, 100'000'000, "between two expirations"));
  }
  static constexpr fairground::Counter counters[] = {
      {"latest_ns", "the most that a worker woke after the expiration that it waited for"},
      {"missed", "expirations that came while a worker was not yet back"}};
  struct Local {
    Descriptor timer;
  };

  explicit Timers(fairground::Host host) : host_(host) {}
  void setup() { tallies_ = host_.shared<Tally>(host_.workers()); }
  void worker_start(Worker, Local& local) {
    local.timer = Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    if (local.timer.get() < 0) fairground::kit::throw_errno(errno, "timerfd_create");
  }

  void run(Worker w, Local& local) {
    Tally& tally = tallies_[w.index()];
    const std::int64_t begin = fairground::kit::monotonic_ns() + period_;
    const itimerspec when{fairground::kit::timespec_of(period_), fairground::kit::timespec_of(begin)};
    if (::timerfd_settime(local.timer.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0)
      fairground::kit::throw_errno(errno, "timerfd_settime");
    for (std::uint64_t expired = 0; w.go(); w.count()) {
      std::uint64_t more = 0;
      if (::read(local.timer.get(), &more, sizeof more) != sizeof more) {
        if (errno == EINTR) continue;
        fairground::kit::throw_errno(errno, "read of a timer");
      }
      const std::int64_t now = Clock::now_ns();
      tally.missed += more - 1;
      expired += more;
      const std::int64_t late = now - (begin + static_cast<std::int64_t>(expired - 1) * period_);
      tally.early += late < 0 ? 1 : 0;
      tally.latest_ns = std::max(tally.latest_ns, late);
    }
  }

  void verify() {
    std::int64_t latest = 0;
    for (std::uint32_t i = 0; i < host_.workers(); ++i) latest = std::max(latest, tallies_[i].latest_ns);
    host_.counter(0, static_cast<double>(latest));
    host_.counter(1, static_cast<double>(fairground::kit::total(tallies_, host_.workers(), &Tally::missed)));
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::early),
                                 "wake-ups came before their time");
  }

 private:
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t early, missed;
    std::int64_t latest_ns;
  };

  fairground::Host host_;
  std::int64_t period_ = 0;
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(timers, Timers<>)
