// paging: each worker maps memory, touches its pages, gives them back with madvise and finds them zeroed, and maps
// anew. What it contends for is the kernel's free pages and, between threads, the one address space's lock.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"
#include "system/available.hpp"
#include "system/mapping.hpp"

namespace {
using fairground::Worker;
using fairground::systems::Mapping;

// Gives the pages of a mapping back. Tests have one that doesn't.
struct Advise {
  static int away(const Mapping& m) { return ::madvise(m.data(), m.bytes(), MADV_DONTNEED); }
};

template <class Away = Advise>
class Paging {
 public:
  static constexpr fairground::Description description{
      .id = "paging",
      .family = "system",
      .group = "memory",
      .summary = "pages mapped, touched, advised away and mapped again: page faults, and the address space's lock",
      .operation = "page fault",
      .invariant = "a page is zero when it is new and holds what was written until it is given back",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(fairground::integer("pages", &Paging::pages_, 256, 1, 1 << 24, "of each worker's mapping"),
                           fairground::integer("remap", &Paging::remap_, 16, 1, 1'000'000,
                                               "the mapping is made anew after so many rounds of advising it away"));
  }
  static constexpr fairground::Counter counters[] = {{"mappings", "made by all workers"}};

  explicit Paging(fairground::Host host) : host_(host) {}
  void setup() {
    const auto bytes = static_cast<std::uint64_t>(pages_) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    fairground::systems::expect_available("pages", bytes * host_.workers());
    tallies_ = host_.shared<Tally>(host_.workers());
  }

  void run(Worker w) {
    Tally& tally = tallies_[w.index()];
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto pages = static_cast<std::size_t>(pages_);
    Mapping mapping;
    for (std::uint64_t round = 0; w.go(); ++round) {
      if (round % static_cast<std::uint64_t>(remap_) == 0) {
        mapping = Mapping(pages * page);
        (void)::madvise(mapping.data(), mapping.bytes(), MADV_NOHUGEPAGE);  // one fault a page; older kernels can't say
        ++tally.mappings;
      } else if (Away::away(mapping) != 0) {
        fairground::kit::throw_errno(errno, "madvise");
      }
      auto* const bytes = static_cast<volatile std::uint64_t*>(mapping.data());
      const std::size_t step = page / sizeof(std::uint64_t);
      std::size_t touched = 0;
      for (; touched < pages && w.go(); ++touched) {
        if (bytes[touched * step] != 0) ++tally.not_zero;
        bytes[touched * step] = token(round, touched);
        w.count();
      }
      for (std::size_t i = 0; i < touched; ++i)
        if (bytes[i * step] != token(round, i)) ++tally.lost;
    }
  }

  void verify() {
    host_.counter(0, static_cast<double>(fairground::kit::total(tallies_, host_.workers(), &Tally::mappings)));
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::not_zero),
                                 "new pages were not zero");
    fairground::kit::expect_none(fairground::kit::total(tallies_, host_.workers(), &Tally::lost),
                                 "pages lost what was written to them");
  }

 private:
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t not_zero, lost, mappings;
  };
  static std::uint64_t token(std::uint64_t round, std::size_t page) { return (round + 1) * 0x9e3779b97f4a7c15u + page; }

  fairground::Host host_;
  std::int64_t pages_ = 0, remap_ = 0;
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(paging, Paging<>)
