#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "base/error.hpp"

namespace fairground {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(HumanRate, KeepsThreeDigitsAndNeverRoundsWholeNumbersAway) {
  EXPECT_EQ(human_rate(2'300'000), "2.30 M/s");
  EXPECT_EQ(human_rate(400'000), "400 k/s");
  EXPECT_EQ(human_rate(79'400), "79.4 k/s");
  EXPECT_EQ(human_rate(160), "160 /s");
  EXPECT_EQ(human_rate(5), "5.00 /s");
  EXPECT_EQ(human_rate(0.523), "0.523 /s");
  EXPECT_EQ(human_rate(0), "0 /s");
  EXPECT_EQ(human_rate(1'300'000'000), "1.30 G/s");
  EXPECT_EQ(human_rate(2.5e15), "2500 T/s");
  EXPECT_EQ(human_rate(398'400, 1), "398 k/s");
  EXPECT_EQ(human_rate(7'400, 1), "7 k/s");
}

TEST(HumanRate, RoundingUpReachesTheNextUnit) {
  EXPECT_EQ(human_rate(999'400), "999 k/s");
  EXPECT_EQ(human_rate(999'600), "1.00 M/s");
  EXPECT_EQ(human_rate(9'996), "10.0 k/s");
  EXPECT_EQ(human_rate(9'994), "9.99 k/s");
}

TEST(HumanDuration, IsShort) {
  EXPECT_EQ(human_duration(980e6), "980 ms");
  EXPECT_EQ(human_duration(28e6), "28 ms");
  EXPECT_EQ(human_duration(9e6), "9 ms");
  EXPECT_EQ(human_duration(9.4e6), "9.4 ms");
  EXPECT_EQ(human_duration(1.2e9), "1.2 s");
  EXPECT_EQ(human_duration(340), "340 ns");
  EXPECT_EQ(human_duration(1'500), "1.5 µs");
  EXPECT_EQ(human_duration(0), "0 ns");
  EXPECT_EQ(human_duration(0.28), "0.28 ns");
  EXPECT_EQ(human_duration(999.7e6), "1 s");
  EXPECT_EQ(human_duration(59.4e9), "59 s");
}

TEST(HumanDuration, CountsMinutesAndHours) {
  EXPECT_EQ(human_duration(59.6e9), "1 min 0 s");
  EXPECT_EQ(human_duration(432e9), "7 min 12 s");
  EXPECT_EQ(human_duration(771e9), "12 min 51 s");
  EXPECT_EQ(human_duration(3599.6e9), "1 h 0 min");
  EXPECT_EQ(human_duration(7500e9), "2 h 5 min");
}

TEST(HumanBytes, UsesBinaryUnits) {
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(4096), "4 KiB");
  EXPECT_EQ(human_bytes(1536 * 1024), "1.5 MiB");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1 MiB");
}

TEST(Human, ShowsAQuestionMarkForWhatIsNoAmount) {
  for (const double odd : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(human_rate(odd), "?");
    EXPECT_EQ(human_duration(odd), "?");
    EXPECT_EQ(human_bytes(odd), "?");
  }
}

TEST(ParseDuration, KnowsItsUnits) {
  EXPECT_EQ(parse_duration_ns("100ns", "x"), 100u);
  EXPECT_EQ(parse_duration_ns("5us", "x"), 5'000u);
  EXPECT_EQ(parse_duration_ns("5µs", "x"), 5'000u);
  EXPECT_EQ(parse_duration_ns("5ms", "x"), 5'000'000u);
  EXPECT_EQ(parse_duration_ns("1.5s", "x"), 1'500'000'000u);
  EXPECT_EQ(parse_duration_ns("1.5 s", "x"), 1'500'000'000u);
  EXPECT_EQ(parse_duration_ns("2m", "x"), 120'000'000'000u);
  EXPECT_EQ(parse_duration_ns("2min", "x"), 120'000'000'000u);
  EXPECT_EQ(parse_duration_ns("0.5h", "x"), 1'800'000'000'000u);
  EXPECT_EQ(parse_duration_ns("0", "x"), 0u);
  EXPECT_EQ(parse_duration_ns("0.000000001s", "x"), 1u);
  EXPECT_EQ(parse_duration_ns("9223372036854775807ns", "x"), 9'223'372'036'854'775'807u);
}

TEST(ParseDuration, RefusesGarbageWithASentence) {
  for (const char* bad : {"",    " ",   "5",     "ms",   "-5ms",   "+5ms",  "5ms ", " 5ms", "5  ms", "5 ",
                          "1.s", ".5s", "1..5s", "5mss", "0x10ns", "1e3ns", "five", "5MS",  "nan",   "inf"}) {
    EXPECT_THAT(message_of([&] { parse_duration_ns(bad, "--time"); }), HasSubstr("is no duration")) << bad;
  }
  EXPECT_EQ(
      message_of([] { parse_duration_ns("5 lightyears", "--time"); }),
      "--time: '5 lightyears' is no duration; write a number and one of ns us ms s m h, such as 100ns, 5ms or 1.5s.");
}

TEST(ParseDuration, RefusesWhatIsTooFineOrTooLarge) {
  EXPECT_THAT(message_of([] { parse_duration_ns("1.5ns", "x"); }), HasSubstr("no whole number of nanoseconds"));
  EXPECT_THAT(message_of([] { parse_duration_ns("0.0000000001s", "x"); }), HasSubstr("more than 9 decimals"));
  EXPECT_THAT(message_of([] { parse_duration_ns("9223372036854775808ns", "x"); }), HasSubstr("too large"));
  EXPECT_THAT(message_of([] { parse_duration_ns("99999999999999999999999ns", "x"); }), HasSubstr("too large"));
  EXPECT_THAT(message_of([] { parse_duration_ns("18446744073709551615h", "x"); }), HasSubstr("too large"));
}

TEST(ParseSize, KnowsItsUnits) {
  EXPECT_EQ(parse_size_bytes("4096", "x"), 4096u);
  EXPECT_EQ(parse_size_bytes("512B", "x"), 512u);
  EXPECT_EQ(parse_size_bytes("4KiB", "x"), 4096u);
  EXPECT_EQ(parse_size_bytes("1MiB", "x"), 1'048'576u);
  EXPECT_EQ(parse_size_bytes("1.5 MiB", "x"), 1'572'864u);
  EXPECT_EQ(parse_size_bytes("2GiB", "x"), 2'147'483'648u);
  EXPECT_EQ(parse_size_bytes("1TiB", "x"), 1'099'511'627'776u);
  EXPECT_EQ(parse_size_bytes("0", "x"), 0u);
}

TEST(ParseSize, RefusesGarbageAndOverflow) {
  for (const char* bad : {"", "4K", "4kb", "4KB", "KiB", "-1", "0x1000", "4 096"}) {
    EXPECT_THAT(message_of([&] { parse_size_bytes(bad, "size"); }), HasSubstr("is no size")) << bad;
  }
  EXPECT_THAT(message_of([] { parse_size_bytes("0.3", "x"); }), HasSubstr("no whole number of bytes"));
  EXPECT_THAT(message_of([] { parse_size_bytes("8388608TiB", "x"); }), HasSubstr("too large"));
  EXPECT_EQ(parse_size_bytes("8388607TiB", "x"), 8388607ull << 40);
}

TEST(ParseRatio, TakesFiniteDecimals) {
  EXPECT_DOUBLE_EQ(parse_ratio("0.25", "x"), 0.25);
  EXPECT_DOUBLE_EQ(parse_ratio("-1", "x"), -1);
  EXPECT_DOUBLE_EQ(parse_ratio("1e-3", "x"), 1e-3);
  for (const char* bad : {"", "nan", "inf", "-inf", "1e999", "0.5x", " 0.5", "+0.5", "50%", "0,5"}) {
    EXPECT_NE(message_of([&] { parse_ratio(bad, "x"); }), "accepted") << bad;
  }
}

TEST(ParseInteger, TakesDigitsOnly) {
  EXPECT_EQ(parse_integer("42", "x"), 42);
  EXPECT_EQ(parse_integer("-9223372036854775808", "x"), std::numeric_limits<std::int64_t>::min());
  for (const char* bad : {"", "-", "+1", "1.0", "1 ", " 1", "1e3", "9223372036854775808"}) {
    EXPECT_NE(message_of([&] { parse_integer(bad, "x"); }), "accepted") << bad;
  }
}

TEST(Parse, MessagesAreSafeAndShort) {
  const std::string message = message_of([] { parse_integer("\x1b[31m" + std::string(100'000, '7'), "x"); });
  EXPECT_THAT(message, HasSubstr("\\x1b[31m777"));
  EXPECT_LT(message.size(), 200u);
}

TEST(EditDistance, CountsSwapsOnce) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("mutex", "mutxe"), 1u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);  // optimal string alignment; unrestricted swaps would give 2
  EXPECT_EQ(edit_distance("sitting", "kitten"), edit_distance("kitten", "sitting"));
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> names{"mutex", "spin", "ck-ticket", "tbb-queuing",
                                       "none",  "null", "sem-posix", "sem-std"};
  EXPECT_THAT(nearest(names, "mutxe"), ElementsAre("mutex"));
  EXPECT_THAT(nearest(names, "MUTEX"), ElementsAre("mutex"));
  EXPECT_THAT(nearest(names, "ticket"), ElementsAre("ck-ticket"));
  EXPECT_THAT(nearest(names, "std::mutex"), ElementsAre("mutex"));
  EXPECT_THAT(nearest(names, "sem"), testing::UnorderedElementsAre("sem-posix", "sem-std"));
  EXPECT_THAT(nearest(names, "sem", 1), testing::SizeIs(1));
  EXPECT_THAT(nearest(names, "nul"), testing::Contains("null"));
  EXPECT_EQ(nearest(names, "nul").front(), "null");
  EXPECT_THAT(nearest(names, "zzzzzz"), IsEmpty());
  EXPECT_THAT(nearest(names, ""), IsEmpty());
  EXPECT_THAT(nearest(names, std::string(1 << 20, 'q')), IsEmpty());
  EXPECT_THAT(nearest({}, "mutex"), IsEmpty());
}

TEST(Utf8, FollowsTheStandard) {
  for (const char* good :
       {"", "plain", "µs · 2×", "\xf0\x9f\x8e\xa1", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc2", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xe2\x28\xa1"}) {
    EXPECT_FALSE(is_utf8(bad)) << printable(bad);
  }
}

TEST(Printable, LeavesNothingThatATerminalObeys) {
  EXPECT_EQ(printable("plain µs 2×"), "plain µs 2×");
  EXPECT_EQ(printable("\x1b[2Jgone\a\x7f"), "\\x1b[2Jgone\\x07\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("a\r\n\tb"), "a\\r\\n\\tb");
  EXPECT_EQ(printable("a\r\n\tb", true), "a\\r\n\tb");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");  // the one-character form of ESC [
  EXPECT_EQ(printable("\xff\xe2\x82"), "\\xff\\xe2\\x82");
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "exe"),
            "\\u202eexe");
  EXPECT_TRUE(is_utf8(printable("\xff\xfe\xed\xa0\x80")));
}

TEST(InQuotes, CutsBetweenCharacters) {
  EXPECT_EQ(in_quotes("a\nb"), "'a\\nb'");
  std::string long_text;
  for (int i = 0; i < 61; ++i) long_text += "µ";
  EXPECT_EQ(in_quotes(long_text.substr(0, 120)), "'" + long_text.substr(0, 120) + "'");
  EXPECT_EQ(in_quotes(long_text), "'" + long_text.substr(0, 120) + "...'");
}

}  // namespace
}  // namespace fairground
