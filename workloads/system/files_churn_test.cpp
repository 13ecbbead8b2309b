#include "files_churn.cpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// Somebody else is at work in the folder: whatever they do to a file is found.
std::string meddled(const std::function<void(const std::filesystem::path&)>& meddle) {
  Job job;
  job.stop_after_ms = 400;
  job.set = {{"names", 8}};
  std::thread other;
  job.after_setup = [&](const std::string& scratch) {
    other = std::thread([&meddle, folder = scratch + "/churn-0"] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      for (int i = 0; i < 8; ++i) meddle(folder + "/f" + std::to_string(i));
    });
  };
  job.before_verify = [&](const std::string&) { other.join(); };
  const auto o = fairground::testing::run(fairground_workload_files_churn, job);
  EXPECT_EQ(o.status, FG_WRONG);
  return o.text;
}

TEST(FilesChurn, ALostFileIsFound) {
  EXPECT_NE(meddled([](const auto& path) { std::filesystem::remove(path); }), "");
}
TEST(FilesChurn, AForeignFileIsFound) {
  EXPECT_NE(meddled([](const auto& path) {
              std::ofstream(path.string() + "-foreign") << "x";
              std::ofstream(path, std::ios::app) << "x";
            }),
            "");
}
TEST(FilesChurn, AnotherLinkIsFound) {
  EXPECT_NE(meddled([](const auto& path) {
              std::error_code ignored;
              std::filesystem::create_hard_link(path, path.string() + "-more", ignored);
            }),
            "");
}

TEST(FilesChurn, NothingIsLeftBehind) {
  std::string folder;
  Job job;
  job.operations = 1'000;
  job.after_setup = [&](const std::string& scratch) { folder = scratch + "/churn-0"; };
  EXPECT_EQ(fairground::testing::run(fairground_workload_files_churn, job).status, FG_OK);
  EXPECT_FALSE(std::filesystem::exists(folder));
}
}  // namespace
