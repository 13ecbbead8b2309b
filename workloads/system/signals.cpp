// signals: each worker queues real-time signals to itself, with a number in each, and takes them out again.
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace {
using fairground::Worker;

// Queues a signal to this thread. Tests have others.
struct ToOneself {
  static int queue(int number, sigval value) { return ::pthread_sigqueue(::pthread_self(), number, value); }
};

template <class Queue = ToOneself>
class Signals {
 public:
  static constexpr fairground::Description description{
      .id = "signals",
      .family = "system",
      .group = "kernel",
      .summary = "real-time signals queued and taken: the kernel's queues of signals",
      .operation = "signal",
      .invariant = "every signal comes once, in the order in which it was queued, with its number and its sender",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::integer("queued", &Signals::queued_, 8, 1, 1000, "signals queued before the first is taken"));
  }

  explicit Signals(fairground::Host host) : host_(host) {}
  void setup() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_SIGPENDING, &limit) == 0 && limit.rlim_cur < host_.workers())
      throw fairground::no_resource("`ulimit -i` allows fewer queued signals than there are workers");
    tallies_ = host_.shared<Tally>(host_.workers());
  }
  void worker_start(Worker) {
    const sigset_t one = set();
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &one, nullptr); error != 0)
      fairground::kit::throw_errno(error, "pthread_sigmask");
  }

  void run(Worker w) {
    Tally& tally = tallies_[w.index()];
    const sigset_t one = set();
    const pid_t process = ::getpid();
    int sent = 0, taken = 0;
    while (w.go()) {
      for (std::int64_t i = 0; i < queued_; ++i) {
        sigval value{};
        value.sival_int = sent;
        if (const int error = Queue::queue(number(), value); error != 0) {
          if (error != EAGAIN) fairground::kit::throw_errno(error, "pthread_sigqueue");
          if (i == 0) ::sched_yield();  // the queues are full of others' signals
          break;
        }
        sent = sent == last_number ? 0 : sent + 1;
      }
      while (taken != sent) {
        const bool asked_for = w.go();  // what is queued is taken out after the stop, too
        siginfo_t info{};
        const timespec patience{1, 0};  // to oneself: it is there already
        if (::sigtimedwait(&one, &info, &patience) < 0) {
          if (errno == EINTR) continue;
          ++tally.lost;
          break;
        }
        if (info.si_value.sival_int != taken || info.si_pid != process || info.si_code != SI_QUEUE) ++tally.mistaken;
        taken = taken == last_number ? 0 : taken + 1;
        if (asked_for) w.count();
      }
      if (tally.lost > 0) return;
    }
  }

  void verify() {
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::lost),
                                 "signals did not come within 1 s");
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::mistaken),
                                 "signals came with another number, sender or place in the order");
  }

 private:
  static constexpr int last_number = 1 << 30;
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t mistaken, lost;
  };
  static int number() { return SIGRTMIN + 7; }
  static sigset_t set() {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number());
    return one;
  }

  fairground::Host host_;
  std::int64_t queued_ = 0;
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(signals, Signals<>)
