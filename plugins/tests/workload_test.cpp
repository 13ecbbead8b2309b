// What workload.hpp makes of a struct.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fairground/workload.hpp>

#include "mini_host.hpp"

namespace {

using fairground::Worker;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using namespace std::chrono_literals;

constexpr fairground::Description about(const char* id) {
  return {.id = id, .family = "tests", .summary = "a test's", .invariant = "none"};
}

template <class W>
mini::Outcome live(const std::vector<fg_value>& values, std::uint32_t workers = 1) {
  static constexpr fg_workload table = fairground::describe<W>();
  return mini::Host(table, workers).live(values, 2ms);
}

// ---- order ----

std::vector<std::string> calls;

struct Whole {
  static constexpr auto description = about("whole");
  struct State {
    State() { calls.push_back("State"); }
    ~State() { calls.push_back("~State"); }
  };
  struct Local {
    Local() { calls.push_back("Local"); }
    ~Local() { calls.push_back("~Local"); }
  };
  explicit Whole(fairground::Host) { calls.push_back("create"); }
  ~Whole() { calls.push_back("destroy"); }
  void configure(const fairground::Configuration& c) {
    EXPECT_EQ(c.workers(), 1u);
    EXPECT_FALSE(c.as_processes());
    EXPECT_EQ(c.scratch(), "/nonexistent");
    calls.push_back("configure");
  }
  void setup(State&) { calls.push_back("setup"); }
  void start(State&) { calls.push_back("start"); }
  void worker_start(Worker, State&, Local&) { calls.push_back("worker_start"); }
  void run(Worker w, State&, Local&) {
    while (w.go()) w.count();
    calls.push_back("run");
  }
  void worker_stop(Worker, State&, Local&) { calls.push_back("worker_stop"); }
  void verify(State&) { calls.push_back("verify"); }
  void teardown(State&) { calls.push_back("teardown"); }
};

TEST(Workload, HasItsLifeInOrder) {
  calls.clear();
  EXPECT_EQ(live<Whole>({}).status, FG_OK);
  EXPECT_THAT(calls, ElementsAre("create", "configure", "State", "setup", "start", "Local", "worker_start", "run",
                                 "worker_stop", "~Local", "verify", "teardown", "~State", "destroy"));
}

// ---- what is thrown ----

struct Throwing {
  static constexpr auto description = about("throwing");
  static constexpr const char* members[] = {"configure",   "setup",  "start",    "worker-start", "run",
                                            "worker-stop", "verify", "teardown", nullptr};
  static constexpr const char* kinds[] = {"wrong",     "unsupported", "no-resource", "bad-parameter",
                                          "bad-alloc", "exception",   "unknown",     nullptr};
  std::int64_t member = 0, kind = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::choice("member", &Throwing::member, members, 0, "who throws"),
                      fairground::choice("kind", &Throwing::kind, kinds, 0, "what")};
  }
  struct State {
    static inline int living;
    State() { ++living; }
    ~State() { --living; }
  };
  struct Local {
    static inline std::atomic<int> living;
    Local() { ++living; }
    ~Local() { --living; }
  };
  static inline std::atomic<bool> ran;

  void at(std::int64_t here) const {
    if (here != member) return;
    switch (kind) {
      case 0:
        throw fairground::wrong("w");
      case 1:
        throw fairground::unsupported("u");
      case 2:
        throw fairground::no_resource("n");
      case 3:
        throw fairground::bad_parameter("b");
      case 4:
        throw std::bad_alloc();
      case 5:
        throw std::logic_error("l");
      default:
        throw 1;
    }
  }
  void configure(const fairground::Configuration&) { at(0); }
  void setup() { at(1); }
  void start() { at(2); }
  void worker_start(Worker) { at(3); }
  void run(Worker w) {
    ran = true;
    at(4);
    while (w.go()) w.count();
  }
  void worker_stop(Worker) { at(5); }
  void verify() { at(6); }
  void teardown() { at(7); }
};

