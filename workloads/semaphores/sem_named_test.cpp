// sem-named: no name stays, and more semaphores than the system allows are a matter of the machine.
#include "semaphores/sem_named.cpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>

#include "kit/testing/host.hpp"

namespace {
int names() {
  int found = 0;
  for (const auto& file : std::filesystem::directory_iterator("/dev/shm"))
    if (file.path().filename().string().find(std::to_string(::getpid()) + "-") != std::string::npos) ++found;
  return found;
}

TEST(SemNamed, LeavesNoName) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Named>>();
  fairground::testing::Job job;
  job.workers = 3;
  job.operations = 10;
  job.as_processes = true;
  job.set = {{"use", 1}};
  int while_running = -1;
  job.after_setup = [&](const std::string&) { while_running = names(); };
  EXPECT_EQ(fairground::testing::run(workload, job).status, FG_OK);
  EXPECT_EQ(while_running, 0);
}

TEST(SemNamed, SaysThatThereIsNoRoom) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan itself needs descriptors to look at the exception";
#endif
  rlimit old{};
  getrlimit(RLIMIT_NOFILE, &old);
  const rlimit none{0, old.rlim_max};
  Named semaphore{};
  std::string text;
  setrlimit(RLIMIT_NOFILE, &none);
  try {
    semaphore.init({1, true, true});
  } catch (const fairground::Failure& failure) {
    if (failure.status() == FG_NO_RESOURCE) text = failure.what();
  }
  setrlimit(RLIMIT_NOFILE, &old);
  EXPECT_EQ(text, "no room for another named semaphore: Too many open files");
}
}  // namespace
