// The server of `tcp-echo`: a few threads, each waiting with epoll for its share of the connections, that send back
// what they get. Its threads run where the thread that makes it may run.
#pragma once

#include <sys/eventfd.h>

#include <array>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "kit/loopback.hpp"
#include "kit/poller.hpp"

namespace fairground::io {

// Sends back what it got.
struct Faithful {
  static void change(char*, std::size_t) {}
};

template <class Reply>
class EchoServer {
 public:
  // The connections must outlive it; it uses their server ends.
  EchoServer(const std::vector<kit::Connection>& connections, std::size_t threads)
      : connections_(connections), stop_(eventfd(0, EFD_CLOEXEC)) {
    if (stop_.get() < 0) kit::throw_errno(errno, "eventfd");
    for (std::size_t t = 0; t < threads; ++t) threads_.emplace_back([this, t, threads] { serve(t, threads); });
  }
  // Threads end whatever state their connections are in.
  ~EchoServer() {
    (void)eventfd_write(stop_.get(), 1);
    for (std::thread& thread : threads_) thread.join();
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

 private:
  void serve(std::size_t first, std::size_t step) const {
    kit::Poller poller;
    const auto stop = static_cast<std::uint32_t>(connections_.size());
    poller.add(stop_.get(), stop);
    for (std::size_t i = first; i < connections_.size(); i += step)
      poller.add(connections_[i].server.get(), static_cast<std::uint32_t>(i));
    std::array<char, 32 * 1024> message;
    for (std::uint32_t i = poller.next(); i != stop; i = poller.next()) {
      const int socket = connections_[i].server.get();
      if (echo(socket, message.data(), message.size())) continue;
      poller.remove(socket);
      ::shutdown(socket, SHUT_RDWR);
    }
  }

  // False: this connection is at its end, for whatever reason; its client sees that too.
  static bool echo(int socket, char* message, std::size_t room) noexcept {
    try {
      const ssize_t got = kit::receive_some(socket, message, room);
      if (got <= 0) return got == 0;
      Reply::change(message, static_cast<std::size_t>(got));
      return kit::send_all(socket, message, static_cast<std::size_t>(got));
    } catch (const std::exception&) {
      return false;
    }
  }

  const std::vector<kit::Connection>& connections_;
  kit::Descriptor stop_;
  std::vector<std::thread> threads_;
};

}  // namespace fairground::io
