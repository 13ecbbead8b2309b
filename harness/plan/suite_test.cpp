#include "plan/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <fstream>

#include "base/random.hpp"
#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view good = R"(# a comment
name = "tour"
description = "one of each, à la carte"
trials = 3
seed = 7

[[point]]
workload = ["storage", "turn"]
workers = [2, 8]
time = "500ms"
warmup = "0"
set = { hold = ["100ns", "1us"], slots = 2, reads = 1, direct = true }

[[point]]
workload = "turn"
as = ["threads", "processes"]
pin = ["compact", "scatter"]
probes = "edges"
deadline = "3s"
  [point.set]
)";

std::string refusal(std::string_view text) {
  return sentence_of([&] { expand(parse_suite(text, "tour.toml"), {}, sample_workloads()); });
}

TEST(Suite, IsReadWhole) {
  const Suite suite = parse_suite(good, "tour.toml");
  EXPECT_EQ(suite.name, "tour");
  EXPECT_EQ(suite.description, "one of each, à la carte");
  EXPECT_EQ(suite.trials, 3u);
  EXPECT_EQ(suite.seed, 7u);
  ASSERT_EQ(suite.points.size(), 2u);
  const std::vector<Point> points = expand(suite, {}, sample_workloads());
  // pool 2 holds x 2 workers, empty the same, turn 2 workers; then turn as both on two policies.
  ASSERT_EQ(points.size(), 4u + 4 + 2 + 4);
  EXPECT_EQ(points[0].workload, "pool");
  EXPECT_EQ(points[0].parameters.at("hold"), 100);
  EXPECT_EQ(points[0].parameters.at("reads"), 1.0);
  EXPECT_EQ(points[0].parameters.at("direct"), true);
  EXPECT_EQ(points[1].workers, 8u);
  EXPECT_EQ(points[1].time_ns, 500'000'000u);
  EXPECT_EQ(points[1].warmup_ns, 0u);
  EXPECT_EQ(points[13].pin, "scatter");
  EXPECT_TRUE(points[13].as_processes);
  EXPECT_EQ(points[13].deadline_ns, 3'000'000'000u);
}

TEST(Suite, GivesWayToTheCommandLine) {
  RunOptions line;
  give(line, "time", "10ms");
  give(line, "workers", "3");
  for (const Point& p : expand(parse_suite(good, "tour.toml"), line, sample_workloads())) {
    EXPECT_EQ(p.time_ns, 10'000'000u);
    EXPECT_EQ(p.workers, 3u);
  }
}

// Each mistake with the place and the words that must name it.
struct Mistake {
  const char* text;
  const char* place;
  const char* words;
};
class SuiteMistake : public testing::TestWithParam<Mistake> {};
TEST_P(SuiteMistake, IsNamedWithItsLineAndColumn) {
  const std::string sentence = refusal(GetParam().text);
  EXPECT_THAT(sentence, AllOf(StartsWith(std::string("tour.toml:") + GetParam().place), HasSubstr(GetParam().words)));
  EXPECT_EQ(sentence.find('\n'), std::string::npos);
}
constexpr std::array mistakes{
    Mistake{"nmae = 'x'\n", "1:1: ", "did you mean name?"},
    Mistake{"[[point]]\nworkload = 'turn'\nwrokers = 2\n", "3:1: ", "did you mean workers?"},
    Mistake{"[[point]]\nworkload = 'turn'\nxyzzy = 2\n", "3:1: ", "take set, workload, workers"},
    Mistake{"[[points]]\nworkload = 'turn'\n", "1:3: ", "did you mean point?"},
    Mistake{"[point]\nworkload = 'turn'\n", "1:1: ", "two brackets"},
    Mistake{"point = [1]\n", "1:10: ", "[[point]]"},
    Mistake{"[[point]]\nworkers = 2\n", "1:1: ", "no workload"},
    Mistake{"[[point]]\nworkload = 'trun'\n", "2:12: ", "did you mean turn?"},
    Mistake{"[[point]]\nworkload = ['turn', 'pol']\n", "2:21: ", "did you mean pool?"},
    Mistake{"[[point]]\nworkload = 3\n", "2:12: ", "workload is a whole number here; write a string"},
    Mistake{"[[point]]\nworkload = []\n", "2:12: ", "has no value"},
    Mistake{"[[point]]\nworkload = 'turn'\nworkers = '2'\n", "3:11: ", "a whole number"},
    Mistake{"[[point]]\nworkload = 'turn'\nworkers = 2.5\n", "3:11: ", "a whole number"},
    Mistake{"[[point]]\nworkload = 'turn'\nworkers = [1,\n  0]\n", "4:3: ", "workers: 0 is out of range"},
    Mistake{"[[point]]\nworkload = 'turn'\nworkers = 100000\n", "3:11: ", "choose 1 to 65536"},
    Mistake{"[[point]]\nworkload = 'turn'\ntime = 5\n", "3:8: ", "a duration with its unit"},
    Mistake{"[[point]]\nworkload = 'turn'\ntime = '5'\n", "3:8: ", "time: '5' is no duration"},
    Mistake{"[[point]]\nworkload = 'turn'\ntime = 2026-11-24\n", "3:8: ", "a date or a time"},
    Mistake{"[[point]]\nworkload = 'turn'\npin = 'compcat'\n", "3:7: ", "compcat"},
    Mistake{"[[point]]\nworkload = 'turn'\nas = 'fibers'\n", "3:6: ", "threads or processes"},
    Mistake{"[[point]]\nworkload = 'turn'\nprobes = ['edges', 'fill']\n", "3:20: ", "did you mean full?"},
    Mistake{"[[point]]\nworkload = 'pool'\nset = 3\n", "3:7: ", "set is a whole number here; write a table"},
    Mistake{"[[point]]\nworkload = 'pool'\nset = { holt = 1 }\n", "3:9: ", "did you mean hold?"},
    Mistake{"[[point]]\nworkload = 'pool'\nset = { hold = '5s' }\n", "3:16: ", "hold of pool: 5s is out of range"},
    Mistake{"[[point]]\nworkload = 'pool'\nset = { hold = ['1us', {}] }\n", "3:24: ", "hold is a table here"},
    Mistake{"[[point]]\nworkload = 'pool'\nset = { reads = nan }\n", "3:17: ", "out of range"},
    Mistake{"trials = 0\n", "1:10: ", "trials: 0 is out of range"},
    Mistake{"trials = 'six'\n", "1:10: ", "a whole number"},
    Mistake{"seed = -1\n", "1:8: ", "seed is below 0"},
    Mistake{"name = 3\n", "1:8: ", "a string"},
    Mistake{"[[point]\nworkload = 'turn'\n", "1:", "not valid TOML"},
    Mistake{"[[point]]\nworkload = 'turn\n", "2:", "not valid TOML"},
    Mistake{"é = 1\n", "1:1: ", "not valid TOML"},
    Mistake{"[$]\n", "1:2: ", "not valid TOML"},
    Mistake{"a = 1\na = 2\n", "2:", "not valid TOML"},
    // The first mistake in the file is the one named, though 'a' comes before 'z' in the alphabet.
    Mistake{"zebra = 1\nant = 2\n", "1:1: ", "zebra"},
};
INSTANTIATE_TEST_SUITE_P(All, SuiteMistake, testing::ValuesIn(mistakes));

TEST(Suite, NeedsAPoint) {
  EXPECT_THAT(refusal("name = 'x'\n"), HasSubstr("no [[point]]"));
  EXPECT_THAT(refusal(""), HasSubstr("no [[point]]"));
  EXPECT_THAT(refusal("point = []"), HasSubstr("no [[point]]"));
}

TEST(Suite, IsReadFromAFile) {
  const std::string path = testing::TempDir() + "fairground_suite_test.toml";
  std::ofstream(path) << good;
  EXPECT_EQ(read_suite(path).points.size(), 2u);
  std::ofstream(path) << "[[point]]\nworkload = 7\n";
  EXPECT_THAT(sentence_of([&] { read_suite(path); }), StartsWith(path + ":2:12: "));
  std::ofstream(path) << std::string((1 << 20) + 1, '#');
  EXPECT_THAT(sentence_of([&] { read_suite(path); }), HasSubstr("longer than 1 MiB"));
  std::remove(path.c_str());
  EXPECT_THAT(sentence_of([&] { read_suite(path); }), HasSubstr(path));
  EXPECT_THROW(read_suite("/"), UserError);
  EXPECT_THROW(read_suite("/dev/zero"), UserError);
}

TEST(Suite, IsKnownByItsName) {
  EXPECT_TRUE(is_suite_path("tour.toml"));
  EXPECT_TRUE(is_suite_path("suites/tour"));
  EXPECT_FALSE(is_suite_path("mutex"));
}

// A suite is good or is refused with a sentence, whatever its bytes.
class SuiteFuzz {
 public:
  explicit SuiteFuzz(std::uint64_t seed) : random_(seed) {}

  std::string noise() {
    std::string text(random_.below(64), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  std::string mutated(std::string text) {
    static const std::array<std::string, 20> pieces{"[[point]]\n",
                                                    "[",
                                                    "]",
                                                    "{",
                                                    "}",
                                                    "=",
                                                    "\"",
                                                    "'''",
                                                    "inf",
                                                    "-nan",
                                                    "\n",
                                                    "0x7f",
                                                    "1e400",
                                                    "\xff",
                                                    "2026-11-24",
                                                    "set.x.",
                                                    "99999999999999999999",
                                                    "\\u0000",
                                                    "#",
                                                    ","};
    for (std::uint64_t edits = 1 + random_.below(4); edits > 0; --edits) {
      const std::size_t at = random_.below(text.size() + 1);
      const std::size_t length = random_.below(std::min<std::size_t>(text.size() - at, 12) + 1);
      switch (random_.below(5)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, pieces[random_.below(pieces.size())]);
          break;
        case 2:
          text.insert(random_.below(text.size() + 1), text.substr(at, length));
          break;
        case 3:
          text.insert(at, 1, static_cast<char>(random_()));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1u << random_.below(8)));
      }
    }
    return text;
  }

 private:
  Random random_;
};

