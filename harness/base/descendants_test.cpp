#include "base/descendants.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/maker.hpp"

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

// One that carries this process's mark, for it was executed after that was set.
pid_t marked_sleeper() {
  const pid_t pid = fork();
  if (pid == 0) {
    execl("/bin/sleep", "sleep", "300", nullptr);
    _exit(1);
  }
  while (!started_for(pid)) usleep(1'000);
  return pid;
}

TEST(Descendants, WhatWasThereBeforeStays) {
  const pid_t program = fork();
  if (program == 0) {  // in one of its own, for what is noted stays so
    become_subreaper();
    mark_descendants();
    const pid_t before = marked_sleeper();
    spare_present_children();
    const pid_t orphaned = orphan();  // nobody knows whose
    const pid_t own = marked_sleeper();
    const int ended = end_descendants({});
    const bool right = ended == 1 && kill(before, 0) == 0 && kill(orphaned, 0) == 0 && kill(own, 0) != 0;
    for (const pid_t pid : {before, orphaned}) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
    _exit(right ? 0 : 1);
  }
  int status = -1;
  waitpid(program, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Descendants, WhatIsKeptIsNoStray) {
  become_subreaper();
  const pid_t ours = start_kept(sleeper);
  sleeper();
  EXPECT_EQ(end_strays(), 1);
  EXPECT_EQ(kill(ours, 0), 0);
  let_go(ours);
  EXPECT_EQ(end_strays(), 1);
  EXPECT_TRUE(no_child());
}

TEST(Descendants, NothingIsDoneWhereThereIsNoChild) { EXPECT_EQ(end_descendants({}), 0); }

}  // namespace
}  // namespace fairground
