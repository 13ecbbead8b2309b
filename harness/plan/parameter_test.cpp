#include "plan/parameter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "base/random.hpp"
#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const ParameterInfo& of_pool(const std::string& key) {
  static const std::vector<WorkloadInfo> workloads = sample_workloads();
  for (const ParameterInfo& p : workloads.front().parameters) {
    if (p.key == key) return p;
  }
  throw std::logic_error(key);
}

std::string refusal(const std::string& key, const json& given) {
  return sentence_of([&] { parse_value(of_pool(key), given, "suite.toml:3:9: " + key); });
}

TEST(ParseValue, ReadsTextByType) {
  EXPECT_EQ(parse_value(of_pool("slots"), "17", ""), json(17));
  EXPECT_EQ(parse_value(of_pool("block"), "4KiB", ""), json(4096));
  EXPECT_EQ(parse_value(of_pool("block"), "1024", ""), json(1024));
  EXPECT_EQ(parse_value(of_pool("hold"), "1.5us", ""), json(1500));
  EXPECT_EQ(parse_value(of_pool("hold"), "0", ""), json(0));
  EXPECT_EQ(parse_value(of_pool("reads"), "0.25", ""), json(0.25));
  EXPECT_EQ(parse_value(of_pool("direct"), "yes", ""), json(true));
  EXPECT_EQ(parse_value(of_pool("direct"), "0", ""), json(false));
  EXPECT_EQ(parse_value(of_pool("wait"), "futex", ""), json("futex"));
  EXPECT_EQ(parse_value(of_pool("title"), "a b c", ""), json("a b c"));
}

TEST(ParseValue, TakesTypedValuesInTheRecordsUnits) {
  EXPECT_EQ(parse_value(of_pool("block"), 512, ""), json(512));
  EXPECT_EQ(parse_value(of_pool("hold"), 1'000'000'000, ""), json(1'000'000'000));
  EXPECT_EQ(parse_value(of_pool("reads"), 1, ""), json(1.0));
  EXPECT_TRUE(parse_value(of_pool("reads"), 1, "").is_number_float());
  EXPECT_EQ(parse_value(of_pool("direct"), true, ""), json(true));
}

TEST(ParseValue, NamesTheRangeBothEndsIncluded) {
  EXPECT_EQ(parse_value(of_pool("slots"), "1", ""), json(1));
  EXPECT_EQ(parse_value(of_pool("slots"), "64", ""), json(64));
  EXPECT_EQ(refusal("slots", "0"), "suite.toml:3:9: slots: 0 is out of range; choose 1 to 64.");
  EXPECT_EQ(refusal("slots", "65"), "suite.toml:3:9: slots: 65 is out of range; choose 1 to 64.");
  EXPECT_EQ(refusal("hold", "5s"), "suite.toml:3:9: hold: 5s is out of range; choose 0ns to 1s.");
  EXPECT_EQ(refusal("block", "2MiB"), "suite.toml:3:9: block: 2MiB is out of range; choose 512B to 1MiB.");
  EXPECT_THAT(refusal("reads", "1.01"), HasSubstr("1.01 is out of range; choose 0 to 1"));
  EXPECT_THAT(refusal("slots", -3), HasSubstr("-3 is out of range"));
}

TEST(ParseValue, KeepsToTheEndsOfSixtyFourBits) {
  const ParameterInfo all = sample_parameter("n", ParameterType::integer, 0, -0x1p63, 0x1p63);
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(parse_value(all, std::to_string(largest), ""), json(largest));
  EXPECT_EQ(parse_value(all, std::to_string(smallest), ""), json(smallest));
  EXPECT_NE(sentence_of([&] { parse_value(all, "9223372036854775808", "n"); }), "");
  EXPECT_NE(sentence_of([&] { parse_value(all, json(std::uint64_t{1} << 63), "n"); }), "");
  // 2^53 + 1 is no double: compared as one, it would pass.
  const ParameterInfo odd = sample_parameter("n", ParameterType::integer, 0, 0, 0x1p53);
  EXPECT_NE(sentence_of([&] { parse_value(odd, "9007199254740993", "n"); }), "");
}

