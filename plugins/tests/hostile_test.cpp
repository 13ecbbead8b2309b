// Whether the hostile plugins do what they are there for: a plugin that is said to crash and doesn't would make every
// test of the harness with it worthless. Each is run in a process of its own by the small host of mini_host.hpp.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "mini_host.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string folder = HOSTILE_FOLDER "/";

// dlopen, without what its declaration says: that it throws nothing. A constructor of a plugin's may.
void* open_library(const std::string& file) {
  static void* (*volatile open)(const char*, int) = dlopen;
  return open((folder + file).c_str(), RTLD_NOW | RTLD_LOCAL);
}

// What the process saw of itself when it was through, in shared memory.
struct Report {
  bool done;
  fg_status status;
  char text[512];
  char phase[32];
  std::uint64_t count;
  std::size_t findings;
  unsigned units, threads;
  bool has_output, can_open, blocks_signals;
};

struct Ending {
  bool hung = false, parent_killed = false;
  int status = 0;  // as of waitpid, of the process that ran the plugin
  Report report{};
  int left_behind = 0;
  std::size_t printed = 0;
  bool crashed(int signal) const { return !hung && WIFSIGNALED(status) && WTERMSIG(status) == signal; }
  bool exited(int code) const { return !hung && WIFEXITED(status) && WEXITSTATUS(status) == code; }
};

unsigned threads_now() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "Threads:" && status >> word) return static_cast<unsigned>(std::stoul(word));
  return 0;
}

void note_surroundings(Report& report) {
  cpu_set_t units;
  sched_getaffinity(0, sizeof units, &units);
  report.units = static_cast<unsigned>(CPU_COUNT(&units));
  report.has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
  report.can_open = open("/dev/null", O_RDONLY) >= 0;
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  report.blocks_signals = sigismember(&blocked, SIGTERM) == 1;
  report.threads = threads_now();
}

// End all children and those whom this process inherited; says how many there were.
int end_children() {
  int ended = 0;
  for (;;) {
    std::ifstream children("/proc/self/task/" + std::to_string(getpid()) + "/children");
    std::vector<pid_t> pids;
    for (pid_t pid; children >> pid;) pids.push_back(pid);
    if (pids.empty()) return ended;
    for (const pid_t pid : pids) {
      kill(pid, SIGKILL);
      ended += waitpid(pid, nullptr, 0) == pid ? 1 : 0;
    }
  }
}

// Run f in a grandchild, below a process that plays the warden: it may be killed, and inherits what is left behind.
template <class F>
Ending apart(F f, std::chrono::milliseconds patience = 80ms) {
  struct Shared {
    Report report;
    int status, left_behind;
    bool hung;
  };
  auto* shared =
      static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const int output = memfd_create("output", 0);
  std::fflush(nullptr);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t warden = fork();
  if (warden == 0) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t body = fork();
    if (body == 0) {
      dup2(output, STDOUT_FILENO);
      dup2(output, STDERR_FILENO);
      const rlimit no_core{0, 0}, few{256, 256};
      setrlimit(RLIMIT_CORE, &no_core);
      setrlimit(RLIMIT_NOFILE, &few);
      cpu_set_t units, one;
      sched_getaffinity(0, sizeof units, &units);
      CPU_ZERO(&one);
      for (std::size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
        if (CPU_ISSET(i, &units)) CPU_SET(i, &one);
      sched_setaffinity(0, sizeof one, &one);
      [&]() noexcept { f(shared->report); }();  // what a plugin throws ends this process, not the test
      note_surroundings(shared->report);
      shared->report.done = true;
      _exit(0);
    }
    const auto end = Clock::now() + patience;
    while (waitpid(body, &shared->status, WNOHANG) == 0) {
      if (Clock::now() > end) {
        shared->hung = true;
        kill(body, SIGKILL);
        waitpid(body, &shared->status, 0);
        break;
      }
      usleep(1000);
    }
    shared->left_behind = end_children();
    _exit(0);
  }
  int status = 0;
  waitpid(warden, &status, 0);
  end_children();
  Ending ending;
  ending.hung = shared->hung;
  ending.parent_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  ending.status = shared->status;
  ending.report = shared->report;
  ending.left_behind = shared->left_behind;
  struct stat file {};
  fstat(output, &file);
  ending.printed = static_cast<std::size_t>(file.st_size);
  close(output);
  munmap(shared, sizeof *shared);
  return ending;
}

const fg_workload* find(const std::string& file, const std::string& id) {
  void* library = open_library(file);
  if (library == nullptr) return nullptr;
  const auto* plugin = static_cast<const fg_plugin*>(dlsym(library, "fairground_plugin"));
  if (plugin == nullptr) return nullptr;
  for (const fg_workload* const* w = plugin->workloads; *w != nullptr; ++w)
    if ((*w)->id == id) return *w;
  return nullptr;
}

