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
    std::uint64_t x = seed ^ (number * 0x9e3779b97f4a7c15u), sum = number + seed;
    words_[0] = number;
    for (std::size_t i = 1; i + 1 < words_.size(); ++i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      words_[i] = x;
      sum += x;
    }
    words_.back() = sum;
  }
  // Is this message `number`, as it was filled?
  [[nodiscard]] bool is(std::uint64_t seed, std::uint64_t number) const {
    std::uint64_t x = seed ^ (number * 0x9e3779b97f4a7c15u), sum = number + seed, wrong = words_[0] ^ number;
    for (std::size_t i = 1; i + 1 < words_.size(); ++i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      wrong |= words_[i] ^ x;
      sum += x;
    }
    return (wrong | (words_.back() ^ sum)) == 0;
  }
  [[nodiscard]] std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
  [[nodiscard]] char* data() { return reinterpret_cast<char*>(words_.data()); }

 private:
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
  std::uint64_t messages = 0, damaged = 0;
  for (std::uint32_t i = 0; i < host.workers(); ++i) {
    messages += tallies[i].messages;
    damaged += tallies[i].damaged;
  }
  host.counter(0, static_cast<double>(messages) * static_cast<double>(bytes));
  if (damaged > 0)
    throw wrong(std::to_string(damaged) + " of " + std::to_string(messages) +
                " messages did not come as they were sent");
}

}  // namespace fairground::systems
