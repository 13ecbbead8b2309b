#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/exec_path.hpp"
#include "cli/run_folder.hpp"

namespace fairground::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void touch(const fs::path& file, const std::string& text = "") {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

TEST(RunsFolder, IsThatOfTheCheckoutFromAnywhereInIt) {
  const PrivateFolder folder("paths-test");
  touch(folder.path() / "results/schema/run.schema.json");
  touch(folder.path() / "plugins/include/fairground/plugin.h");
  fs::create_directories(folder.path() / "workloads/locks");
  EXPECT_EQ(runs_folder(folder.path() / "workloads/locks"), folder.path() / "results/runs");
}

TEST(RunsFolder, IsAFolderHereElsewhere) {
  const PrivateFolder folder("paths-test");
  EXPECT_EQ(runs_folder(folder.path()), folder.path() / "fairground-runs");
}

TEST(FreshId, IsShortAndNew) {
  const PrivateFolder folder("paths-test");
  const std::string id = fresh_id(folder.path());
  EXPECT_EQ(id.size(), 4u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Shown, IsRelativeInside) {
  EXPECT_EQ(shown("/a/b/results/runs/7f3a", "/a/b"), "results/runs/7f3a");
  EXPECT_EQ(shown("/a/c", "/a/b"), "/a/c");
}

class FindCommand : public testing::Test {
 protected:
  FindCommand() { unsetenv("FAIRGROUND_EXEC_PATH"); }
  ~FindCommand() override { unsetenv("FAIRGROUND_EXEC_PATH"); }
  std::string refusal(const std::string& name) {
    try {
      find_command(name, folder_.path() / "bin/fairground");
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }
  PrivateFolder folder_{"paths-test"};
};

TEST_F(FindCommand, LooksBesideTheProgramThenWhereItIsTold) {
  const fs::path own = folder_.path() / "libexec/fairground/fairground-report";
  touch(own, "#!/bin/sh\n");
  fs::permissions(own, fs::perms::owner_all);
  EXPECT_EQ(find_command("report", folder_.path() / "bin/fairground"), own);
  const fs::path other = folder_.path() / "other/fairground-report";
  touch(other, "#!/bin/sh\n");
  fs::permissions(other, fs::perms::owner_all);
  setenv("FAIRGROUND_EXEC_PATH", (folder_.path() / "other").c_str(), 1);
  EXPECT_EQ(find_command("report", folder_.path() / "bin/fairground"), other);
}

TEST_F(FindCommand, SaysWhatIsMissing) {
  EXPECT_THAT(refusal("report"), HasSubstr("fairground-report is not in"));
  const fs::path script = folder_.path() / "libexec/fairground/fairground-report";
  touch(script, "#!/nowhere/python3\n");
  EXPECT_THAT(refusal("report"), HasSubstr("is not executable"));
  fs::permissions(script, fs::perms::owner_all);
  EXPECT_THAT(refusal("report"), HasSubstr("needs '/nowhere/python3'"));
}

}  // namespace
}  // namespace fairground::cli
