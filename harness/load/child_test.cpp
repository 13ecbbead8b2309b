#include "load/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "base/files.hpp"
#include "load/hostile_for_test.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

using nlohmann::json;
using testing::ElementsAre;

constexpr std::uint64_t plenty_ns = 60'000'000'000;

// A shell script in the place of the program.
class Ask : public testing::Test {
 protected:
  void program(const std::string& script) {
    const std::filesystem::path file = folder_.path() / "program";
    std::filesystem::remove(file);
    write_bytes(file, "#!/bin/sh\n" + script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    set_program_path(file.string());
  }
  void TearDown() override { set_program_path("/proc/self/exe"); }

  PrivateFolder folder_{"fairground-ask"};
};

TEST_F(Ask, HearsOnlyWhatIsSaidOnTheAnswersDescriptor) {
  program(R"(echo '{"forged": 1}'; echo '{"forged": 2}' >&2; echo '{"said": 3}' >&3)");
  const Answer answer = ask({{{}, ""}}, plenty_ns).at(0);
  EXPECT_THAT(answer.lines, ElementsAre(json{{"said", 3}}));
  EXPECT_EQ(answer.trouble, "");
}

TEST_F(Ask, GivesArgumentsAndInput) {
  program(R"(read line; printf '{"arguments": "%s %s", "line": "%s"}\n' "$1" "$2" "$line" >&3)");
  const Answer answer = ask({{{"--scan", "a b"}, "from stdin\n"}}, plenty_ns).at(0);
  EXPECT_THAT(answer.lines, ElementsAre(json{{"arguments", "--scan a b"}, {"line", "from stdin"}}));
}

TEST_F(Ask, LeavesOutWhatIsNoWholeObject) {
  program(R"(printf '[1]\nnull\n{"a": \n{"b": 1}\n\n{"c": 2}' >&3)");
  EXPECT_THAT(ask({{{}, ""}}, plenty_ns).at(0).lines, ElementsAre(json{{"b", 1}}));
}

TEST_F(Ask, KeepsTheOrderOfManyQuestions) {
  program(R"(printf '{"number": %s}\n' "$1" >&3)");
  std::vector<Question> questions;
  questions.reserve(50);
  for (int i = 0; i < 50; ++i) questions.push_back({{std::to_string(i)}, ""});
  const std::vector<Answer> answers = ask(questions, plenty_ns);
  ASSERT_EQ(answers.size(), 50u);
  for (int i = 0; i < 50; ++i)
    EXPECT_THAT(answers[static_cast<std::size_t>(i)].lines, ElementsAre(json{{"number", i}}));
  EXPECT_TRUE(ask({}, plenty_ns).empty());
}

TEST_F(Ask, SaysHowItEnded) {
  program("exit $1");
  EXPECT_EQ(ask({{{"7"}, ""}}, plenty_ns).at(0).trouble, "exited with code 7");
  program("kill -$1 $$");
  const std::vector<Answer> answers = ask({{{"SEGV"}, ""}, {{"TERM"}, ""}}, plenty_ns);
  EXPECT_EQ(answers[0].trouble, "was ended by SIGSEGV (Segmentation fault)");
  EXPECT_EQ(answers[1].trouble, "was ended by SIGTERM (Terminated)");
  EXPECT_FALSE(answers[1].silent);
}

TEST_F(Ask, EndsWhoeverFallsSilent) {
  // The second doesn't listen to the first request; what both said before counts.
  program(R"(trap '' $1; echo '{"said": 1}' >&3; while :; do sleep 1; done)");
  for (const Answer& answer : ask({{{"HUP"}, ""}, {{"TERM"}, ""}}, 1'000'000'000)) {
    EXPECT_THAT(answer.lines, ElementsAre(json{{"said", 1}}));
    EXPECT_EQ(answer.trouble, "did not answer for 1 s");
    EXPECT_TRUE(answer.silent);
  }
}

// The time starts anew with every line.
TEST_F(Ask, WaitsForWhoeverGoesOnTalking) {
  program(R"(for i in 1 2 3 4 5 6; do sleep 0.5; echo '{"i": 1}' >&3; done)");
  const Answer answer = ask({{{}, ""}}, 2'500'000'000).at(0);
  EXPECT_EQ(answer.lines.size(), 6u);
  EXPECT_EQ(answer.trouble, "");
}

TEST_F(Ask, IsNotKeptWaitingByAHeldPipe) {
  program(R"(echo '{"said": 1}' >&3; sleep 300 & echo "{\"pid\": $!}" >&3)");
  const Answer answer = ask({{{}, ""}}, plenty_ns).at(0);
  ASSERT_EQ(answer.lines.size(), 2u);
  EXPECT_EQ(answer.trouble, "");
  kill(answer.lines[1].at("pid").get<pid_t>(), SIGKILL);
}

}  // namespace
}  // namespace fairground::load
