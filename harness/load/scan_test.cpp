#include "load/scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/files.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "load/hostile_for_test.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> ids(const Library& library) {
  std::vector<std::string> result;
  for (const plan::WorkloadInfo& w : library.workloads) result.push_back(w.id);
  return result;
}

// Processes that were started with this environment, zombies aside.
std::size_t marked_processes(const std::string& mark) {
  std::size_t found = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos || name == std::to_string(getpid())) continue;
    if (bytes_of(entry.path() / "environ").find(mark) != std::string::npos) ++found;
  }
  return found;
}

// UndefinedBehaviorSanitizer sees the write through a null pointer before the machine does.
#ifdef FAIRGROUND_SANITIZED
constexpr const char* segv_ending = "the process that loaded it ";
#else
constexpr const char* segv_ending = "was ended by SIGSEGV (Segmentation fault)";
#endif

class Scan : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("FAIRGROUND_PLUGIN_PATH");
    setenv("FAIRGROUND_TEST_MARK", mark_.c_str(), 1);
    set_program_path("/proc/self/exe");
  }
  void TearDown() override {
    unsetenv("FAIRGROUND_PLUGIN_PATH");
    fs::current_path(before_);
  }
  // A folder that holds `name`.so, a copy of a hostile plugin.
  fs::path folder_with(const std::string& folder, const std::vector<std::string>& names) {
    fs::path path = root_.path() / folder;
    fs::create_directories(path);
    for (const std::string& name : names) fs::copy_file(hostile(name), path / (name + ".so"));
    return path;
  }
  void search(const std::string& path) { setenv("FAIRGROUND_PLUGIN_PATH", path.c_str(), 1); }
  // All that was found, but for the build's own plugins.
  static std::vector<Library> found(const std::vector<std::string>& named = {}) {
    std::vector<Library> all = scan(named);
    std::erase_if(all,
                  [](const Library& l) { return l.path.starts_with(fs::canonical(own_plugin_folder()).string()); });
    return all;
  }
  static Library only(const std::string& file) {
    std::vector<Library> all = found({file});
    EXPECT_EQ(all.size(), 1u);
    return all.at(0);
  }

  PrivateFolder root_{"fairground-scan"};
  const fs::path before_ = fs::current_path();
  const std::string mark_ = "mark-" + std::to_string(getpid()) + "-" + root_.path().filename().string();
};

TEST_F(Scan, FindsTheBuildsOwn) {
  bool cpu = false;
  for (const Library& library : scan({})) {
    EXPECT_EQ(library.error, "");
    if (library.name != "cpu") continue;
    cpu = true;
    EXPECT_EQ(library.sha256, sha256_of_file(library.path));
    EXPECT_THAT(ids(library), testing::Contains("null"));
    EXPECT_EQ(library.workloads.front().plugin, library.path);
  }
  EXPECT_TRUE(cpu);
}

TEST_F(Scan, TakesNamedFilesThenThePathInItsOrder) {
  const fs::path a = folder_with("a", {"known", "lies"});
  const fs::path b = folder_with("b", {"unbroken"});
  search(b.string() + ":" + a.string());
  const std::vector<Library> all = found({hostile("load-segv").string()});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].path, fs::canonical(hostile("load-segv")));
  EXPECT_TRUE(all[0].asked_for);
  EXPECT_EQ(all[1].path, b / "unbroken.so");
  EXPECT_FALSE(all[1].asked_for);
  EXPECT_EQ(all[2].path, a / "known.so");
  EXPECT_EQ(all[3].path, a / "lies.so");
}

TEST_F(Scan, AsksOneFileOnce) {
  const fs::path a = folder_with("a", {"unbroken"});
  fs::create_symlink(a / "unbroken.so", a / "alias.so");
  search(a.string() + ":" + a.string() + "/../a");
  const std::vector<Library> all = found({(a / "unbroken.so").string()});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].asked_for);
  EXPECT_TRUE(all[0].warnings.empty());
}

TEST_F(Scan, KeepsTheFirstOfTwoWithTheSameId) {
  const fs::path a = folder_with("a", {"unbroken"});
  const fs::path b = folder_with("b", {"unbroken"});
  search(a.string() + ":" + b.string());
  const std::vector<Library> all = found();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(ids(all[0]), ElementsAre("broken", "broken-second"));
  EXPECT_TRUE(all[0].warnings.empty());
  EXPECT_TRUE(all[1].workloads.empty());
  EXPECT_EQ(all[1].error, "");
  EXPECT_THAT(all[1].warnings,
              ElementsAre(AllOf(HasSubstr((a / "unbroken.so").string()), HasSubstr("broken, broken-second"))));
}

TEST_F(Scan, NeverLooksIntoTheCurrentDirectory) {
  fs::current_path(folder_with("here", {"unbroken"}));
  EXPECT_TRUE(found().empty());
  for (const char* path : {":", ".", "./", "../here", ":/nonexistent-folder:"}) {
    search(path);
    for (const Library& library : found()) {
      EXPECT_THAT(library.error, HasSubstr("in FAIRGROUND_PLUGIN_PATH is not searched")) << path;
      EXPECT_TRUE(library.workloads.empty()) << path;
    }
    EXPECT_FALSE(found().empty()) << path;
  }
  search("");
  EXPECT_TRUE(found().empty());
}

TEST_F(Scan, SaysWhyAFolderIsNotSearched) {
  search("plugins::/nonexistent-folder");
  const std::vector<Library> all = found();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_THAT(all[0].error, AllOf(HasSubstr("'plugins'"), HasSubstr("relative")));
  EXPECT_THAT(all[1].error, HasSubstr("empty"));
  EXPECT_THAT(all[2].error, AllOf(HasSubstr("'/nonexistent-folder'"), HasSubstr("No such file")));
  EXPECT_NO_THROW(refuse_unloadable(all));
}