void live_and_report(mini::Host& host, const std::vector<fg_value>& values, Report& report) {
  const mini::Outcome outcome = host.live(values, 5ms, 2000);
  report.status = outcome.status;
  std::strncpy(report.text, outcome.text.c_str(), sizeof report.text - 1);
  std::strncpy(report.phase, outcome.phase.c_str(), sizeof report.phase - 1);
  report.count = outcome.counts[0];
  report.findings = outcome.findings.size();
}

const char* const places[] = {"create", "configure", "state-bytes",  "contenders", "contender",
                              "setup",  "start",     "worker-start", "run",        "worker-stop",
                              "wake",   "verify",    "teardown",     "destroy"};
bool returns_status(const std::string& where) {
  return where != "state-bytes" && where != "contenders" && where != "contender" && where != "wake" &&
         where != "destroy";
}

Ending hostile(const std::string& where, const std::string& how, std::chrono::milliseconds patience = 80ms) {
  return apart(
      [&](Report& report) {
        const bool create = where == "create";
        const fg_workload* workload = find("hostile.so", create ? "hostile-create-" + how : "hostile");
        if (workload == nullptr) return;
        mini::Host host(*workload, 1);
        std::vector<fg_value> values = host.defaults();
        if (!create) values[host.parameter("where")] = host.choice("where", where);
        values[host.parameter("how")] = host.choice("how", create ? "nothing" : how);
        values[host.parameter("after")].integer = 0;
        live_and_report(host, values, report);
      },
      patience);
}

class Hostile : public testing::Test {
 protected:
  void SetUp() override {
#ifdef FAIRGROUND_SANITIZED
    GTEST_SKIP() << "a sanitizer has its own ways to end a process";
#endif
  }
};

TEST_F(Hostile, DoesNothingByDefault) {
  for (const char* where : places) {
    const Ending ending = hostile(where, "nothing", 10s);
    EXPECT_TRUE(ending.exited(0) && ending.report.done) << where;
    EXPECT_EQ(ending.report.status, FG_OK) << where;
    EXPECT_GT(ending.report.count, 0u) << where;
    EXPECT_EQ(ending.left_behind, 0) << where;
  }
}

TEST_F(Hostile, EndsTheProcess) {
  const std::pair<const char*, int> signals[] = {{"segv", SIGSEGV}, {"overflow", SIGSEGV}, {"abort", SIGABRT},
                                                 {"kill", SIGKILL}, {"throw", SIGABRT},    {"throw-int", SIGABRT}};
  for (const char* where : places) {
    for (const auto& [how, signal] : signals)
      EXPECT_TRUE(hostile(where, how, 10s).crashed(signal)) << where << ' ' << how;
    const Ending exit = hostile(where, "exit", 10s), exit_3 = hostile(where, "exit-3", 10s);
    EXPECT_TRUE(exit.exited(0) && !exit.report.done) << where;
    EXPECT_TRUE(exit_3.exited(3)) << where;
  }
}

TEST_F(Hostile, NeverComesBack) {
  for (const char* where : places)
    for (const char* how : {"spin", "sleep", "stop", "deaf", "exec"}) {
      const Ending ending = hostile(where, how);
      EXPECT_TRUE(ending.hung && !ending.report.done) << where << ' ' << how;
    }
}

TEST_F(Hostile, EndsItsThread) {
  for (const char* where : places) {
    const Ending ending = hostile(where, "thread-exit");
    EXPECT_FALSE(ending.report.done) << where;
  }
}

TEST_F(Hostile, RefusesWithAStatus) {
  const std::pair<const char*, unsigned> statuses[] = {
      {"unsupported", FG_UNSUPPORTED},     {"no-resource", FG_NO_RESOURCE},
      {"bad-parameter", FG_BAD_PARAMETER}, {"wrong", FG_WRONG},
      {"internal", FG_INTERNAL},           {"unknown-status", 77}};
  for (const char* where : places) {
    for (const auto& [how, status] : statuses) {
      const Ending ending = hostile(where, how, 10s);
      ASSERT_TRUE(ending.report.done) << where << ' ' << how;
      if (!returns_status(where)) continue;
      EXPECT_EQ(ending.report.status, status) << where;
      EXPECT_EQ(ending.report.text, "hostile on purpose: status " + std::to_string(status)) << where;
      EXPECT_STREQ(ending.report.phase, where);
    }
    if (!returns_status(where)) continue;
    EXPECT_STREQ(hostile(where, "no-text", 10s).report.text, "");
    EXPECT_EQ(hostile(where, "unterminated", 10s).report.text, std::string(256, 'x'));
    EXPECT_EQ(hostile(where, "not-utf8", 10s).report.text[0], '\xc3');
  }
}

TEST_F(Hostile, LeavesProcessesBehind) {
  for (const char* where : places)
    for (const char* how : {"child", "child-setsid", "child-double"}) {
      const Ending ending = hostile(where, how, 10s);
      EXPECT_TRUE(ending.report.done) << where << ' ' << how;
      EXPECT_GE(ending.left_behind, 1) << where << ' ' << how;
    }
  EXPECT_GE(hostile("run", "fork-storm", 10s).left_behind, 50);
}

