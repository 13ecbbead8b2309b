#include "syscalls.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// One in three answers wrong, though it did not at first.
struct Wrong {
  static constexpr std::array<Call, 3> all{{
      {"right", [](Known&) { return true; }},
      {"now and then", [](Known& k) { return ++k.last_ns % 100 != 0; }},
      {"right, too", [](Known&) { return true; }},
  }};
};
constexpr fg_workload wrong = fairground::describe<Syscalls<Wrong>>();

TEST(Syscalls, AWrongAnswerIsFoundAndNamed) {
  Job job;
  job.operations = 900;
  const auto o = fairground::testing::run(wrong, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "now and then answered wrong 3 times");
}

TEST(Syscalls, ADescriptorThatIsNotThereIsTheMachinesMatter) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan can't do without the descriptors that are refused";
#endif
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const Descriptor next(::dup(0));
  // Room for the two that a worker opens, and none for a third.
  const rlimit few{static_cast<rlim_t>(next.get()) + 3, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  Job job;
  job.operations = 100;
  const auto o = fairground::testing::run(fairground_workload_syscalls, job);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(o.status, FG_NO_RESOURCE) << o.text;
}

TEST(Syscalls, EachAnswersRight) {
  Known known;
  known.null = Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  known.zero = Descriptor(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  struct stat status {};
  ASSERT_EQ(::fstat(known.null.get(), &status), 0);
  known.inode = status.st_ino;
  known.process = known.thread = ::getpid();
  known.parent = ::getppid();
  for (const Call& call : KnownCalls::all) EXPECT_TRUE(call.right(known)) << call.name;
}
}  // namespace
