// A worker's end of `tcp-echo`: some connections, on each of which one message is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kit/loopback.hpp"
#include "kit/poller.hpp"
#include "kit/random.hpp"

namespace fairground::io {

// [worker]
class EchoClient {
 public:
  static constexpr std::uint32_t hung_up = UINT32_MAX;

  // `size`: bytes of a message.
  void open(const kit::Connection* connections, std::uint32_t n, std::size_t size, std::uint64_t seed) {
    size_ = size;
    random_ = kit::Random(seed);
    reply_.resize((size + 7) / 8);
    for (std::uint32_t i = 0; i < n; ++i) {
      links_.push_back({connections[i].client.get(), 0, reply_});
      poller_.add(links_.back().socket, i);
    }
  }

  // A message such as there was none before. False: hung up.
  bool send(std::uint32_t i) {
    Link& link = links_[i];
    for (std::uint64_t& word : link.message) word = random_();
    link.received = 0;
    return kit::send_all(link.socket, link.message.data(), size_);
  }
  bool send_all() {
    for (std::uint32_t i = 0; i < links_.size(); ++i)
      if (!send(i)) return false;
    return true;
  }

  // Waits for a whole reply, and says on which connection it came, or hung_up. Throws `wrong` if it is not the message.
  std::uint32_t next_reply() {
    for (;;) {
      const std::uint32_t i = poller_.next();
      Link& link = links_[i];
      const ssize_t got = kit::receive_some(link.socket, reply_.data(), size_ - link.received);
      if (got < 0) return hung_up;
      const char* sent = reinterpret_cast<const char*>(link.message.data()) + link.received;
      if (std::memcmp(reply_.data(), sent, static_cast<std::size_t>(got)) != 0)
        throw wrong("connection " + std::to_string(i) + " got back other bytes than it sent");
      link.received += static_cast<std::size_t>(got);
      if (link.received == size_) return i;
    }
  }

 private:
  struct Link {
    int socket;
    std::size_t received;  // bytes of the reply so far
    std::vector<std::uint64_t> message;
  };

  std::size_t size_ = 0;
  kit::Random random_{0};
  kit::Poller poller_;
  std::vector<Link> links_;
  std::vector<std::uint64_t> reply_;
};

}  // namespace fairground::io
