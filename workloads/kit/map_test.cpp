// That the verification of map.hpp can fail: maps that forget, keep or mistake a key now and then.
#include "kit/map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>

#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Mapped;
using fairground::testing::Job;
using fairground::testing::Outcome;

enum class Fault { none, forgets, keeps, stale, mistakes, miscounts };

// Wrong once in 1,000 calls.
template <Fault F>
struct Odd {
  static constexpr fairground::kit::MapInfo info{.id = "odd", .summary = "a map of the tests"};
  struct Local {};
  bool find(Local&, std::uint64_t key, std::uint64_t& value) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (F == Fault::mistakes && now()) key ^= 1;
    const auto at = map.find(key);
    if (at == map.end()) return false;
    value = at->second;
    return true;
  }
  bool put(Local&, std::uint64_t key, std::uint64_t value) {
    const std::lock_guard<std::mutex> lock(mutex);
    const bool made = map.count(key) == 0;
    if (F == Fault::stale && !made && now()) return false;
    map[key] = value;
    if (F == Fault::forgets && now()) map.erase(key);
    return made;
  }
  bool erase(Local&, std::uint64_t key) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (F == Fault::keeps && now()) return map.count(key) == 1;
    return map.erase(key) == 1;
  }
  std::size_t size() { return map.size() + (F == Fault::miscounts ? 1 : 0); }

  bool now() { return ++calls % 1'000 == 0; }
  std::mutex mutex;
  std::map<std::uint64_t, std::uint64_t> map;
  std::uint64_t calls = 0;
};

template <Fault F>
Outcome run(unsigned workers = 4, std::int64_t keys = 100) {
  static constexpr fg_workload workload = fairground::describe<Mapped<Odd<F>>>();
  Job job;
  job.workers = workers;
  job.operations = 20'000;
  job.set = {{"outside", 0}, {"keys", keys}};
  if (F != Fault::stale) job.set["read-ratio"] = F == Fault::mistakes ? 1 : 0;  // stale: only a reader sees it
  return fairground::testing::run(workload, job);
}

TEST(Map, ARightOnePasses) {
  for (const unsigned workers : {1u, 2u, 5u})
    for (const std::int64_t keys : {1, 3, 100, 4096}) {
      const Outcome o = run<Fault::none>(workers, keys);
      EXPECT_EQ(o.status, FG_OK) << o.text << " " << workers << " " << keys;
    }
}

TEST(Map, EachFaultIsFound) {
  EXPECT_EQ(run<Fault::forgets>().status, FG_WRONG);
  EXPECT_EQ(run<Fault::keeps>().status, FG_WRONG);
  EXPECT_EQ(run<Fault::stale>().status, FG_WRONG);
  EXPECT_EQ(run<Fault::mistakes>().status, FG_WRONG);
  EXPECT_EQ(run<Fault::miscounts>().status, FG_WRONG);
}

TEST(Map, SaysWhatItFound) {
  EXPECT_NE(run<Fault::mistakes>().text.find("did not say what the only writer"), std::string::npos);
  EXPECT_NE(run<Fault::miscounts>().text.find("keys, the models"), std::string::npos);
}
}  // namespace
