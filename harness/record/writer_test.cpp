#include "record/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"
#include "record/reader.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

json header() { return {{"record", "header"}, {"schema", "1.0"}, {"run_id", "test"}, {"resumed", false}}; }

class WriterTest : public testing::Test {
 protected:
  PrivateFolder temporary_{"writer-test"};
  std::filesystem::path folder_ = temporary_.path() / "deep" / "run";
  std::filesystem::path file_ = folder_ / "run.jsonl";
};

TEST_F(WriterTest, OneLineAnObjectAndAFooterOverAllBefore) {
  Writer writer(folder_, false);
  EXPECT_EQ(writer.folder(), folder_);
  writer.write(header());
  writer.write({{"record", "trial"}, {"text", "two\nlines"}});
  const std::string before = content(file_);
  EXPECT_EQ(std::count(before.begin(), before.end(), '\n'), 2);
  writer.footer();
  const std::string all = content(file_);
  ASSERT_TRUE(all.starts_with(before));
  const json footer = json::parse(all.substr(before.size()));
  EXPECT_EQ(footer.at("record"), "footer");
  EXPECT_EQ(footer.at("lines"), 2);
  EXPECT_EQ(footer.at("sha256"), sha256_hex(before));
}

TEST_F(WriterTest, EveryLineIsThereAtOnceAndReadableWithoutAFooter) {
  Writer writer(folder_, false);
  for (std::size_t n = 1; n <= 3; ++n) {
    writer.write(n == 1 ? header() : json{{"record", "trial"}});
    const StoredRun run = read_run(folder_);
    EXPECT_EQ(run.lines.size(), n);
    EXPECT_FALSE(run.complete);
  }
}

TEST_F(WriterTest, FileIsReadableByAllAndLockedWhileOpen) {
  const mode_t mask = umask(022);
  {
    const Writer writer(folder_, false);
    struct stat s {};
    ASSERT_EQ(stat(file_.c_str(), &s), 0);
    EXPECT_EQ(s.st_mode & 0777, 0644u);
    const int fd = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_NE(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
  }
  const int fd = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(flock(fd, LOCK_EX | LOCK_NB), 0);
  close(fd);
  umask(mask);
}

TEST_F(WriterTest, ARecordIsNeverOverwritten) {
  { Writer(folder_, false).write(header()); }
  const std::string before = content(file_);
  EXPECT_THAT(error_of([&] { Writer(folder_, false); }), HasSubstr("a record already"));
  EXPECT_EQ(content(file_), before);
}

TEST_F(WriterTest, AFolderThatCannotBeMadeIsOneSentence) {
  std::ofstream(temporary_.path() / "file") << "x";
  const std::string error = error_of([&] { Writer(temporary_.path() / "file" / "run", false); });
  EXPECT_THAT(error, HasSubstr("--out"));
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0);
}

TEST_F(WriterTest, AFolderThatTakesNoFilesIsOneSentence) {
  EXPECT_THAT(error_of([&] { Writer("/proc/self", false); }), HasSubstr("can't be written"));  // root may not either
}

TEST_F(WriterTest, BytesThatAreNoUtf8AreReplaced) {
  Writer writer(folder_, false);
  writer.write({{"record", "header"}, {"schema", "1.0"}, {"output", "\xff!"}});
  EXPECT_EQ(read_run(folder_).lines.at(0).at("output"), "\xef\xbf\xbd!");
}

TEST_F(WriterTest, EchoPrintsTheSameLines) {
  testing::internal::CaptureStdout();
  {
    Writer writer(folder_, true);
    writer.write(header());
    writer.footer();
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), content(file_));
}

