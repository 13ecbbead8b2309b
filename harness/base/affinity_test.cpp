#include "base/affinity.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace fairground {
namespace {

TEST(Affinity, IsReadBackAsItWasSet) {
  const std::vector<unsigned> before = allowed_units(0);
  ASSERT_FALSE(before.empty());
  EXPECT_TRUE(pin_to({before.back()}));
  EXPECT_EQ(allowed_units(gettid()), std::vector<unsigned>{before.back()});
  EXPECT_TRUE(pin_to({}));
  EXPECT_EQ(allowed_units(0).size(), 1u) << "no units: nothing is changed";
  EXPECT_TRUE(pin_to(before));
  EXPECT_EQ(allowed_units(0), before);
}

TEST(Affinity, UnitsThatTheMachineHasNotAreRefused) {
  EXPECT_FALSE(pin_to({60'000}));
  EXPECT_TRUE(allowed_units(-1).empty());
}

}  // namespace
}  // namespace fairground
