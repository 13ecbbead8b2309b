// tcp-echo: round trips over TCP on loopback. A worker keeps one message under way on each of its connections and takes
// replies as they come; the server's threads (epoll) send back what they get. The connections are the contenders.
// Loopback is no network card: no interrupt, no DMA, packets of 64 KiB, and the sender's unit does the receiver's work.
#include <fairground/workload.hpp>
#include <memory>
#include <stdexcept>
#include <vector>

#include "io/echo_client.hpp"
#include "io/echo_server.hpp"

namespace {
using fairground::Worker;
namespace kit = fairground::kit;

template <class Reply>
class TcpEcho {
 public:
  static constexpr fairground::Description description{
      .id = "tcp-echo",
      .family = "io",
      .group = "network",
      .summary = "round trips over TCP on loopback, many connections a worker, an epoll server",
      .operation = "round trip",
      .invariant = "every reply is, byte for byte, the message that its connection sent last",
      .capabilities = FG_NETWORK | FG_MAY_BLOCK | FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::integer("connections", &TcpEcho::connections_each_, 4, 1, 1024, "of each worker", "connections"),
        fairground::size("size", &TcpEcho::size_, 64, 8, 32 << 10, "of a message"),
        fairground::integer("servers", &TcpEcho::servers_, 1, 1, 64, "threads of the server", "threads"));
  }
  using Local = fairground::io::EchoClient;

  explicit TcpEcho(fairground::Host host) : host_(host) {}
  [[nodiscard]] std::uint32_t contenders() const { return host_.workers() * each(); }
  [[nodiscard]] fairground::Contender contender(std::uint32_t i) const { return {i / each(), "connection"}; }

  void setup() { connections_ = kit::loopback_connections(contenders()); }
  void start() {
    server_ = std::make_unique<fairground::io::EchoServer<Reply>>(connections_, static_cast<std::size_t>(servers_));
  }
  void worker_start(Worker w, Local& client) {
    client.open(&connections_[w.index() * each()], each(), static_cast<std::size_t>(size_), w.seed());
  }

  void run(Worker w, Local& client) {
    bool up = client.send_all();
    while (w.go()) {
      const std::uint32_t i = up ? client.next_reply() : Local::hung_up;
      if (i == Local::hung_up) {
        if (!w.go()) break;  // woken: it is the end
        throw std::runtime_error("the server hung up");
      }
      w.count_for(w.index() * each() + i);
      w.stamp_for(w.index() * each() + i);
      w.count();
      up = client.send(i);
    }
  }

  void wake() {
    for (const auto& c : connections_) ::shutdown(c.client.get(), SHUT_RDWR);
  }
  void teardown() {
    server_.reset();
    connections_.clear();
  }

 private:
  [[nodiscard]] std::uint32_t each() const { return static_cast<std::uint32_t>(connections_each_); }

  fairground::Host host_;
  std::int64_t connections_each_ = 1, size_ = 0, servers_ = 0;
  std::vector<kit::Connection> connections_;
  std::unique_ptr<fairground::io::EchoServer<Reply>> server_;
};
}  // namespace

FAIRGROUND_WORKLOAD(tcp_echo, TcpEcho<fairground::io::Faithful>)