TEST(Suite, SurvivesAnyBytes) {
  const std::vector<WorkloadInfo> workloads = sample_workloads();
  // With --gtest_shuffle the seed is another one every time.
  SuiteFuzz fuzz(11 + static_cast<std::uint64_t>(testing::UnitTest::GetInstance()->random_seed()));
  std::size_t accepted = 0, refused = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  for (int i = 0; i < 300'000 && std::chrono::steady_clock::now() < end; ++i) {
    const std::string text = i % 4 == 0 ? fuzz.noise() : fuzz.mutated(std::string(good));
    try {
      (void)expand(parse_suite(text, "tour.toml"), {}, workloads);
      ++accepted;
    } catch (const UserError& error) {
      ++refused;
      ASSERT_THAT(error.what(), testing::Not(HasSubstr("\n"))) << text;
    } catch (const std::exception& other) {
      FAIL() << other.what() << " from: " << text;
    }
  }
  EXPECT_GT(accepted, 10u);
  EXPECT_GT(refused, 10u);
  RecordProperty("accepted", static_cast<int>(accepted));
  RecordProperty("refused", static_cast<int>(refused));
}

TEST(Suite, SurvivesDeepNesting) {
  for (const char* opening : {"[", "{a="}) {
    std::string text = "x = ";
    for (int i = 0; i < 100'000; ++i) text += opening;
    EXPECT_THAT(refusal(text), HasSubstr("not valid TOML"));
  }
}

}  // namespace
}  // namespace fairground::plan
