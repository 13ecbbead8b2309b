// Connected TCP sockets on 127.0.0.1, both ends in this process. Nothing here is reachable from another machine.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <fairground/workload.hpp>
#include <vector>

#include "kit/descriptor.hpp"

namespace fairground::kit {

struct Connection {
  Descriptor client, server;
};

namespace detail {

inline void need_descriptors(std::size_t n) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= n) return;
  if (limit.rlim_max < n)
    throw no_resource("it takes " + std::to_string(n) + " file descriptors, and `ulimit -Hn` allows fewer");
  limit.rlim_cur = n;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) throw_errno(errno, "setrlimit");
}

inline Descriptor tcp_socket() {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) throw_errno(errno, "socket");
  return socket;
}

// Small messages leave at once, instead of waiting for the acknowledgement of the one before (40 ms steps).
inline void no_delay(const Descriptor& socket) {
  const int on = 1;
  if (setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) throw_errno(errno, "TCP_NODELAY");
}

inline sockaddr_in name_of(const Descriptor& socket) {
  sockaddr_in name{};
  socklen_t bytes = sizeof name;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &bytes) != 0) throw_errno(errno, "getsockname");
  return name;
}

}  // namespace detail

// [control] n connections through a listening socket on a port that the kernel picks, closed again at the end.
// A stranger who connects to it meanwhile is turned away.
inline std::vector<Connection> loopback_connections(std::size_t n) {
  detail::need_descriptors(2 * n + 64);
  const Descriptor listener = detail::tcp_socket();
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&here), sizeof here) != 0)
    throw unsupported("no loopback: 127.0.0.1 can't be bound");
  if (listen(listener.get(), 16) != 0) throw_errno(errno, "listen");
  here = detail::name_of(listener);

  std::vector<Connection> connections(n);
  for (Connection& c : connections) {
    c.client = detail::tcp_socket();
    while (connect(c.client.get(), reinterpret_cast<sockaddr*>(&here), sizeof here) != 0)
      if (errno != EINTR) throw_errno(errno, "connect to 127.0.0.1");
    const in_port_t port = detail::name_of(c.client).sin_port;
    for (sockaddr_in peer{}; peer.sin_port != port;) {
      socklen_t bytes = sizeof peer;
      c.server = Descriptor(accept4(listener.get(), reinterpret_cast<sockaddr*>(&peer), &bytes, SOCK_CLOEXEC));
      if (c.server.get() < 0 && errno != EINTR) throw_errno(errno, "accept");
    }
    detail::no_delay(c.client);
    detail::no_delay(c.server);
  }
  return connections;
}

// All of it, blocking. False: the other end has hung up.
inline bool send_all(int socket, const void* data, std::size_t bytes) {
  const char* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t sent = ::send(socket, at, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (sent < 0) throw_errno(errno, "send");
    at += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

// What is there now, at most `bytes`; 0 if nothing is, -1 if the other end has hung up.
inline ssize_t receive_some(int socket, void* data, std::size_t bytes) {
  const ssize_t got = ::recv(socket, data, bytes, MSG_DONTWAIT);
  if (got > 0) return got;
  if (got == 0 || errno == ECONNRESET) return -1;
  if (errno == EAGAIN || errno == EINTR) return 0;
  throw_errno(errno, "recv");
}

}  // namespace fairground::kit
