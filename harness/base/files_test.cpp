#include "base/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "base/maker.hpp"

namespace fairground {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& path, const std::string& content) { std::ofstream(path) << content; }

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

unsigned mode(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777u : 0u;
}

TEST(ReadSmallFile, ReadsWhatIsThere) {
  const PrivateFolder folder("files-test");
  put(folder.path() / "file", std::string(10'000, 'x'));
  EXPECT_EQ(read_small_file(folder.path() / "file"), std::string(10'000, 'x'));
  EXPECT_EQ(read_small_file(folder.path() / "file", 10'000), std::string(10'000, 'x'));
  EXPECT_EQ(read_small_file(folder.path() / "file", 9'999), std::nullopt);
  put(folder.path() / "empty", "");
  EXPECT_EQ(read_small_file(folder.path() / "empty"), "");
  EXPECT_EQ(read_small_file(folder.path() / "missing"), std::nullopt);
  EXPECT_EQ(read_small_file(folder.path()), std::nullopt);
}

TEST(ReadSmallFile, ReadsTheKernelsFiles) {
  const auto content = read_small_file("/proc/self/stat");
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->substr(0, content->find(' ')), std::to_string(::getpid()));
}

TEST(ReadSmallFile, DoesNotWaitForAWriter) {
  const PrivateFolder folder("files-test");
  ASSERT_EQ(::mkfifo((folder.path() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_small_file(folder.path() / "fifo"), std::nullopt);
}

TEST(IdentityOf, TellsAnotherFileAndAnotherContentFromTheSame) {
  const PrivateFolder folder("files-test");
  const fs::path file = folder.path() / "file";
  EXPECT_EQ(identity_of(file), FileIdentity{});
  put(file, "content");
  const FileIdentity first = identity_of(file);
  EXPECT_NE(first, FileIdentity{});
  EXPECT_EQ(identity_of(file), first);
  put(file, "more content");
  EXPECT_NE(identity_of(file), first);
  put(folder.path() / "other", "content");
  fs::rename(folder.path() / "other", file);
  EXPECT_NE(identity_of(file), first);
}

TEST(WriteFileAtomically, ReplacesAndLeavesNothingBehind) {
  const PrivateFolder folder("files-test");
  const fs::path path = folder.path() / "file";
  write_file_atomically(path, "first");
  write_file_atomically(path, std::string(100'000, 'y'));
  EXPECT_EQ(read_small_file(path), std::string(100'000, 'y'));
  EXPECT_EQ(entries(folder.path()), 1u);
  const mode_t mask = ::umask(0022);
  write_file_atomically(path, "");
  ::umask(mask);
  EXPECT_EQ(read_small_file(path), "");
  EXPECT_EQ(mode(path), 0644u);
}

TEST(WriteFileAtomically, IsNotStoppedByARemainderOfAnEarlierProcess) {
  const PrivateFolder folder("files-test");
  put(folder.path() / (".file." + Maker::self().mark() + "-0.tmp"), "left behind");
  write_file_atomically(folder.path() / "file", "new");
  EXPECT_EQ(read_small_file(folder.path() / "file"), "new");
}

TEST(WriteFileAtomically, LeavesTheOldContentWhenItFails) {
  const PrivateFolder folder("files-test");
  fs::create_directory(folder.path() / "taken");
  put(folder.path() / "taken" / "file", "old");
  EXPECT_THROW(write_file_atomically(folder.path() / "taken", "new"), SystemError);  // a folder can't be replaced
  EXPECT_EQ(entries(folder.path()), 1u);
  EXPECT_THROW(write_file_atomically(folder.path() / "no" / "file", "new"), SystemError);
}

TEST(PrivateFolder, IsPrivateAndGoes) {
  fs::path path;
  {
    const PrivateFolder folder("files-test");
    path = folder.path();
    EXPECT_EQ(mode(path), 0700u);
    EXPECT_TRUE(path.filename().string().starts_with("files-test-"));
    put(path / "file", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(PrivateFolder, ObeysTmpdir) {
  const PrivateFolder parent("files-test");
  const char* before = ::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", parent.path().c_str(), 1);
  const fs::path made = make_private_folder("inner");
  ::setenv("TMPDIR", "/no/such/folder", 1);
  EXPECT_THROW(make_private_folder("inner"), SystemError);
  if (before == nullptr) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", kept.c_str(), 1);
  }
  EXPECT_EQ(made.parent_path(), parent.path());
}

TEST(RemoveTree, DoesNotFollowLinks) {
  const PrivateFolder folder("files-test");
  fs::create_directories(folder.path() / "kept");
  put(folder.path() / "kept" / "file", "x");
  fs::create_directories(folder.path() / "gone" / "deep");
  fs::create_directory_symlink(folder.path() / "kept", folder.path() / "gone" / "deep" / "link");
  EXPECT_TRUE(remove_tree(folder.path() / "gone"));
  EXPECT_FALSE(fs::exists(folder.path() / "gone"));
  EXPECT_TRUE(fs::exists(folder.path() / "kept" / "file"));
  EXPECT_TRUE(remove_tree(folder.path() / "never-was"));
}

// Root may remove anything, so this needs a process that is nobody.
TEST(RemoveTree, RemovesFoldersWithoutWritePermission) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const fs::path path = make_private_folder("files-test");
    fs::create_directories(path / "locked" / "inner");
    put(path / "locked" / "inner" / "file", "x");
    ::chmod((path / "locked" / "inner").c_str(), 0000);
    ::chmod((path / "locked").c_str(), 0500);
    ::_exit(remove_tree(path) && !fs::exists(path) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace fairground
