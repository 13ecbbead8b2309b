#include "file_write.cpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;
using fairground::testing::Outcome;

Outcome write(std::function<void(const std::string&)> before_verify) {
  Job job;
  job.workers = 2;
  job.operations = 200;
  job.set = {{"size", 4 * 4096}, {"sync", 50}};
  job.before_verify = std::move(before_verify);
  return fairground::testing::run(fairground_workload_file_write, job);
}

TEST(FileWrite, CountsWhatItDid) {
  const Outcome o = write(nullptr);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(o.counters.at("written_bytes"), 400.0 * 4096);
  EXPECT_EQ(o.counters.at("syncs"), 8.0);
}

TEST(FileWrite, ADamagedBlockIsFound) {
  const Outcome o = write([](const std::string& scratch) {
    std::fstream file(scratch + "/file-write", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2 * 4096 + 100).put(1).put(2).put(3);
  });
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "block 2 is damaged");
}

// A whole block, but an older one: a lost write.
TEST(FileWrite, ALostWriteIsFound) {
  const Outcome o = write([](const std::string& scratch) {
    const auto file = fairground::kit::open_file(scratch + "/file-write", O_WRONLY, false);
    const auto block = std::make_unique<Block>();
    block->fill(1, 0, 0);
    fairground::kit::write_block(file, *block, 1);
  });
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("block 1 holds write 0 of 0, not "), std::string::npos) << o.text;
}

TEST(FileWrite, FewerBlocksThanWorkersAreRefused) {
  Job job;
  job.workers = 3;
  job.set = {{"size", 2 * 4096}};
  const Outcome o = fairground::testing::run(fairground_workload_file_write, job);
  EXPECT_EQ(o.status, FG_BAD_PARAMETER);
  EXPECT_EQ(o.where, "configure");
}
}  // namespace
