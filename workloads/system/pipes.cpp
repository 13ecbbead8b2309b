// pipes: each worker writes messages into a pipe of its own and reads them back.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>

#include "kit/descriptor.hpp"
#include "system/exchange.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Descriptor;
using fairground::systems::ExchangeTally;

class Pipes {
 public:
  static constexpr fairground::Description description{
      .id = "pipes",
      .family = "system",
      .group = "kernel",
      .summary = "messages through a pipe and back: two copies through the kernel each",
      .operation = "message",
      .invariant = "every message comes back as it was sent: its number, its words and their sum",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(fairground::size("message", &Pipes::message_, 4096, 16, 1 << 20, "length, in whole words"));
  }
  static constexpr fairground::Counter counters[] = {{"passed_bytes", "of all workers"}};
  struct Local {
    Descriptor out, in;
  };

  explicit Pipes(fairground::Host host) : host_(host) {}
  void setup() { tallies_ = host_.shared<ExchangeTally>(host_.workers()); }
  void worker_start(Worker, Local& local) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) fairground::kit::throw_errno(errno, "pipe2");
    local.in = Descriptor(ends[0]);
    local.out = Descriptor(ends[1]);
  }
  void run(Worker w, Local& local) {
    fairground::systems::exchange(w, local.out.get(), local.in.get(), bytes(), tallies_[w.index()]);
  }
  void verify() { fairground::systems::verify_exchange(host_, tallies_, bytes()); }

 private:
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(message_) / 8 * 8; }

  fairground::Host host_;
  std::int64_t message_ = 0;
  ExchangeTally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(pipes, Pipes)
