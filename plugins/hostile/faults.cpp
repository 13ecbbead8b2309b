// Faults that show rarely, or only where several things come together: what a stress run has to find. README.md says
// how often each shows. Each is verified as the sound workload of its kind is.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <fairground/workload.hpp>
#include <string>
#include <vector>

#include "clock.hpp"

namespace {

using fairground::Worker;

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr fairground::Description about(const char* id, const char* summary, const char* invariant,
                                        std::uint32_t capabilities = FG_PROCESSES) {
  return {.id = id,
          .family = "faults",
          .group = "faults",
          .summary = summary,
          .invariant = invariant,
          .capabilities = capabilities};
}

// A spin lock that lets a second one in at one of some ten million acquisitions.
struct FaultLock {
  static constexpr auto description = about("fault-lock", "a spin lock that fails once in ten million acquisitions",
                                            "the counter is the sum of all turns");
  std::int64_t spins = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::integer("spins", &FaultLock::spins, 64, 1, 4096, "looks before it yields")};
  }
  struct State {
    alignas(64) std::atomic<bool> taken;
    alignas(64) std::uint64_t counter, turns_under_lock;
    std::atomic<std::uint64_t> turns;
  };
  fairground::Host host;
  explicit FaultLock(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::uint64_t mine = 0, random = mixed(w.seed() + 1);
    for (; w.go(); w.count(), ++mine) {
      for (std::int64_t looks = 1; s.taken.exchange(true, std::memory_order_acquire); ++looks) {
        if (looks % spins == 0) sched_yield();
      }
      random = mixed(random + mine);
      const std::uint64_t before = __atomic_load_n(&s.counter, __ATOMIC_RELAXED);
      if (random % 10'000'000 == 0) {  // it opens before the work is done
        s.taken.store(false, std::memory_order_release);
        hostile::sleep_until(hostile::now_ns() + 1'000'000);
      }
      __atomic_store_n(&s.counter, before + 1, __ATOMIC_RELAXED);
      s.taken.store(false, std::memory_order_release);
    }
    s.turns += mine;
  }
  void verify(State& s) {
    if (s.counter != s.turns)
      throw fairground::wrong(std::to_string(s.turns) + " turns were made, and " + std::to_string(s.counter) +
                              " counted");
  }
};

// Words written and read again; one bit of one block in ten million flips in between.
struct FaultMemory {
  static constexpr auto description = about("fault-memory", "a memory pattern in which one bit flips now and then",
                                            "every word read is the one written");
  std::int64_t size = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::size("size", &FaultMemory::size, 64 << 10, 4 << 10, 1 << 24, "of each worker")};
  }
  struct State {
    std::atomic<std::uint64_t> wrong, bit;
  };
  fairground::Host host;
  explicit FaultMemory(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::vector<std::uint64_t> words(static_cast<std::size_t>(size) / 8);
    constexpr std::size_t block = 512;
    std::uint64_t random = mixed(w.seed() + 2);
    for (std::uint64_t pass = 0; w.go(); w.count(), ++pass) {
      const std::size_t from = pass * block % (words.size() / block * block);
      for (std::size_t i = 0; i < block; ++i) words[from + i] = mixed(pass + i);
      random = mixed(random + pass);
      if (random % 10'000'000 == 0) words[from + random / 10'000'000 % block] ^= std::uint64_t{1} << (random >> 58);
      asm volatile("" : : "r"(words.data()) : "memory");
      for (std::size_t i = 0; i < block; ++i) {
        if (const std::uint64_t other = words[from + i] ^ mixed(pass + i); other != 0) {
          ++s.wrong;
          s.bit = static_cast<std::uint64_t>(__builtin_ctzll(other));
        }
      }
    }
  }
  void verify(State& s) {
    if (s.wrong > 0)
      throw fairground::wrong(std::to_string(s.wrong) + " words differ, the last in bit " + std::to_string(s.bit));
  }
};