TEST_F(Scan, RefusesWhatWasAskedForOnly) {
  const std::vector<Library> all = found({hostile("empty").string()});
  EXPECT_THAT(sentence_of([&] { refuse_unloadable(all); }), HasSubstr("the file is empty"));
  EXPECT_THAT(sentence_of([&] { refuse_unloadable(found({"no-such.so"})); }),
              AllOf(HasSubstr("no-such.so"), HasSubstr("no such file")));
}

TEST_F(Scan, RefusesAPluginWithTwoWorkloadsOfOneName) {
  EXPECT_THAT(only(hostile("id-twice")).error, HasSubstr("two workloads 'broken'"));
  EXPECT_THAT(only(hostile("name-null")).error, HasSubstr("its name is missing"));
}

// Each does something bad while it is loaded; the words are those of what became of it. (Whether an exception comes
// through the loader depends on how it was built.) Side by side, because some
// hang.
TEST_F(Scan, SurvivesWhatPluginsDoWhileTheyAreLoaded) {
  const std::vector<std::pair<std::string, std::string>> acts = {
      {"segv", segv_ending},
      {"abort", "was ended by SIGABRT (Aborted)"},
      {"kill", "was ended by SIGKILL (Killed)"},
      {"exit", "it ended the process that loaded it"},
      {"exit-3", "exited with code 3"},
      {"throw", "can't be loaded: "},
      {"spin", "did not answer for 5 s"},
      {"sleep", "did not answer for 5 s"},
      {"stop", "did not answer for 5 s"},
      {"deaf", "did not answer for 5 s"},
      {"kill-parent", "was ended by SIGKILL (Killed)"},
      {"close-descriptors", "it ended the process that loaded it"},
      {"child-double", ""},
      {"thread", ""},
      {"flood", ""},
  };
  std::vector<std::string> files;
  files.reserve(acts.size() + 2);
  for (const auto& [act, words] : acts) files.push_back(hostile("load-" + act).string());
  for (const char* name : {"unload-segv", "unload-sleep"}) files.push_back(hostile(name).string());
  const std::vector<Library> all = found(files);
  ASSERT_EQ(all.size(), files.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string words = i < acts.size() ? acts[i].second : "";
    SCOPED_TRACE(files[i]);
    EXPECT_THAT(all[i].error, HasSubstr(words));
    EXPECT_EQ(all[i].error.empty(), words.empty()) << all[i].error;
    EXPECT_EQ(all[i].workloads.size(), words.empty() ? 1u : 0u);
    EXPECT_EQ(all[i].sha256, sha256_of_file(files[i]));
  }
}

// A plugin killed its guard in the test above; everywhere else the guard ends what a plugin leaves behind.
TEST_F(Scan, LeavesNoProcessBehind) {
  EXPECT_EQ(only(hostile("load-child-double")).error, "");
  EXPECT_EQ(marked_processes(mark_), 0u);
}

TEST_F(Scan, LeavesNoProcessBehindIfItIsKilled) {
  for (const char* name : {"load-sleep", "load-deaf"}) {
    const std::string mark = mark_ + name;
    setenv("FAIRGROUND_TEST_MARK", mark.c_str(), 1);
    const pid_t supervisor = fork();
    if (supervisor == 0) {
      scan({hostile(name).string()});
      _exit(0);
    }
    // Two processes of it: the guard and the loader.
    for (int i = 0; i < 1000 && marked_processes(mark) < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_GE(marked_processes(mark), 2u);
    kill(supervisor, SIGKILL);
    waitpid(supervisor, nullptr, 0);
    for (int i = 0; i < 1000 && marked_processes(mark) > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(marked_processes(mark), 0u) << name;
  }
}

TEST_F(Scan, LeavesNoProcessBehindIfItsGuardIsKilled) {
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    scan({hostile("load-sleep").string()});
    _exit(0);
  }
  for (int i = 0; i < 1000 && marked_processes(mark_) < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::string id = std::to_string(supervisor);
  const pid_t guard = std::atoi(bytes_of("/proc/" + id + "/task/" + id + "/children").c_str());
  ASSERT_GT(guard, 0);
  kill(guard, SIGKILL);
  waitpid(supervisor, nullptr, 0);
  for (int i = 0; i < 1000 && marked_processes(mark_) > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(marked_processes(mark_), 0u);
}

TEST_F(Scan, SurvivesAProgramThatCantBeStarted) {
  set_program_path("/nonexistent-program");
  const std::vector<Library> all = scan({hostile("unbroken").string()});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].error, HasSubstr("exited with code 127"));
}

// Whatever bytes of a plugin are damaged, it is described or refused with a sentence.
TEST_F(Scan, SurvivesDamagedFiles) {
  Random random(4);
  const std::string good = bytes_of(hostile("unbroken"));
  std::vector<std::string> files;
  for (int i = 0; i < 60; ++i) {
    std::string bytes = good;
    const std::size_t reach = i % 2 == 0 ? 1024 : bytes.size();  // headers, or anywhere
    for (int damage = 0; damage < 8; ++damage) bytes[random.below(reach)] = static_cast<char>(random());
    std::memcpy(bytes.data(), "\177ELF", 4);
    files.push_back((root_.path() / (std::to_string(i) + ".so")).string());
    write_bytes(files.back(), bytes);
  }
  for (const Library& library : found(files)) {
    EXPECT_TRUE(library.error.empty() || library.error.ends_with('.')) << library.error;
    EXPECT_EQ(library.error.find('\n'), std::string::npos) << library.error;
  }
}

}  // namespace
}  // namespace fairground::load
