#include "file_read.cpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// One byte of the only block changed behind the workload's back.
TEST(FileRead, ADamagedBlockIsFound) {
  Job job;
  job.operations = 10;
  job.set = {{"size", 4096}};
  job.after_setup = [](const std::string& scratch) {
    std::fstream file(scratch + "/file-read", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4000);
    char byte = 0;
    file.seekg(4000).get(byte);
    file.seekp(4000).put(static_cast<char>(byte ^ 1));
  };
  const auto o = fairground::testing::run(fairground_workload_file_read, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "block 0 is damaged");
  EXPECT_EQ(o.counts[0], 0u);
}

TEST(FileRead, ATruncatedFileIsFound) {
  Job job;
  job.operations = 100;
  job.set = {{"size", 8192}};
  job.after_setup = [](const std::string& scratch) { std::filesystem::resize_file(scratch + "/file-read", 4096); };
  const auto o = fairground::testing::run(fairground_workload_file_read, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "block 1 was cut short");
}

TEST(FileRead, NothingIsLeftBehind) {
  std::string file;
  Job job;
  job.operations = 1;
  job.set = {{"size", 4096}};
  job.after_setup = [&](const std::string& scratch) {
    file = scratch + "/file-read";
    EXPECT_TRUE(std::filesystem::exists(file));
  };
  EXPECT_EQ(fairground::testing::run(fairground_workload_file_read, job).status, FG_OK);
  EXPECT_FALSE(std::filesystem::exists(file));
}
}  // namespace