// Blocks written to a file and read again by their checksum; one in a million is written wrong.
struct FaultFile {
  static constexpr auto description =
      about("fault-file", "a file of which one block is written wrong now and then",
            "every block read has the checksum that was written", FG_PROCESSES | FG_FILES);
  std::int64_t size = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::size("size", &FaultFile::size, 1 << 20, 8 << 10, 1 << 26, "of each worker's file")};
  }
  struct State {
    std::atomic<std::uint64_t> wrong;
  };
  std::string folder;
  fairground::Host host;
  explicit FaultFile(fairground::Host h) : host(h) {}
  void configure(const fairground::Configuration& c) { folder = c.scratch(); }

  void run(Worker w, State& s) {
    const std::string path = folder + "/" + std::to_string(w.index());
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) throw fairground::no_resource("the file can't be made");
    std::array<std::uint64_t, 512> out{}, in{};
    const std::int64_t blocks = std::max<std::int64_t>(1, size / 4096);
    std::uint64_t random = mixed(w.seed() + 3);
    for (std::uint64_t turn = 0; w.go(); w.count(), ++turn) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i + 1 < out.size(); ++i) sum += out[i] = mixed(turn * 512 + i);
      out.back() = sum;
      random = mixed(random + turn);
      if (random % 1'000'000 == 0) out[random / 1'000'000 % 511] += 1;
      const off_t at = static_cast<off_t>(turn % static_cast<std::uint64_t>(blocks)) * 4096;
      if (pwrite(fd, out.data(), 4096, at) != 4096 || pread(fd, in.data(), 4096, at) != 4096) break;
      sum = 0;
      for (std::size_t i = 0; i + 1 < in.size(); ++i) sum += in[i];
      if (sum != in.back()) ++s.wrong;
    }
    while (w.go()) w.count();
    close(fd);
  }
  void verify(State& s) {
    if (s.wrong > 0)
      throw fairground::wrong(std::to_string(s.wrong) + " blocks have another checksum than was written");
  }
};

// Hangs in one of five hundred trials, as its seed says: a worker that never comes to look again.
struct FaultHang {
  static constexpr auto description =
      about("fault-hang", "a workload that hangs in one of 500 trials", "all come back when told to", FG_PROCESSES);
  std::int64_t rounds = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::integer("rounds", &FaultHang::rounds, 100, 1, 10'000, "steps of an operation")};
  }
  struct State {
    std::atomic<std::uint64_t> sum;
  };
  fairground::Host host;
  explicit FaultHang(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    const bool hangs = w.index() == 0 && mixed(host.seed()) % 500 == 0;
    std::uint64_t x = w.seed();
    for (std::uint64_t turn = 0; w.go(); w.count(), ++turn) {
      for (std::int64_t i = 0; i < rounds; ++i) x = mixed(x + 1);
      if (hangs && turn == 3) hostile::sleep_until(hostile::now_ns() + 120'000'000'000);
    }
    s.sum += x;
  }
};

// Ends in a null write where two of its settings come together.
struct FaultPair {
  static constexpr auto description = about("fault-pair", "a workload that crashes where two settings come together",
                                            "it comes to its end", FG_PROCESSES);
  static constexpr const char* modes[] = {"plain", "batched", "lazy", "eager", nullptr};
  std::int64_t mode = 0, depth = 0;
  bool cached = false, logged = false;
  static constexpr auto parameters() {
    return std::tuple{fairground::choice("mode", &FaultPair::mode, modes, 0, "of what is done"),
                      fairground::integer("depth", &FaultPair::depth, 4, 1, 64, "of it"),
                      fairground::boolean("cached", &FaultPair::cached, false, "keep what was done"),
                      fairground::boolean("logged", &FaultPair::logged, false, "say what was done")};
  }
  struct State {
    std::atomic<std::uint64_t> sum;
  };
  fairground::Host host;
  explicit FaultPair(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::uint64_t x = w.seed();
    for (std::uint64_t turn = 0; w.go(); w.count(), ++turn) {
      for (std::int64_t i = 0; i < depth; ++i) x = mixed(x + 1);
      if (mode == 2 && cached && turn == 10) *static_cast<volatile int*>(nullptr) = 1;
    }
    s.sum += x;
  }
};

}  // namespace

FAIRGROUND_PLUGIN("faults", FaultLock, FaultMemory, FaultFile, FaultHang, FaultPair)
