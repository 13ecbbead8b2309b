#include "record/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "record/samples_for_test.hpp"
#include "record/writer.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ReaderTest : public testing::Test {
 protected:
  // A complete run of two trials, as bytes.
  std::string sample() {
    {
      Writer writer(temporary_.path() / "run", false);
      writer.write(header_line({"fairground", "run"}, "test"));
      writer.write(trial_line(samples::spec(4, true), samples::uneven(), samples::oversubscribed()));
      writer.write(trial_line(samples::spec(2, true), samples::crashed(), {}));
      writer.footer();
    }
    std::ifstream stream(temporary_.path() / "run" / "run.jsonl", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  StoredRun read(const std::string& bytes) {
    std::ofstream(file_, std::ios::binary) << bytes;
    return read_run(file_);
  }
  std::string error_of(const std::string& bytes) {
    try {
      read(bytes);
    } catch (const UserError& e) {
      return e.what();
    }
    return "";
  }

  PrivateFolder temporary_{"reader-test"};
  std::filesystem::path file_ = temporary_.path() / "other.jsonl";
};

TEST_F(ReaderTest, AWholeRunIsComplete) {
  const StoredRun run = read(sample());
  EXPECT_TRUE(run.complete);
  EXPECT_TRUE(run.problems.empty());
  EXPECT_EQ(run.lines.size(), 4u);
}

TEST_F(ReaderTest, CutAnywhereItIsIncompleteOrRefusedNeverComplete) {
  const std::string whole = sample();
  Random random(20260101);
  for (int i = 0; i < 200; ++i) {
    const std::size_t length = static_cast<std::size_t>(random.below(whole.size()));
    const std::string cut = whole.substr(0, length);
    const auto lines = static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n'));
    SCOPED_TRACE(length);
    if (lines == 0) {
      EXPECT_THAT(error_of(cut), HasSubstr("no whole line"));
      continue;
    }
    const StoredRun run = read(cut);
    EXPECT_FALSE(run.complete);
    EXPECT_FALSE(run.problems.empty());
    EXPECT_EQ(run.lines.size(), lines);
  }
}

TEST_F(ReaderTest, EveryCutNearTheEndToo) {
  const std::string whole = sample();
  for (std::size_t less = 1; less <= 130; ++less) {
    EXPECT_FALSE(read(whole.substr(0, whole.size() - less)).complete) << less;
  }
}

TEST_F(ReaderTest, AnyChangedByteIsSeen) {
  const std::string whole = sample();
  const std::size_t footer = whole.rfind('\n', whole.size() - 2) + 1;
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    std::string changed = whole;
    const auto at = static_cast<std::size_t>(random.below(footer));
    changed[at] = static_cast<char>(changed[at] ^ (1 << random.below(7)));
    EXPECT_FALSE(error_of(changed).empty()) << at;
  }
}

TEST_F(ReaderTest, ADamagedLineIsNamed) {
  std::string bytes = sample();
  bytes[bytes.find('\n') + 1] = '[';
  EXPECT_THAT(error_of(bytes), HasSubstr("line 2"));
}

TEST_F(ReaderTest, ANewerMajorIsRefusedANewerMinorIsNot) {
  EXPECT_THAT(error_of("{\"record\":\"header\",\"schema\":\"2.0\"}\n"), HasSubstr("newer Fairground"));
  EXPECT_THAT(error_of("{\"record\":\"header\",\"schema\":\"10.3\"}\n"), HasSubstr("newer Fairground"));
  EXPECT_THAT(error_of("{\"record\":\"header\",\"schema\":1}\n"), HasSubstr("version"));
  EXPECT_THAT(error_of("{\"record\":\"header\",\"schema\":\"one\"}\n"), HasSubstr("version"));
  EXPECT_EQ(read("{\"record\":\"header\",\"schema\":\"1.7\",\"new\":[]}\n{\"record\":\"unheard-of\"}\n").lines.size(),
            2u);
}

TEST_F(ReaderTest, WhatIsNoRecordIsSaidSo) {
  EXPECT_THAT(error_of(""), HasSubstr("no whole line"));
  EXPECT_THAT(error_of("hello\n"), HasSubstr("damaged"));
  EXPECT_THAT(error_of("{\"record\":\"trial\"}\n"), HasSubstr("no header"));
  EXPECT_THAT(error_of(std::string(5'000, '\0')), HasSubstr("no whole line"));
  EXPECT_THROW(read_run(temporary_.path() / "nowhere"), UserError);
  EXPECT_THROW(read_run(temporary_.path()), UserError);  // a folder without run.jsonl
}

TEST_F(ReaderTest, AResumedRunGoesOnAfterAFooter) {
  const std::string first = sample();
  const std::string again = first + R"({"record":"header","schema":"1.0","resumed":true})" + "\n";
  EXPECT_FALSE(read(again).complete);
  const json footer = {{"record", "footer"}, {"sha256", sha256_hex(again)}, {"lines", 5}, {"ended_realtime_ns", 1}};
  EXPECT_TRUE(read(again + footer.dump() + "\n").complete);
  EXPECT_THAT(error_of(first + R"({"record":"trial"})" + "\n"), HasSubstr("after the footer"));
}

TEST_F(ReaderTest, HalfALineAfterTheFooterIsNotComplete) {
  EXPECT_FALSE(read(sample() + "{\"record\":\"hea").complete);
}

}  // namespace
}  // namespace fairground::record
