#include "base/descendants.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace fairground {
namespace {

bool no_child() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

// A child that leaves a grandchild in a session of its own behind, and is gone; its pid comes through a pipe.
pid_t orphan() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      pause();
      _exit(0);
    }
    (void)!write(ends[1], &grandchild, sizeof grandchild);
    _exit(0);
  }
  pid_t grandchild = -1;
  (void)!read(ends[0], &grandchild, sizeof grandchild);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return grandchild;
}

pid_t sleeper() {
  const pid_t pid = fork();
  if (pid == 0) {
    pause();
    _exit(0);
  }
  return pid;
}

TEST(Descendants, ChildrenAndOrphansAreEndedAndReaped) {
  become_subreaper();
  const pid_t left_behind = orphan();
  ASSERT_GT(left_behind, 0);
  ASSERT_EQ(kill(left_behind, 0), 0) << "it is there before";
  sleeper();
  EXPECT_EQ(end_descendants({}), 2);
  EXPECT_TRUE(no_child());
  EXPECT_EQ(kill(left_behind, 0), -1);
}

TEST(Descendants, SparedOnesStay) {
  become_subreaper();
  const std::array<pid_t, 1> spared{sleeper()};
  sleeper();
  EXPECT_EQ(end_descendants(spared), 1);
  EXPECT_EQ(kill(spared[0], 0), 0);
  EXPECT_EQ(end_descendants({}), 1);
  EXPECT_TRUE(no_child());
}

TEST(Descendants, NothingIsDoneWhereThereIsNoChild) { EXPECT_EQ(end_descendants({}), 0); }

}  // namespace
}  // namespace fairground
