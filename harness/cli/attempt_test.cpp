#include "cli/attempt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"

namespace fairground::cli {
namespace {

TEST(Attempt, WhatTheMachineRefusesIsUnsupportedAndSaysWhoRefused) {
  const TrialRunner refused = [](const auto&, const auto&, const auto&) -> trial::Result {
    throw SystemError("starting a trial's process", EAGAIN);
  };
  const trial::Result result = attempt(refused, {}, {}, {});
  EXPECT_EQ(result.status, "unsupported");
  EXPECT_EQ(result.refused, trial::Refused::by_machine);
  EXPECT_THAT(result.reason, testing::HasSubstr("starting a trial's process"));
}

TEST(Attempt, OtherErrorsAreNoneOfTheMachines) {
  const TrialRunner broken = [](const auto&, const auto&, const auto&) -> trial::Result { throw UserError("a bug"); };
  EXPECT_THROW(attempt(broken, {}, {}, {}), UserError);
}

// A plugin as it was scanned, and what a trial of it then comes to.
class OnUnchanged : public testing::Test {
 protected:
  void SetUp() override {
    write("as it was");
    load::Library library;
    library.path = file_;
    library.file = identity_of(file_);
    runner_ = on_unchanged({library}, [this](const auto&, const auto&, const auto&) {
      ++trials_;
      return trial::Result{};
    });
    spec_.workload.plugin = file_;
  }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  std::string refusal() {
    try {
      runner_(spec_, {}, {});
      return "";
    } catch (const UserError& error) {
      return error.what();
    }
  }

  const std::string file_ = testing::TempDir() + "/on-unchanged.so";
  trial::Spec spec_;
  int trials_ = 0;
  TrialRunner runner_;
};

TEST_F(OnUnchanged, TheSameFileIsRun) {
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(trials_, 2);
}

TEST_F(OnUnchanged, AFileThatChangedIsNot) {
  write("as it is");
  EXPECT_THAT(refusal(), testing::HasSubstr("on-unchanged.so was changed"));
  EXPECT_EQ(trials_, 0);
}

TEST_F(OnUnchanged, NorOneThatIsGone) {
  std::filesystem::remove(file_);
  EXPECT_THAT(refusal(), testing::HasSubstr("was removed"));
  EXPECT_EQ(trials_, 0);
}

TEST_F(OnUnchanged, NorBesideOneThatIs) {
  trial::Spec subject;
  subject.companions.push_back(spec_);
  spec_ = subject;
  write("as it is");
  EXPECT_THAT(refusal(), testing::HasSubstr("was changed"));
}

}  // namespace
}  // namespace fairground::cli
