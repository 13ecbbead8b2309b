#include "trial/worker.hpp"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "base/affinity.hpp"
#include "trial/crash.hpp"

namespace fairground::trial {

namespace {

constexpr std::uint64_t look_ns = 10'000'000;  // the control thread never waits longer without looking around

// Workers wait until they are woken: thousands that look around now and then would keep each other from their places.
void wait_for_release(const Header& header, std::uint32_t at_least) {
  constexpr std::uint64_t hour_ns = 3'600'000'000'000;
  for (std::uint32_t now = header.release.load(); now < at_least; now = header.release.load()) {
    futex_wait(header.release, now, hour_ns);
  }
}

void arrive(Slot& slot, Stage stage, std::atomic<std::uint32_t>& progress) {
  slot.stage.store(static_cast<std::uint32_t>(stage));
  progress.fetch_add(1);
  futex_wake_all(progress);
}

struct Error {
  std::array<char, 512> text{};
  fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
};

// One worker's whole life, on its own thread or as its own process.
void work(const Crew& crew, std::uint32_t i) {
  Header& header = crew.host->board().header();
  Slot& slot = crew.host->board().slot(i);
  const fg_workload& workload = *crew.workload;
  crash_identity(static_cast<int>(i));
  slot.pid = getpid();
  slot.tid = static_cast<std::int32_t>(syscall(SYS_gettid));
  pin_to(crew.places[i]);  // the supervisor reads back what was achieved
  arrive(slot, Stage::pinned, header.ready);

  wait_for_release(header, 1);
  slot.stage.store(static_cast<std::uint32_t>(Stage::starting));
  void* local = nullptr;
  Error error;
  fg_status status = FG_OK;
  const bool wanted = header.stop.load() == 0;  // not if `start` failed
  if (wanted && workload.worker_start != nullptr) {
    status = workload.worker_start(crew.self, crew.state, &slot.w, &local, &error.error);
  }
  if (status != FG_OK) report(header, status, Phase::barrier, static_cast<int>(i), error.text.data());
  arrive(slot, Stage::ready, header.ready);

  wait_for_release(header, 2);
  const bool started = wanted && status == FG_OK;
  if (started && header.stop.load() == 0) {
    slot.stage.store(static_cast<std::uint32_t>(Stage::running));
    crew.host->begin(slot);
    status = workload.run(crew.self, crew.state, &slot.w, local, &error.error);
    const auto phase = static_cast<Phase>(header.phase.load());
    if (status != FG_OK) {
      report(header, status, phase, static_cast<int>(i), error.text.data());
    } else if (header.stop.load() == 0) {
      report(header, FG_INTERNAL, phase, static_cast<int>(i), "run returned before it was told to stop");
    }
  }
  arrive(slot, Stage::left, header.left);
  if (started && workload.worker_stop != nullptr) {
    error.text[0] = 0;
    status = workload.worker_stop(crew.self, crew.state, &slot.w, local, &error.error);
    if (status != FG_OK) report(header, status, Phase::join, static_cast<int>(i), error.text.data());
  }
  arrive(slot, Stage::finished, header.finished);
}

}  // namespace

void report(Header& header, fg_status status, Phase phase, int worker, const char* text) {
  if (header.outcome.taken.exchange(1) != 0) return;
  header.outcome.status = static_cast<std::uint32_t>(status);
  header.outcome.phase = static_cast<std::uint32_t>(phase);
  header.outcome.worker = worker;
  put_text(header.outcome.text, text);
  header.outcome.taken.store(2);
}

void Workers::spawn_one(std::uint32_t i) {
  if (!crew_.as_processes) {
    threads_.emplace_back([this, i] { work(crew_, i); });
    return;
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent) work(crew_, i);
    _exit(0);
  }
  if (pid < 0) throw std::system_error(errno, std::system_category());
  processes_.push_back(pid);
}

void Workers::spawn() {
  Header& header = crew_.host->board().header();
  for (std::uint32_t i = 0; i < count_; ++i) {
    try {
      spawn_one(i);
    } catch (const std::system_error& e) {
      std::array<char, 256> text{};
      std::snprintf(text.data(), text.size(),
                    "%u of %u %s could be started, then the machine refused another (%s): see ulimit -u, the cgroup's "
                    "pids.max and memory",
                    i, count_, crew_.as_processes ? "processes" : "threads", std::strerror(e.code().value()));
      report(header, FG_NO_RESOURCE, Phase::pin, -1, text.data());
      count_ = i;
    }
  }
  wait_for(Stage::pinned, {header.ready, count_});
}

void Workers::start() {
  Header& header = crew_.host->board().header();
  header.release.store(1);
  futex_wake_all(header.release);
  wait_for(Stage::ready, {header.ready, 2 * count_});
}

void Workers::run() {
  Header& header = crew_.host->board().header();
  header.release.store(2);
  futex_wake_all(header.release);
}

void Workers::look_after() {
  if (monotonic_ns() - looked_ns_ < look_ns) return;
  looked_ns_ = monotonic_ns();
  for (std::uint32_t i = 0; i < processes_.size(); ++i) {
    int status = 0;
    if (processes_[i] == 0 || waitpid(processes_[i], &status, WNOHANG) != processes_[i]) continue;
    processes_[i] = 0;
    any_gone_ = true;
    Header& header = crew_.host->board().header();
    if (static_cast<Stage>(crew_.host->board().slot(i).stage.load()) == Stage::finished) continue;
    std::array<char, 96> text{};
    if (WIFSIGNALED(status)) {
      std::snprintf(text.data(), text.size(), "worker %u's process was ended by signal %d (%s)", i, WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    } else {
      std::snprintf(text.data(), text.size(), "worker %u's process exited with code %d", i, WEXITSTATUS(status));
    }
    if (header.crash.taken.exchange(1) == 0) {
      header.crash.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
      header.crash.phase = header.phase.load();
      header.crash.worker = static_cast<std::int32_t>(i);
    }
    report(header, FG_INTERNAL, static_cast<Phase>(header.phase.load()), static_cast<int>(i), text.data());
  }
}

bool Workers::gone(std::uint32_t i) const { return crew_.as_processes && i < processes_.size() && processes_[i] == 0; }

bool Workers::all(Stage stage) const {
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (static_cast<Stage>(crew_.host->board().slot(i).stage.load()) < stage && !gone(i)) return false;
  }
  return true;
}

// Have all come so far? Waits at most look_ns for it. The arrivals say when it is worth looking at each.
bool Workers::wait_a_little(Stage stage, Arrivals arrivals) {
  const std::uint64_t until = monotonic_ns() + look_ns;
  while (true) {
    const std::uint32_t seen = arrivals.now.load();
    if ((seen >= arrivals.all || any_gone_) && all(stage)) return true;
    const std::uint64_t now = monotonic_ns();
    if (now >= until) return false;
    futex_wait(arrivals.now, seen, until - now);
    look_after();
  }
}

void Workers::wait_for(Stage stage, Arrivals arrivals) {
  while (!wait_a_little(stage, arrivals)) {
  }
}

bool Workers::leave() { return wait_a_little(Stage::left, {crew_.host->board().header().left, count_}); }

void Workers::join() {
  Header& header = crew_.host->board().header();
  wait_for(Stage::finished, {header.finished, count_});
  for (std::thread& thread : threads_) thread.join();
  for (const pid_t pid : processes_) {
    if (pid != 0) waitpid(pid, nullptr, 0);
  }
  processes_.assign(processes_.size(), 0);
}

}  // namespace fairground::trial
