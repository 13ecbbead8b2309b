#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "load/hostile_for_test.hpp"
#include "load/program.hpp"
#include "load/scan.hpp"
#include "plan/options.hpp"

namespace fairground::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// hostile.so does `how` in the function `where`.
class CheckPoints : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    unsetenv("FAIRGROUND_PLUGIN_PATH");
    set_program_path("/proc/self/exe");
    libraries_ = scan({hostile("hostile").string(), hostile("known").string()});
    refuse_unloadable(libraries_);
  }
  static void TearDownTestSuite() { libraries_.clear(); }

  // A point for each of the ways, comma-separated, in this order.
  static std::vector<plan::Point> points(const std::string& where, const std::string& how,
                                         const std::string& workload = "hostile") {
    plan::RunOptions options;
    plan::give(options, "workload", workload);
    plan::give(options, "workers", "2");
    plan::give(options, "set", "where=" + where);
    plan::give(options, "set", "how=" + how);
    std::vector<plan::WorkloadInfo> all;
    for (const Library& l : libraries_) all.insert(all.end(), l.workloads.begin(), l.workloads.end());
    return plan::expand(options, all);
  }
  static std::optional<std::string> check(const std::vector<plan::Point>& points) {
    return check_points(points, libraries_);
  }

  static inline std::vector<Library> libraries_;
};

TEST_F(CheckPoints, FindsNothingInGoodOnes) {
  EXPECT_EQ(check(points("configure", "nothing")), std::nullopt);
  EXPECT_EQ(check({}), std::nullopt);
}

TEST_F(CheckPoints, ReportsABadParameterWithWhatWasGiven) {
  const std::optional<std::string> refusal = check(points("configure", "nothing,bad-parameter,nothing"));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(*refusal,
            "hostile can't do that (where=configure, how=bad-parameter, 2 workers): hostile on purpose: status 3.");
}

TEST_F(CheckPoints, LeavesAllElseToTheTrial) {
  EXPECT_EQ(check(points("configure",
                         "unsupported,no-resource,wrong,internal,unknown-status,no-text,unterminated,"
                         "not-utf8")),
            std::nullopt);
  EXPECT_EQ(check(points("run", "bad-parameter")), std::nullopt);
  EXPECT_EQ(check(points("configure", "nothing", "hostile-create-bad-parameter")), std::nullopt);
}

TEST_F(CheckPoints, GoesOnBehindACrash) {
  for (const char* how : {"segv", "exit", "exit-3", "throw", "kill-parent"}) {
    EXPECT_TRUE(check(points("configure", std::string(how) + ",nothing,bad-parameter")).has_value()) << how;
  }
  for (const char* where : {"contenders", "state-bytes", "destroy"}) {
    std::vector<plan::Point> all = points(where, "abort");
    const std::vector<plan::Point> bad = points("configure", "bad-parameter");
    all.insert(all.end(), bad.begin(), bad.end());
    EXPECT_TRUE(check(all).has_value()) << where;
  }
}

TEST_F(CheckPoints, AsksNoMoreAfterThreeCrashes) {
  EXPECT_TRUE(check(points("configure", "segv,abort,bad-parameter")).has_value());
  EXPECT_EQ(check(points("configure", "segv,abort,kill,bad-parameter")), std::nullopt);
}

TEST_F(CheckPoints, GoesOnBehindAHang) {
  // The same workload is asked no more, another one of the same plugin is.
  std::vector<plan::Point> all = points("configure", "deaf,bad-parameter");
  const std::vector<plan::Point> other = points("configure", "bad-parameter", "hostile-create-nothing");
  all.insert(all.end(), other.begin(), other.end());
  const std::optional<std::string> refusal = check(all);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_THAT(*refusal, HasSubstr("hostile-create-nothing can't do that"));
}

TEST_F(CheckPoints, ReportsTheFirstPointOfAll) {
  std::vector<plan::Point> all = points("configure", "segv,bad-parameter", "hostile-create-nothing");
  const std::vector<plan::Point> more = points("configure", "bad-parameter");
  all.insert(all.end(), more.begin(), more.end());
  EXPECT_THAT(check(all).value_or(""), HasSubstr("hostile-create-nothing can't do that"));
}

TEST_F(CheckPoints, SkipsWhatCantRunAnyway) {
  std::vector<plan::Point> all = points("configure", "bad-parameter");
  all[0].unsupported = "not between processes";
  EXPECT_EQ(check(all), std::nullopt);
}

TEST_F(CheckPoints, LeavesNoFolderBehind) {
  const auto scratch_folders = [] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
      if (entry.path().filename().string().starts_with("fairground-check")) ++count;
    }
    return count;
  };
  const std::size_t before = scratch_folders();
  check(points("configure", "segv,nothing,bad-parameter"));
  EXPECT_LE(scratch_folders(), before);
}

}  // namespace
}  // namespace fairground::load
