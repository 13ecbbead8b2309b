// processes: trees of them, made, ended and waited for. Each child ends with a status that its parent knows beforehand.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"

extern char** environ;

namespace {
using fairground::Worker;

// With what status a child ends that was told `token`. Tests have children that forget.
struct AsTold {
  static int status(int token) { return token; }
};

template <class Ends = AsTold>
class Processes {
 public:
  static constexpr fairground::Description description{
      .id = "processes",
      .family = "system",
      .group = "kernel",
      .summary = "trees of processes: fork, exec, exit and wait",
      .operation = "tree",
      .invariant = "every child ends with the status that was agreed, and none is left over",
      .capabilities = FG_PROCESSES | FG_MAY_BLOCK,
  };
  static constexpr const char* ways[] = {"fork", "spawn", "exec", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("way", &Processes::way_, ways, 0,
                           "fork, and exit at once; posix_spawn of /bin/true; fork, the last generation execs it"),
        fairground::integer("depth", &Processes::depth_, 2, 1, 8, "generations below the worker; spawn has one"),
        fairground::integer("children", &Processes::children_, 1, 1, 8, "of each process above the last generation"));
  }

  explicit Processes(fairground::Host host) : host_(host) {}
  void configure(const fairground::Configuration& c) {
    std::int64_t generation = 1, tree = 0;
    for (std::int64_t i = 0; i < (way_ == by_spawn ? 1 : depth_); ++i) tree += generation *= children_;
    if (tree * c.workers() > most_processes)
      throw fairground::bad_parameter("depth and children: trees of " + std::to_string(tree) + " processes for " +
                                      std::to_string(c.workers()) + " workers; at most " +
                                      std::to_string(most_processes) + " in all");
  }
  void setup() {
    if (way_ != by_fork && ::access(program, X_OK) != 0)
      throw fairground::unsupported(std::string("there is no ") + program);
    wrong_ = host_.shared<Wrong>(host_.workers());
  }

  void run(Worker w) {
    Wrong& wrong = wrong_[w.index()];
    for (std::uint64_t k = 0; w.go(); ++k, w.count()) {
      const int problem = way_ == by_spawn ? spawn() : generation(depth_, static_cast<int>(k % 97));
      if (problem == 0) continue;
      if (problem == EAGAIN || problem == ENOMEM) fairground::kit::throw_errno(ENOMEM, "no more processes");
      ++wrong.trees;
      wrong.last = problem;
    }
  }

  void verify() {
    std::uint64_t trees = 0, last = 0;
    for (std::uint32_t i = 0; i < host_.workers(); ++i) {
      trees += wrong_[i].trees;
      last = wrong_[i].trees > 0 ? wrong_[i].last : last;
    }
    if (trees > 0)
      throw fairground::wrong(std::to_string(trees) + " trees did not end as agreed, one of them with " +
                              std::to_string(last));
  }

 private:
  static constexpr const char* program = "/bin/true";
  static constexpr std::int64_t most_processes = 4'000, by_fork = 0, by_spawn = 1, by_exec = 2;
  static constexpr int went_wrong = 113, no_room = 114;
  struct alignas(fairground::kit::line) Wrong {
    std::uint64_t trees, last;
  };

  // False, with errno, if there is no such child.
  static bool wait_for(pid_t child, int& status) {
    while (::waitpid(child, &status, 0) < 0)
      if (errno != EINTR) return false;
    return true;
  }

  // Makes the children of one process and waits for each. 0; EAGAIN or ENOMEM where there is no room; else what a child
  // ended with. Only what a child of a process with threads may do: no memory is allocated, no lock taken.
  // NOLINTNEXTLINE(misc-no-recursion): a generation is made by the one before
  int generation(std::int64_t left, int token) const {
    const bool execs = way_ == by_exec && left == 1;
    const int agreed = execs ? 0 : token;
    pid_t child[8];
    int made = 0, problem = 0;
    for (; made < children_ && problem == 0; ++made) {
      child[made] = ::fork();
      if (child[made] < 0) {
        problem = errno;
        break;
      }
      if (child[made] == 0) {
        if (execs) exec();
        const int below = left > 1 ? generation(left - 1, token + 1) : 0;
        ::_exit(below == 0 ? Ends::status(token) : below == EAGAIN || below == ENOMEM ? no_room : went_wrong);
      }
    }
    for (int i = 0; i < made; ++i) {
      int status = 0;
      if (!wait_for(child[i], status)) return errno;
      const bool room = !(WIFEXITED(status) && WEXITSTATUS(status) == no_room);
      if (!room)
        problem = ENOMEM;
      else if (!WIFEXITED(status) || WEXITSTATUS(status) != agreed)
        problem = problem == 0 ? 1000 + status : problem;
    }
    return problem;
  }

  [[noreturn]] static void exec() {
    char* arguments[] = {const_cast<char*>(program), nullptr};
    ::execve(program, arguments, environ);
    ::_exit(errno == EAGAIN || errno == ENOMEM ? no_room : went_wrong);
  }

  [[nodiscard]] int spawn() const {
    int problem = 0;
    for (std::int64_t i = 0; i < children_ && problem == 0; ++i) {
      pid_t child = 0;
      char* arguments[] = {const_cast<char*>(program), nullptr};
      problem = ::posix_spawn(&child, program, nullptr, nullptr, arguments, environ);
      if (problem != 0) break;
      int status = 0;
      if (!wait_for(child, status)) return errno;
      if (status != 0) problem = 1000 + status;
    }
    return problem;
  }

  fairground::Host host_;
  std::int64_t way_ = 0, depth_ = 0, children_ = 0;
  Wrong* wrong_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(processes, Processes<>)
