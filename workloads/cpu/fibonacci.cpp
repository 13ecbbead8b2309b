// fibonacci: the doubly recursive definition, exactly 2 F(n + 1) - 1 calls: nothing but calls, returns and branches.
#include <fairground/workload.hpp>
#include <string>

namespace {
using fairground::Worker;

// The barriers keep both calls what they are: without them compilers turn one into a loop and inline the other.
struct Recursive {
  [[gnu::noinline]] static std::uint64_t of(std::uint64_t n) {
    if (n < 2) return n;
    std::uint64_t one = of(n - 1);
    asm volatile("" : "+r"(one));
    std::uint64_t two = of(n - 2);
    asm volatile("" : "+r"(two));
    return one + two;
  }
};

// F(n) by adding up; exact up to n = 93.
std::uint64_t iterated(std::int64_t n) {
  std::uint64_t now = 0, next = 1;
  for (; n > 0; --n) {
    const std::uint64_t sum = now + next;
    now = next;
    next = sum;
  }
  return now;
}

template <class Method>
class Fibonacci {
 public:
  static constexpr fairground::Description description{
      .id = "fibonacci",
      .family = "cpu",
      .group = "compute",
      .summary = "recursive Fibonacci numbers: calls and branches, no memory",
      .operation = "number",
      .invariant = "every recursive result is the iterated one",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::integer("n", &Fibonacci::n_, 20, 1, 50, "which Fibonacci number; 2 F(n + 1) - 1 calls each"));
  }

  void run(Worker w) {
    while (w.go()) {
      auto n = static_cast<std::uint64_t>(n_);
      asm volatile("" : "+r"(n));  // not known before: computed anew each time
      const std::uint64_t result = Method::of(n);
      if (result != iterated(n_))
        throw fairground::wrong("F(" + std::to_string(n_) + ") came out as " + std::to_string(result) + ", not " +
                                std::to_string(iterated(n_)));
      w.count();
    }
  }

 private:
  std::int64_t n_ = 0;
};
}  // namespace

FAIRGROUND_WORKLOAD(fibonacci, Fibonacci<Recursive>)
