#include "cli/attempt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

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

}  // namespace
}  // namespace fairground::cli
