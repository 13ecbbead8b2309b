// context-switch: each worker hands a number to a partner on the same unit and waits for the next one: two switches of
// context an operation.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Descriptor;

// The other side: answers each number that comes with the next, until a zero comes or the pipe ends. Tests have one
// that is wrong.
struct Next {
  static std::uint64_t answer(std::uint64_t number) { return number + 1; }
};

template <class Answer>
class Partner {
 public:
  explicit Partner() {
    pipe(to_partner_);
    pipe(from_partner_);
    try {
      thread_ = std::thread([this] { answer_all(); });
    } catch (const std::system_error& refused) {
      throw fairground::no_resource(std::string("a partner's thread: ") + refused.what());
    }
  }
  ~Partner() {
    to_partner_[1].reset();
    if (thread_.joinable()) thread_.join();
  }
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;

  // What came back for that number; 0 if nothing did.
  std::uint64_t exchange(std::uint64_t number) {
    std::uint64_t back = 0;
    write_one(to_partner_[1].get(), number);
    return read_one(from_partner_[0].get(), back) ? back : 0;
  }

 private:
  void answer_all() {
    for (std::uint64_t number = 0; read_one(to_partner_[0].get(), number) && number != 0;)
      write_one(from_partner_[1].get(), Answer::answer(number));
  }
  static void pipe(Descriptor (&ends)[2]) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) fairground::kit::throw_errno(errno, "pipe2");
    ends[0] = Descriptor(fds[0]);
    ends[1] = Descriptor(fds[1]);
  }
  static bool read_one(int fd, std::uint64_t& number) {
    ssize_t n = 0;
    do n = ::read(fd, &number, sizeof number);
    while (n < 0 && errno == EINTR);
    return n == sizeof number;
  }
  static void write_one(int fd, std::uint64_t number) {
    while (::write(fd, &number, sizeof number) < 0 && errno == EINTR) {
    }
  }

  Descriptor to_partner_[2], from_partner_[2];
  std::thread thread_;
};

template <class Answer = Next>
class ContextSwitch {
 public:
  static constexpr fairground::Description description{
      .id = "context-switch",
      .family = "system",
      .group = "kernel",
      .summary = "a number handed to a partner thread on the same unit and back, through pipes",
      .operation = "round trip",
      .invariant = "every number comes back, one larger",
      .capabilities = FG_PROCESSES | FG_MAY_BLOCK,
  };
  static constexpr fairground::Counter counters[] = {
      {"switches_per_operation", "times that a worker gave its unit away, over its round trips"}};
  struct Local {
    std::unique_ptr<Partner<Answer>> partner;
  };

  explicit ContextSwitch(fairground::Host host) : host_(host) {}
  void setup() { tallies_ = host_.shared<Tally>(host_.workers()); }
  void worker_start(Worker, Local& local) {
    local.partner = std::make_unique<Partner<Answer>>();
  }  // inherits the worker's units

  void run(Worker w, Local& local) {
    Tally& tally = tallies_[w.index()];
    const long before = switches();
    for (; w.go(); w.count()) {
      const std::uint64_t number = 2 * ++tally.trips;
      if (local.partner->exchange(number) != number + 1) ++tally.wrong;
    }
    tally.switches += static_cast<std::uint64_t>(switches() - before);
  }
  void worker_stop(Worker, Local& local) { local.partner.reset(); }

  void verify() {
    const auto trips = static_cast<double>(fairground::kit::total(tallies_, host_.workers(), &Tally::trips));
    if (trips > 0)
      host_.counter(0,
                    static_cast<double>(fairground::kit::total(tallies_, host_.workers(), &Tally::switches)) / trips);
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::wrong),
                                 "numbers did not come back as agreed");
  }

 private:
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t trips, wrong, switches;
  };
  static long switches() {
    rusage usage{};
    return ::getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw + usage.ru_nivcsw : 0;
  }

  fairground::Host host_;
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(context_switch, ContextSwitch<>)
