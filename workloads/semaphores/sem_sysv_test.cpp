// sem-sysv: nothing stays of it, by either of the two ways, even after kill -9; and the kernel undoes what the dead
// did.
#include "semaphores/sem_sysv.cpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace {
bool exists(int set) { return semctl(set, 0, GETVAL) >= 0 || (errno != EINVAL && errno != EIDRM); }

// What `make` returns in another process, which then is killed.
template <class F>
int made_by_the_killed(F&& make) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    const int set = make();
    if (write(ends[1], &set, sizeof set) == sizeof set) pause();
    _exit(1);
  }
  int set = -1;
  if (read(ends[0], &set, sizeof set) != sizeof set) set = -1;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return set;
}

bool gone_soon(int set) {
  for (int ms = 0; exists(set) && ms < 10'000; ++ms) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return !exists(set);
}

TEST(SemSysV, WithoutAnHeirASetStays) {  // or the tests below would show nothing
  const int set = made_by_the_killed([] { return semget(IPC_PRIVATE, 1, 0600); });
  ASSERT_GE(set, 0);
  EXPECT_TRUE(exists(set));
  semctl(set, 0, IPC_RMID);
}

TEST(SemSysV, AnHeirRemovesTheSetsOfTheKilled) {
  int set = -1;
  set = made_by_the_killed([] {
    auto* heir = new Heir;  // never destroyed: its owner is killed
    const int made = semget(IPC_PRIVATE, 1, 0600);
    heir->inherit(made);
    return made;
  });
  ASSERT_GE(set, 0);
  EXPECT_TRUE(gone_soon(set));
}

TEST(SemSysV, ItsSetsGoWithTheKilled) {
  const int set = made_by_the_killed([] { return SystemV::make(1); });
  ASSERT_GE(set, 0);
  EXPECT_TRUE(gone_soon(set));
}

TEST(SemSysV, WhatTheDeadHeldComesBack) {
  SysV semaphore{};
  semaphore.init({1, true, true});
  const pid_t child = fork();
  if (child == 0) {
    semaphore.acquire();
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(semaphore.acquire_within(0));
  semaphore.destroy();
}
}  // namespace
