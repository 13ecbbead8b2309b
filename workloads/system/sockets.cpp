// sockets: each worker sends messages through a pair of connected sockets of its own and looks at each that arrives.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>

#include "kit/descriptor.hpp"
#include "kit/loopback.hpp"
#include "system/exchange.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Connection;
using fairground::kit::Descriptor;
using fairground::systems::ExchangeTally;

class Sockets {
 public:
  static constexpr fairground::Description description{
      .id = "sockets",
      .family = "system",
      .group = "kernel",
      .summary = "messages through connected sockets: UNIX streams and datagrams, TCP on loopback",
      .operation = "message",
      .invariant = "every message arrives as it was sent: its number, its words and their sum",
      .capabilities = FG_PROCESSES | FG_NETWORK,
  };
  static constexpr const char* types[] = {"unix", "datagram", "tcp", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("type", &Sockets::type_, types, 0, "UNIX stream, UNIX datagram, TCP on 127.0.0.1"),
        fairground::size("message", &Sockets::message_, 4096, 16, 1 << 16, "length, in whole words"));
  }
  static constexpr fairground::Counter counters[] = {{"passed_bytes", "of all workers"}};
  struct Local {
    Connection pair;
  };

  explicit Sockets(fairground::Host host) : host_(host) {}
  void setup() { tallies_ = host_.shared<ExchangeTally>(host_.workers()); }
  void worker_start(Worker, Local& local) {
    if (type_ == 2) {
      local.pair = std::move(fairground::kit::loopback_connections(1).front());
    } else {
      int ends[2];
      if (::socketpair(AF_UNIX, (type_ == 1 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0, ends) != 0)
        fairground::kit::throw_errno(errno, "socketpair");
      local.pair = {Descriptor(ends[0]), Descriptor(ends[1])};
    }
    for (const int end : {local.pair.client.get(), local.pair.server.get()})
      if (::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK) != 0) fairground::kit::throw_errno(errno, "fcntl");
  }
  void run(Worker w, Local& local) {
    fairground::systems::exchange(w, local.pair.client.get(), local.pair.server.get(), bytes(), tallies_[w.index()]);
  }
  void verify() { fairground::systems::verify_exchange(host_, tallies_, bytes()); }

 private:
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(message_) / 8 * 8; }

  fairground::Host host_;
  std::int64_t type_ = 0, message_ = 0;
  ExchangeTally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(sockets, Sockets)