TEST(Workload, TurnsWhatIsThrownIntoAStatusAndASentence) {
  const std::pair<fg_status, const char*> expected[] = {{FG_WRONG, "w"},
                                                        {FG_UNSUPPORTED, "u"},
                                                        {FG_NO_RESOURCE, "n"},
                                                        {FG_BAD_PARAMETER, "b"},
                                                        {FG_NO_RESOURCE, "out of memory"},
                                                        {FG_INTERNAL, "l"},
                                                        {FG_INTERNAL, "an exception of unknown type"}};
  for (std::int64_t member = 0; Throwing::members[member] != nullptr; ++member) {
    for (std::int64_t kind = 0; Throwing::kinds[kind] != nullptr; ++kind) {
      const mini::Outcome outcome = live<Throwing>({{member, 0, nullptr}, {kind, 0, nullptr}}, 2);
      EXPECT_EQ(outcome.status, expected[kind].first);
      EXPECT_EQ(outcome.text, expected[kind].second);
      EXPECT_EQ(outcome.phase, Throwing::members[member]);
      EXPECT_EQ(Throwing::State::living, 0) << Throwing::members[member];
      EXPECT_EQ(Throwing::Local::living, 0) << Throwing::members[member];
    }
  }
}

TEST(Workload, DoesNotRunWhereItsWorkerDidNotStart) {
  Throwing::ran = false;
  live<Throwing>({{3, 0, nullptr}, {0, 0, nullptr}});
  EXPECT_FALSE(Throwing::ran);
}

// ---- parameters and counters ----

struct Configured {
  static constexpr auto description = about("configured");
  static constexpr const char* colours[] = {"red", "green", nullptr};
  std::int64_t number = 0, bytes = 0, time = 0, colour = 0;
  double part = 0;
  bool yes = false;
  std::string name;
  static constexpr auto parameters() {
    return std::tuple{fairground::integer("number", &Configured::number, 3, 1, 9, "a number", "items"),
                      fairground::size("bytes", &Configured::bytes, 4096, 1, 1 << 20, "a size"),
                      fairground::duration("time", &Configured::time, 500, 0, 1000, "a time"),
                      fairground::ratio("part", &Configured::part, 0.5, 0, 1, "a part"),
                      fairground::fair("true", fairground::boolean("yes", &Configured::yes, true, "or no", "false")),
                      fairground::choice("colour", &Configured::colour, colours, 1, "a colour", "red"),
                      fairground::text("name", &Configured::name, "none", "a name")};
  }
  static constexpr fairground::Counter counters[] = {{"sum", "of all"}, {"written_bytes", "bytes written"}};
  fairground::Host host;
  explicit Configured(fairground::Host h) : host(h) {}
  void run(Worker w) {
    while (w.go()) w.count();
  }
  void verify() {
    host.counter(1, static_cast<double>(number + bytes + time + colour) + part + (yes ? 0.25 : 0.0));
    host.finding(FG_LEAK, FG_POSSIBLE, name);
  }
};

TEST(Workload, DescribesItsParameters) {
  constexpr fg_workload table = fairground::describe<Configured>();
  const auto all = table.parameters;
  EXPECT_STREQ(all[0]->key, "number");
  EXPECT_EQ(all[0]->type, FG_INTEGER);
  EXPECT_STREQ(all[0]->unit, "items");
  EXPECT_EQ(all[0]->default_value.integer, 3);
  EXPECT_EQ(all[0]->minimum, 1.0);
  EXPECT_EQ(all[0]->maximum, 9.0);
  EXPECT_EQ(all[1]->type, FG_SIZE);
  EXPECT_STREQ(all[1]->unit, "bytes");
  EXPECT_EQ(all[2]->type, FG_DURATION);
  EXPECT_STREQ(all[2]->unit, "ns");
  EXPECT_EQ(all[3]->type, FG_RATIO);
  EXPECT_EQ(all[3]->default_value.real, 0.5);
  EXPECT_EQ(all[4]->type, FG_BOOL);
  EXPECT_EQ(all[4]->default_value.integer, 1);
  EXPECT_STREQ(all[4]->processes, "false");
  EXPECT_STREQ(all[4]->fair, "true");
  EXPECT_EQ(all[5]->fair, nullptr);
  EXPECT_EQ(all[5]->type, FG_CHOICE);
  EXPECT_STREQ(all[5]->default_value.text, "green");
  EXPECT_STREQ(all[5]->processes, "red");
  EXPECT_EQ(all[5]->choices[2], nullptr);
  EXPECT_EQ(all[6]->type, FG_TEXT);
  EXPECT_STREQ(all[6]->default_value.text, "none");
  EXPECT_EQ(all[7], nullptr);
  EXPECT_STREQ(table.counters[1]->key, "written_bytes");
  EXPECT_EQ(table.counters[2], nullptr);
}

