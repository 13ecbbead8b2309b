// What pipes and sockets have in common here: a worker sends itself messages through the kernel and looks at each that
// comes back.
#pragma once

#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <vector>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::systems {

struct alignas(kit::line) ExchangeTally {
  std::uint64_t messages, damaged;
};

// A message of whole words: its number, words made from that number and the seed, and their sum, so that what is lost,
// doubled, cut or changed on its way is seen.
class Message {
 public:
  explicit Message(std::size_t bytes) : words_(bytes / sizeof(std::uint64_t)) {}
  void fill(std::uint64_t seed, std::uint64_t number) {
    each_word(seed, number, [&](std::size_t i, std::uint64_t word) { words_[i] = word; });
  }
  // Is this message `number`, as it was filled?
  [[nodiscard]] bool is(std::uint64_t seed, std::uint64_t number) const {
    std::uint64_t wrong = 0;
    each_word(seed, number, [&](std::size_t i, std::uint64_t word) { wrong |= words_[i] ^ word; });
    return wrong == 0;
  }
  [[nodiscard]] std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
  [[nodiscard]] char* data() { return reinterpret_cast<char*>(words_.data()); }

 private:
  template <class F>
  void each_word(std::uint64_t seed, std::uint64_t number, F f) const {
    std::uint64_t x = seed ^ (number * 0x9e3779b97f4a7c15u), sum = number + seed;
    f(0, number);
    for (std::size_t i = 1; i + 1 < words_.size(); ++i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      f(i, x);
      sum += x;
    }
    f(words_.size() - 1, sum);
  }

  std::vector<std::uint64_t> words_;
};

// One message from `from` to `to`, which is the other end of the same channel; false if it ends or cuts the message.
// Both ends are this worker's and don't block: a message larger than the kernel's buffer goes in parts.
inline bool pass(int from, int to, Message& out, Message& back) {
  std::size_t sent = 0, received = 0;
  while (received < back.bytes()) {
    if (sent < out.bytes()) {
      const ssize_t n = ::write(from, out.data() + sent, out.bytes() - sent);
      if (n > 0) sent += static_cast<std::size_t>(n);
      if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) kit::throw_errno(errno, "write");
    }
    const ssize_t n = ::read(to, back.data() + received, back.bytes() - received);
    if (n == 0) return false;
    if (n > 0) received += static_cast<std::size_t>(n);
    if (n < 0 && errno != EAGAIN && errno != EINTR) kit::throw_errno(errno, "read");
  }
  return sent == out.bytes();
}

// [worker] Message after message until the stop.
inline void exchange(Worker w, int from, int to, std::size_t bytes, ExchangeTally& tally) {
  Message out(bytes), back(bytes);
  const std::uint64_t seed = w.seed();
  for (; w.go(); w.count()) {
    const std::uint64_t number = tally.messages++;
    out.fill(seed, number);
    if (!pass(from, to, out, back) || !back.is(seed, number)) ++tally.damaged;
  }
}

// [control, in verify] Counter 0: bytes. Throws if a message was not as it was sent.
inline void verify_exchange(const Host& host, const ExchangeTally* tallies, std::size_t bytes) {
  const std::uint64_t messages = kit::total(tallies, host.workers(), &ExchangeTally::messages);
  const std::uint64_t damaged = kit::total(tallies, host.workers(), &ExchangeTally::damaged);
  host.counter(0, static_cast<double>(messages) * static_cast<double>(bytes));
  if (damaged > 0)
    throw wrong(std::to_string(damaged) + " of " + std::to_string(messages) +
                " messages did not come as they were sent");
}

}  // namespace fairground::systems
