#include "base/maker.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace fairground {
namespace {

TEST(Maker, MarkAndBack) {
  const Maker self = Maker::self();
  EXPECT_EQ(self.pid, ::getpid());
  EXPECT_GT(self.start_ticks, 0u);
  const auto read = Maker::parse(self.mark());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->mark(), self.mark());
  EXPECT_EQ(Maker::self().mark(), self.mark());
}

TEST(Maker, RefusesWhatIsNoMark) {
  for (const char* text :
       {"", "-", "1-2-3", "1-2-6f3a2b1c", "x-2-6f-ef", "1-x-6f-ef", "1-2-6g-ef", "1-2-6f-", "1--6f-ef", "0-2-6f-ef",
        "-1-2-6f-ef", "1-2-6f-ef-1", "1-2-6f-ef ", "99999999999-2-6f-ef", "1-2-6F-ef"}) {
    EXPECT_FALSE(Maker::parse(text)) << text;
  }
}

TEST(Maker, TellsTheRunningFromTheGone) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string mark = Maker::self().mark();
    (void)!::write(ends[1], mark.data(), mark.size());
    ::pause();
    ::_exit(0);
  }
  std::vector<char> text(200);
  const ssize_t size = ::read(ends[0], text.data(), text.size());
  const auto maker = Maker::parse({text.data(), static_cast<std::size_t>(size)});
  ASSERT_TRUE(maker);
  EXPECT_EQ(fate_of(*maker), Fate::running);
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(fate_of(*maker), Fate::gone) << "a zombie";
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(fate_of(*maker), Fate::gone);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Maker, IsNotTakenInByANumberThatWasGivenAgain) {
  Maker other = Maker::self();
  other.start_ticks += 1;
  EXPECT_EQ(fate_of(other), Fate::gone);
}

TEST(Maker, DoesNotKnowOfOtherNamespacesAndBoots) {
  Maker other = Maker::self();
  other.pid_namespace = "1";
  EXPECT_EQ(fate_of(other), Fate::unknown);
  other = Maker::self();
  other.boot = other.boot == "00000001" ? "00000002" : "00000001";
  EXPECT_EQ(fate_of(other), Fate::earlier_boot);
  other.boot = "0";
  EXPECT_EQ(fate_of(other), Fate::unknown);
}

}  // namespace
}  // namespace fairground