TEST_F(Hostile, KillsItsParent) {
  for (const char* where : {"setup", "run", "verify"})
    EXPECT_TRUE(hostile(where, "kill-parent", 10s).parent_killed) << where;
}

TEST_F(Hostile, ChangesItsSurroundings) {
  EXPECT_EQ(hostile("setup", "thread", 10s).report.threads, 2u);
  EXPECT_FALSE(hostile("setup", "close-descriptors", 10s).report.has_output);
  EXPECT_FALSE(hostile("setup", "eat-descriptors", 10s).report.can_open);
  EXPECT_TRUE(hostile("setup", "block-signals", 10s).report.blocks_signals);
  EXPECT_GT(hostile("run", "flood", 10s).printed, std::size_t{8} << 20);
  EXPECT_EQ(hostile("setup", "affinity", 10s).report.units, std::thread::hardware_concurrency());
}

TEST_F(Hostile, AtLoad) {
  const auto load = [](const std::string& name, std::chrono::milliseconds patience = 10s) {
    return apart([&](Report& report) { report.count = open_library(name + ".so") != nullptr ? 1 : 0; }, patience);
  };
  EXPECT_TRUE(load("load-segv").crashed(SIGSEGV));
  EXPECT_TRUE(load("load-abort").crashed(SIGABRT));
  EXPECT_TRUE(load("load-throw").crashed(SIGABRT));
  EXPECT_TRUE(load("load-kill").crashed(SIGKILL));
  EXPECT_TRUE(load("load-exit").exited(0) && !load("load-exit").report.done);
  EXPECT_TRUE(load("load-exit-3").exited(3));
  for (const char* name : {"load-spin", "load-sleep", "load-stop", "load-deaf"})
    EXPECT_TRUE(load(name, 80ms).hung) << name;
  EXPECT_GE(load("load-child-double").left_behind, 1);
  EXPECT_EQ(load("load-thread").report.threads, 2u);
  EXPECT_TRUE(load("load-kill-parent").parent_killed);
  EXPECT_FALSE(load("load-close-descriptors").report.has_output);
  EXPECT_GT(load("load-flood").printed, std::size_t{8} << 20);
  const auto unload = [](const std::string& name) {
    return apart([&](Report&) { open_library(name) != nullptr ? std::exit(0) : _exit(99); });
  };
  EXPECT_TRUE(unload("unload-segv.so").crashed(SIGSEGV));
  EXPECT_TRUE(unload("unload-sleep.so").hung);
}

TEST_F(Hostile, IsNoPlugin) {
  const auto loads = [](const std::string& name) {
    const Ending ending = apart(
        [&](Report& report) {
          void* library = open_library(name);
          report.count = library != nullptr && dlsym(library, "fairground_plugin") != nullptr ? 1 : 0;
        },
        10s);
    return ending.report.count == 1;
  };
  EXPECT_TRUE(loads("unbroken.so"));
  EXPECT_TRUE(loads("magic.so"));
  for (const char* name : {"text.so", "empty.so", "folder.so", "truncated-40.so", "truncated-3000.so",
                           "missing-function.so", "no-symbol.so"})
    EXPECT_FALSE(loads(name)) << name;
}

// ---- lies.so ----

Ending lie(const std::string& name, std::chrono::milliseconds patience = 10s) {
  return apart(
      [&](Report& report) {
        const fg_workload* workload = find("lies.so", "lies");
        mini::Host host(*workload, 1);
        live_and_report(host, {host.choice("lie", name)}, report);
      },
      patience);
}

TEST_F(Hostile, Lies) {
  EXPECT_TRUE(lie("none").report.done);
  EXPECT_EQ(lie("none").report.status, FG_OK);
  EXPECT_TRUE(lie("ignores-stop", 80ms).hung);
  EXPECT_LT(lie("leaves-early").report.count, 1000u);
  EXPECT_EQ(lie("never-counts").report.count, 0u);
  EXPECT_EQ(lie("count-without-work").report.count % 1'000'000, 0u);
  EXPECT_EQ(lie("wrong").report.status, FG_WRONG);
  EXPECT_EQ(lie("thread-in-setup").report.threads, 2u);
  EXPECT_EQ(lie("unknown-finding").report.findings, 1u);
  EXPECT_EQ(lie("unexpected-finding").report.findings, 1u);
  EXPECT_EQ(lie("many-findings").report.findings, 100'000u);
  EXPECT_EQ(lie("unknown-resource").report.status, FG_INTERNAL);
  EXPECT_EQ(lie("huge-alloc").report.status, FG_NO_RESOURCE);
  EXPECT_TRUE(lie("odd-alignment").report.done);
  EXPECT_FALSE(lie("unknown-contender").report.done);
  EXPECT_FALSE(lie("beyond-state").report.done);
  EXPECT_FALSE(lie("scribble").report.done);
}

}  // namespace