TEST(ParseValue, RefusesWhatHasTheWrongType) {
  EXPECT_THAT(refusal("slots", 1.5), AllOf(HasSubstr("of type integer"), HasSubstr("1.5")));
  EXPECT_THAT(refusal("slots", "1.5"), HasSubstr("slots: '1.5'"));
  EXPECT_THAT(refusal("slots", true), HasSubstr("of type integer"));
  EXPECT_THAT(refusal("slots", json::array({1})), HasSubstr("a list or a table"));
  EXPECT_THAT(refusal("slots", nullptr), HasSubstr("of type integer"));
  EXPECT_THAT(refusal("hold", "100"), HasSubstr("'100' is no duration"));
  EXPECT_THAT(refusal("direct", 1), HasSubstr("true or false"));
  EXPECT_THAT(refusal("direct", "maybe"), HasSubstr("neither true nor false"));
  EXPECT_THAT(refusal("title", 7), HasSubstr("of type text"));
  EXPECT_THAT(refusal("reads", json(std::numeric_limits<double>::infinity())), HasSubstr("out of range"));
  EXPECT_THAT(refusal("reads", json(std::nan(""))), HasSubstr("out of range"));
}

TEST(ParseValue, NamesTheChoicesAndTheNearest) {
  EXPECT_EQ(refusal("wait", "futx"),
            "suite.toml:3:9: wait: 'futx' is no choice; did you mean futex? take spin, futex or condition.");
  EXPECT_EQ(refusal("wait", ""), "suite.toml:3:9: wait: '' is no choice; take spin, futex or condition.");
}

TEST(ParseValue, KeepsWhatCantBePrintedOutOfTheRecord) {
  EXPECT_THAT(refusal("title", "a\xff"), HasSubstr("can't be printed"));
  EXPECT_THAT(refusal("title", std::string("a\0b", 3)), HasSubstr("can't be printed"));
  EXPECT_THAT(refusal("title", "\x1b[31m"), HasSubstr("'\\x1b[31m'"));
  EXPECT_THAT(refusal("title", std::string(5000, 'x')), HasSubstr("5000 bytes"));
}

TEST(FormatValue, IsReadBackExactly) {
  EXPECT_EQ(format_value(of_pool("hold"), 1500), "1500ns");
  EXPECT_EQ(format_value(of_pool("hold"), 120'000'000'000), "2m");
  EXPECT_EQ(format_value(of_pool("block"), 1 << 20), "1MiB");
  EXPECT_EQ(format_value(of_pool("reads"), 0.1), "0.1");
  Random random(1);
  const ParameterInfo duration = sample_parameter("d", ParameterType::duration, 0, 0, 0x1p63);
  const ParameterInfo size = sample_parameter("s", ParameterType::size, 0, 0, 0x1p63);
  const ParameterInfo ratio = sample_parameter("r", ParameterType::ratio, 0, -1e300, 1e300);
  for (int i = 0; i < 20'000; ++i) {
    // All magnitudes, and round numbers, which get larger units.
    const auto value = static_cast<std::int64_t>(random() >> (1 + random.below(63)));
    const std::int64_t round = value / 1000 * 1000;
    for (const std::int64_t v : {value, round, static_cast<std::int64_t>(value & ~1023)}) {
      ASSERT_EQ(parse_value(duration, format_value(duration, v), "d"), json(v));
      ASSERT_EQ(parse_value(size, format_value(size, v), "s"), json(v));
    }
    const double real = (random.uniform() - 0.5) * static_cast<double>(value);
    ASSERT_EQ(parse_value(ratio, format_value(ratio, real), "r"), json(real));
  }
}

// Whatever is given, a value is read or refused with a sentence; what is read is of the right type and in range.
TEST(ParseValue, SurvivesAnyText) {
  const std::vector<ParameterInfo> parameters = sample_workloads().front().parameters;
  const std::string alphabet = "0123456789..--++eE nsukmMGTiBh%,_xtruefals\n\xc2\xb5\xff\x80";
  Random random(2);
  std::size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random.below(12), '\0');
    for (char& c : text)
      c = random.below(8) == 0 ? static_cast<char>(random()) : alphabet[random.below(alphabet.size())];
    const ParameterInfo& p = parameters[random.below(parameters.size())];
    try {
      const json value = parse_value(p, text, "x");
      ++accepted;
      ASSERT_EQ(parse_value(p, value, "x"), value) << text;
      ASSERT_EQ(parse_value(p, format_value(p, value), "x"), value) << text;
      ASSERT_NO_THROW((void)value.dump()) << text;
    } catch (const UserError& error) {
      ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace fairground::plan