TEST(Workload, TakesItsParametersAndReportsItsCounters) {
  const mini::Outcome outcome = live<Configured>({{5, 0, nullptr},
                                                  {1000, 0, nullptr},
                                                  {200, 0, nullptr},
                                                  {0, 0.125, nullptr},
                                                  {1, 0, nullptr},
                                                  {0, 0, "red"},
                                                  {0, 0, "somebody"}});
  EXPECT_EQ(outcome.status, FG_OK);
  EXPECT_EQ(outcome.counters, (std::map<std::uint32_t, double>{{1, 1205.375}}));
  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].kind, static_cast<std::uint32_t>(FG_LEAK));
  EXPECT_EQ(outcome.findings[0].text, "somebody");
}

// ---- state, workers, contenders ----

struct Shared {
  static constexpr auto description = about("shared");
  fairground::Host host;  // the first of an aggregate: given by the table
  int* array;
  struct State {
    std::atomic<std::uint64_t> total;
    std::atomic<std::uint32_t> seen[3];
    char zero[100];
  };
  struct Local {
    std::uint64_t mine = 0;
  };
  std::size_t state_bytes() const { return sizeof(State) + 64; }
  std::uint32_t contenders() const { return 2; }
  fairground::Contender contender(std::uint32_t i) const { return {i, i == 0 ? "reader" : "writer"}; }
  void setup(State& s) {
    for (const char c : s.zero) EXPECT_EQ(c, 0);
    array = host.shared<int>(3);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(array[i], 0);
  }
  void worker_start(Worker w, State& s, Local& l) {
    s.seen[w.index()] += 1;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&l) % 128, 0u) << "no line shared with a neighbour";
    EXPECT_EQ(w.host().workers(), 3u);
    EXPECT_EQ(w.host().seed(), 42u);
    EXPECT_EQ(w.seed(), 100u + w.index());
    EXPECT_EQ(w.place(), w.index());
  }
  void run(Worker w, State& s, Local& l) {
    while (w.go()) {
      s.total.fetch_add(1, std::memory_order_relaxed);
      ++l.mine;
      w.count();
      if (w.index() < 2) w.count_for(w.index(), 2);
    }
    array[w.index()] = static_cast<int>(l.mine > 0);
  }
  void worker_stop(Worker w, State&, Local& l) { EXPECT_EQ(l.mine, w.c_worker()->count); }
  void verify(State& s) {
    for (const auto& seen : s.seen) EXPECT_EQ(seen, 1u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(array[i], 1);
    host.counter(0, static_cast<double>(s.total));
  }
};

TEST(Workload, SharesItsStateAndKeepsItsLocals) {
  const mini::Outcome outcome = live<Shared>({}, 3);
  EXPECT_EQ(outcome.status, FG_OK) << outcome.text;
  EXPECT_THAT(outcome.counts, Each(Ge(1u)));
  const auto total = outcome.counts[0] + outcome.counts[1] + outcome.counts[2];
  EXPECT_EQ(outcome.counters.at(0), static_cast<double>(total));
  EXPECT_EQ(outcome.contender_counts[0], 2 * outcome.counts[0]);
  EXPECT_EQ(outcome.contender_counts[1], 2 * outcome.counts[1]);
}

TEST(Workload, AsksForAtLeastItsState) {
  constexpr fg_workload table = fairground::describe<Shared>();
  Shared shared{fairground::Host(), nullptr};
  EXPECT_EQ(table.state_bytes(&shared), sizeof(Shared::State) + 64);
  constexpr fg_workload other = fairground::describe<Throwing>();
  Throwing throwing;
  EXPECT_EQ(other.state_bytes(&throwing), sizeof(Throwing::State));
  EXPECT_EQ(other.contenders(&throwing), 0u);
}

TEST(Workload, DescribesItsContenders) {
  constexpr fg_workload table = fairground::describe<Shared>();
  Shared shared{fairground::Host(), nullptr};
  EXPECT_EQ(table.contenders(&shared), 2u);
  fg_contender contender{sizeof(fg_contender), UINT32_MAX, ""};
  table.contender(&shared, 1, &contender);
  EXPECT_EQ(contender.place, 1u);
  EXPECT_STREQ(contender.class_name, "writer");
}

struct Greedy {
  static constexpr auto description = about("greedy");
  fairground::Host host;
  void setup() { host.shared<char>(std::size_t{1} << 40); }
  void run(Worker) {}
};

TEST(Workload, WithoutMemoryHasNoResource) { EXPECT_EQ(live<Greedy>({}).status, FG_NO_RESOURCE); }

}  // namespace
