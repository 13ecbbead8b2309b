// That the verifications of published.hpp and counted.hpp can fail: a writer that doesn't wait for readers, one that
// loses another's work, additions that aren't atomic.
#include "kit/published.hpp"

#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "kit/counted.hpp"
#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Published;
using fairground::kit::Words;
using fairground::testing::Job;
using fairground::testing::Outcome;

enum class Fault { none, hasty, forgetful };

template <Fault F>
class Odd {
 public:
  static constexpr fairground::kit::PublishedInfo info{.id = "odd", .summary = "an object of the tests"};
  struct Local {};
  void init(fairground::Host, std::size_t words) {
    for (auto& object : objects_) object.assign(words, 0);
  }
  void join(Local&, fairground::Worker) {}
  void leave(Local&) {}
  template <class F2>
  void read(Local&, F2&& f) {
    std::unique_lock<std::mutex> lock(mutex_);
    Object& object = objects_[current_];
    if (F == Fault::hasty) lock.unlock();
    f(Words(object));
  }
  template <class F2>
  void write(Local&, F2&& f) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Object& old = objects_[current_];
    const unsigned next = 1 - current_;
    f(Words(old), Words(objects_[next]));
    if (F == Fault::forgetful && ++writes_ % 1'000 == 0) return;
    current_ = next;
    old.assign(old.size(), UINT64_MAX);
  }

 private:
  using Object = std::vector<std::uint64_t>;
  std::mutex mutex_;
  std::array<Object, 2> objects_;
  unsigned current_ = 0, writes_ = 0;
};

template <class W>
Outcome run(std::map<std::string, std::int64_t> set) {
  static constexpr fg_workload workload = fairground::describe<W>();
  Job job;
  job.workers = 4;
  job.stop_after_ms = 300;
  job.set = std::move(set);
  return fairground::testing::run(workload, job);
}
template <Fault F>
Outcome publish() {  // ratios of the tests' host are whole: all write, and see what the others wrote
  return run<Published<Odd<F>>>({{"outside", 0}, {"section", 1'000}, {"words", 100}, {"read-ratio", 0}});
}

TEST(Published, ARightOnePasses) {
  const Outcome o = publish<Fault::none>();
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GT(o.counters.at("writes"), 0.0);
}

TEST(Published, AReaderLeftWithNothingIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  const Outcome o = run<Published<Odd<Fault::hasty>>>({{"outside", 0}, {"section", 20'000}, {"words", 100}});
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("in its reader's hands"), std::string::npos) << o.text;
}

TEST(Published, AForgottenOneIsFound) {
  const Outcome o = publish<Fault::forgetful>();
  EXPECT_EQ(o.status, FG_WRONG);
}

struct NotAtomic {
  static constexpr fairground::kit::CountedInfo info{.id = "not-atomic", .summary = "an addition of the tests"};
  static std::uint64_t add(std::atomic<std::uint64_t>& word, std::uint64_t& tries) {
    ++tries;
    const std::uint64_t before = word.load(std::memory_order_relaxed);
    word.store(before + 1, std::memory_order_relaxed);
    return before;
  }
};

TEST(Counted, LostAdditionsAreFound) {
  const Outcome o = run<fairground::kit::Counted<NotAtomic>>({});
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("the word says"), std::string::npos) << o.text;
}
}  // namespace
