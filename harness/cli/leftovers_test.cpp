// What `clean` takes for left behind, and what it leaves alone, in folders of the test's own.
#include "cli/leftovers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/error.hpp"
#include "base/files.hpp"

namespace fairground::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// A process that was, and is no more.
Maker gone() {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string mark = Maker::self().mark();
    ::_exit(::write(ends[1], mark.data(), mark.size()) > 0 ? 0 : 1);
  }
  std::string text(200, '\0');
  text.resize(static_cast<std::size_t>(::read(ends[0], text.data(), text.size())));
  ::close(ends[0]);
  ::close(ends[1]);
  ::waitpid(child, nullptr, 0);
  return Maker::parse(text).value();
}

class Leftovers : public testing::Test {
 protected:
  Leftovers() {
    for (const char* name : {"tmp", "shm", "runs", "runs/7f3a"}) fs::create_directories(root() / name);
    places_ = {root() / "tmp", root() / "shm", {root() / "runs/7f3a"}, false};
  }

  [[nodiscard]] fs::path root() const { return folder_.path(); }

  fs::path put(const std::string& name, const std::string& content = "x") {
    std::ofstream(root() / name) << content;
    return root() / name;
  }

  fs::path make(const std::string& name) {
    fs::create_directory(root() / name);
    put(name + "/inside");
    return root() / name;
  }

  std::vector<std::string> found() {
    std::vector<std::string> out;
    for (const Leftover& left : find_leftovers(places_)) out.push_back(left.path.lexically_relative(root()).string());
    return out;
  }

  PrivateFolder folder_{"leftovers-test"};
  Places places_;
  std::string mark_ = gone().mark();
};

TEST_F(Leftovers, OfEveryKindAreFoundAndRemoved) {
  const fs::path folder = make("tmp/fairground-check-" + mark_ + "-Ab12Cd");
  make("runs/7f3a/fairground-scratch-" + mark_ + "-Ab12Cd");
  put("shm/sem.fairground-" + mark_ + ".4711-0");
  put("runs/7f3a/.timeline-3.json." + mark_ + "-0.tmp");
  put("runs/7f3a/.report.html." + mark_ + ".part");
  ::chmod(folder.c_str(), 0500);  // a workload may do that
  EXPECT_EQ(found().size(), 5u);
  for (const Leftover& left : find_leftovers(places_)) EXPECT_EQ(remove_leftover(left), "") << left.path;
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(fs::is_empty(root() / "tmp") && fs::is_empty(root() / "shm") && fs::is_empty(root() / "runs/7f3a"), true);
}

TEST_F(Leftovers, WhatTheRunningMadeIsNone) {
  const std::string mark = Maker::self().mark();
  const PrivateFolder check("fairground-check", places_.temporary);
  make("runs/7f3a/fairground-scratch-" + mark + "-Ab12Cd");
  put("shm/sem.fairground-" + mark + ".4711-0");
  put("runs/7f3a/.timeline-3.json." + mark + "-0.tmp");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Leftovers, AProcessNumberThatWasGivenAgainIsAnotherProcess) {
  Maker before = Maker::self();
  before.start_ticks -= 1;
  make("tmp/fairground-bench-" + before.mark() + "-Ab12Cd");
  EXPECT_EQ(found().size(), 1u);
}

TEST_F(Leftovers, OfAnotherNamespaceNothingIsKnown) {
  Maker other = gone();
  other.pid_namespace = "1";
  make("tmp/fairground-check-" + other.mark() + "-Ab12Cd");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Leftovers, NamesThatOnlyLookAlike) {
  for (const std::string& name :
       {std::string("fairground-check"), std::string("fairground-check-Ab12Cd"), "fairground-check-" + mark_,
        "fairground-check-" + mark_ + "-Ab12C", "fairground-notes-" + mark_ + "-Ab12Cd",
        "my-fairground-check-" + mark_ + "-Ab12Cd", "fairground-check-" + mark_ + "-Ab12Cd.old"}) {
    make("tmp/" + name);
    make("runs/7f3a/" + name);
  }
  for (const char* name : {"sem.fairground-4711-0", "sem.other", "fairground"}) put(std::string("shm/") + name);
  put("shm/fairground-" + mark_ + ".4711-0");
  for (const std::string& name : {std::string("run.jsonl"), std::string(".notes.tmp"), "." + mark_ + ".part",
                                  "report.html." + mark_ + ".part", ".report.html." + mark_ + ".part.old"}) {
    put("runs/7f3a/" + name);
  }
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Leftovers, TheWrongTypeAndLinksAreLeftAlone) {
  const fs::path precious = make("precious");
  fs::create_directory_symlink(precious, root() / "tmp" / ("fairground-check-" + mark_ + "-Ab12Cd"));
  put("tmp/fairground-bench-" + mark_ + "-Ab12Cd");
  fs::create_symlink(precious / "inside", root() / "shm" / ("sem.fairground-" + mark_ + ".4711-0"));
  make("shm/sem.fairground-" + mark_ + ".4711-1");
  fs::create_symlink(precious / "inside", root() / "runs/7f3a" / (".report.html." + mark_ + ".part"));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Leftovers, LinksInsideAreRemovedNotFollowed) {
  const fs::path precious = make("precious");
  const fs::path folder = make("tmp/fairground-check-" + mark_ + "-Ab12Cd");
  fs::create_directory_symlink(precious, folder / "link");
  for (const Leftover& left : find_leftovers(places_)) EXPECT_EQ(remove_leftover(left), "");
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_TRUE(fs::exists(precious / "inside"));
}

TEST_F(Leftovers, WhatWasPutInItsPlaceMeanwhileIsLeftAlone) {
  const fs::path precious = make("precious");
  const fs::path folder = make("tmp/fairground-check-" + mark_ + "-Ab12Cd");
  const std::vector<Leftover> seen = find_leftovers(places_);
  ASSERT_EQ(seen.size(), 1u);
  fs::remove_all(folder);
  fs::create_directory_symlink(precious, folder);
  EXPECT_EQ(remove_leftover(seen[0]), "");
  EXPECT_TRUE(fs::is_symlink(folder));
  EXPECT_TRUE(fs::exists(precious / "inside"));
}

TEST_F(Leftovers, AnotherUsersAreLeftAlone) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const fs::path folder = make("tmp/fairground-check-" + mark_ + "-Ab12Cd");
  const fs::path file = put("shm/sem.fairground-" + mark_ + ".4711-0");
  for (const fs::path& path : {folder, file}) ASSERT_EQ(::chown(path.c_str(), 65'534, 65'534), 0);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Leftovers, RunFoldersAreThoseInsideAndThoseGiven) {
  make("elsewhere");
  fs::create_directory_symlink(root() / "elsewhere", root() / "runs/link");
  const Places places = places_of(root() / "runs", {root() / "elsewhere"});
  EXPECT_THAT(places.run_folders, ElementsAre(root() / "runs/7f3a", root() / "elsewhere"));
  EXPECT_THROW(places_of(root() / "runs", {root() / "none"}), UserError);
  EXPECT_THAT(places_of(root() / "none", {}).run_folders, IsEmpty());
}

}  // namespace
}  // namespace fairground::cli
