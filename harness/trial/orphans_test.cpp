// Nothing that a plugin started survives, whoever is killed and when: a second copy of the test program supervises a
// trial whose plugin leaves a child behind, and dies by SIGKILL, or its warden does.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace {

namespace fs = std::filesystem;

struct Seen {
  pid_t pid;
  std::string name;
};

// All processes that were born with this mark in their environment.
std::vector<Seen> marked(const std::string& mark) {
  std::vector<Seen> out;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream environment(entry.path() / "environ", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(environment), std::istreambuf_iterator<char>()};
    if (text.find(mark) == std::string::npos) continue;
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm") >> std::ws, name);
    out.push_back({pid, name});
  }
  return out;
}

struct Case {
  const char* victim;
  const char* how;
  int after_ms;  // -1: once the plugin's child exists
};

class Orphans : public testing::TestWithParam<Case> {};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const char* victim : {"supervisor", "warden"}) {
    for (const char* how : {"child", "child-setsid", "child-double"}) {
      for (const int after : {0, 1, 2, 3, 5, 8, 20, -1}) all.push_back({victim, how, after});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(KillNine, Orphans, testing::ValuesIn(cases()), [](const auto& info) {
  std::string text = std::string(info.param.victim) + "_" + info.param.how + "_" +
                     (info.param.after_ms < 0 ? "when_there" : std::to_string(info.param.after_ms) + "_ms");
  for (char& c : text) c = c == '-' ? '_' : c;
  return text;
});

pid_t start_supervisor(const std::string& mark, const char* how) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setenv("FAIRGROUND_TEST_MARK", mark.c_str(), 1);
  execl("/proc/self/exe", "trial_test", "--supervise", how, static_cast<char*>(nullptr));
  _exit(127);
}

template <class F>
bool soon(F&& condition) {
  const std::uint64_t end = fairground::monotonic_ns() + 8'000'000'000u;
  while (fairground::monotonic_ns() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

TEST_P(Orphans, NothingSurvives) {
  static int serial = 0;
  const std::string mark = "fairground-orphans-" + std::to_string(getpid()) + "-" + std::to_string(++serial);
  const Case c = GetParam();
  const pid_t supervisor = start_supervisor(mark, c.how);
  const auto find = [&](const std::string& name) {
    for (const Seen& s : marked(mark)) {
      if (s.name == name) return s.pid;
    }
    return pid_t{0};
  };
  if (c.after_ms < 0) {
    ASSERT_TRUE(soon([&] { return find("fg-hostile") != 0; })) << "the plugin left no child: the test tests nothing";
  } else {
    std::this_thread::sleep_for(std::chrono::milliseconds(c.after_ms));
  }
  if (std::strcmp(c.victim, "supervisor") == 0) {
    kill(supervisor, SIGKILL);
  } else {
    pid_t warden = 0;
    ASSERT_TRUE(soon([&] { return (warden = find("fg-warden")) != 0; }));
    kill(warden, SIGKILL);
  }
  waitpid(supervisor, nullptr, 0);
  EXPECT_TRUE(soon([&] {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {  // this test reaps what was handed to it, and ends none
    }
    return marked(mark).empty();
  })) << marked(mark).size()
      << " processes survive";
  for (const Seen& s : marked(mark)) kill(s.pid, SIGKILL);
}

}  // namespace