// Half a line, and one that a file system filled with zeros when the power went.
TEST_F(WriterTest, AResumedRunGoesOnAfterTheLastWholeLine) {
  {
    Writer writer(folder_, false);
    writer.write(header());
    writer.write({{"record", "trial"}, {"draw", 1}});
  }
  std::size_t lines = 2;
  json again = header();
  again["resumed"] = true;
  for (const std::string& half : {std::string("{\"record\":\"tri"), std::string(20, '\0') + '\n', std::string()}) {
    std::ofstream(file_, std::ios::app) << half;
    Writer writer = Writer::resume(folder_, read_run(folder_), false);
    EXPECT_THAT(error_of([&] { Writer::resume(folder_, read_run(folder_), false); }),
                HasSubstr("Another run is writing"));
    writer.write(again);
    writer.footer();
    const StoredRun run = read_run(folder_);
    EXPECT_TRUE(run.complete);
    EXPECT_EQ(run.lines.size(), lines += 2);
    EXPECT_EQ(run.lines.back().at("lines"), lines - 1);
  }
  EXPECT_THAT(error_of([&] { Writer::resume(folder_ / "none", {}, false); }), HasSubstr("can't be gone on with"));
}

TEST_F(WriterTest, WhatAnotherRunHasAddedSinceItWasReadIsKept) {
  { Writer(folder_, false).write(header()); }
  const StoredRun before = read_run(folder_);
  {
    Writer other = Writer::resume(folder_, before, false);
    json again = header();
    again["resumed"] = true;
    other.write(again);
  }
  EXPECT_THAT(error_of([&] { Writer::resume(folder_, before, false); }), HasSubstr("try again"));
  EXPECT_EQ(read_run(folder_).lines.size(), 2u);
}

TEST_F(WriterTest, ARecordThatCannotBeReadIsNotCutOff) {
  std::filesystem::create_directories(folder_);
  std::filesystem::create_symlink("/proc/self/mem", file_);  // whose beginning is no memory
  StoredRun read;
  read.bytes = 10;
  EXPECT_THAT(error_of([&] { Writer::resume(folder_, read, false); }),
              HasSubstr("can't be gone on with: Input/output"));
}

TEST_F(WriterTest, NothingComesAfterTheFooter) {
  Writer writer(folder_, false);
  writer.write(header());
  writer.footer();
  EXPECT_THROW(writer.write(header()), std::logic_error);
}

// Write until it throws; what is left must be the whole lines that went before, and the record goes on when there is
// room again.
void fill_up(const std::filesystem::path& folder, const std::function<void()>& make_room) {
  Writer writer(folder, false);
  writer.write(header());
  std::size_t lines = 1;
  std::string error;
  for (; error.empty() && lines < 10'000; ++lines) {
    error = error_of([&] { writer.write({{"record", "trial"}, {"n", lines}, {"text", std::string(3'000, 'x')}}); });
  }
  lines -= 1;
  EXPECT_THAT(error, HasSubstr("disk is full"));
  EXPECT_THAT(error, HasSubstr(fmt::format("{} lines", lines)));
  const std::string bytes = content(folder / "run.jsonl");
  ASSERT_FALSE(bytes.empty());
  EXPECT_EQ(bytes.back(), '\n');
  EXPECT_EQ(read_run(folder).lines.size(), lines);
  make_room();
  writer.footer();
  const StoredRun run = read_run(folder);
  EXPECT_TRUE(run.complete);
  EXPECT_EQ(run.lines.size(), lines + 1);
}

TEST_F(WriterTest, ALineThatDoesNotFitIsTakenBackWhole) {
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{40'000, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  fill_up(folder_, [&] { setrlimit(RLIMIT_FSIZE, &old); });
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, before);
}

TEST_F(WriterTest, AFullDiskIsSaidAndLeavesWholeLines) {
  const auto disk = temporary_.path() / "disk";
  std::filesystem::create_directories(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "mounting a small tmpfs: " << std::strerror(errno);
  }
  std::ofstream(disk / "ballast") << std::string(100'000, 'x');
  fill_up(disk / "run", [&] { std::filesystem::remove(disk / "ballast"); });
  EXPECT_EQ(umount2(disk.c_str(), MNT_DETACH), 0);
}

}  // namespace
}  // namespace fairground::record
