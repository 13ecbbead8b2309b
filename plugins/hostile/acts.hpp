// What a hostile plugin can do, wherever it is called. Nothing of it lasts longer than two minutes, whoever fails to
// end it.
#pragma once

#include <fairground/plugin.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "clock.hpp"

// X(symbol, name): README.md says what each does and what has to become of it.
#define FG_HOSTILE_ACTS(X)                  \
  X(nothing, "nothing")                     \
  X(segv, "segv")                           \
  X(overflow, "overflow")                   \
  X(abort, "abort")                         \
  X(kill, "kill")                           \
  X(exit, "exit")                           \
  X(exit_3, "exit-3")                       \
  X(exec, "exec")                           \
  X(throws, "throw")                        \
  X(throws_int, "throw-int")                \
  X(thread_exit, "thread-exit")             \
  X(spin, "spin")                           \
  X(sleep, "sleep")                         \
  X(stop, "stop")                           \
  X(deaf, "deaf")                           \
  X(unsupported, "unsupported")             \
  X(no_resource, "no-resource")             \
  X(bad_parameter, "bad-parameter")         \
  X(wrong, "wrong")                         \
  X(internal, "internal")                   \
  X(unknown_status, "unknown-status")       \
  X(no_text, "no-text")                     \
  X(unterminated, "unterminated")           \
  X(not_utf8, "not-utf8")                   \
  X(child, "child")                         \
  X(child_setsid, "child-setsid")           \
  X(child_double, "child-double")           \
  X(fork_storm, "fork-storm")               \
  X(twin, "twin")                           \
  X(thread, "thread")                       \
  X(kill_parent, "kill-parent")             \
  X(close_descriptors, "close-descriptors") \
  X(eat_descriptors, "eat-descriptors")     \
  X(block_signals, "block-signals")         \
  X(affinity, "affinity")                   \
  X(truncate, "truncate")                   \
  X(flood, "flood")

namespace hostile {

enum class Act : std::int64_t {
#define X(symbol, name) symbol,
  FG_HOSTILE_ACTS(X)
#undef X
};
inline constexpr const char* act_names[] = {
#define X(symbol, name) name,
    FG_HOSTILE_ACTS(X)
#undef X
        nullptr};

inline constexpr int longest_s = 120;

// Forever, as far as a harness is concerned.
inline void spin_on() {
  for (const std::int64_t end = now_ns() + longest_s * 1'000'000'000LL; now_ns() < end;) {
  }
}
inline void sleep_on() {
  for (const std::int64_t end = now_ns() + longest_s * 1'000'000'000LL; now_ns() < end;) {
    const timespec t{1, 0};
    nanosleep(&t, nullptr);
  }
}

// Null, without the compiler knowing: else it makes another signal of it.
// Not address 0, at which UBSan would end the process before the store does.
inline volatile int* nowhere() {
  volatile int* address = reinterpret_cast<volatile int*>(64);
  asm volatile("" : "+r"(address));
  return address;
}

inline void overflow_stack(volatile const char* above) {
  volatile char frame[4096];
  frame[0] = above[0];
  if (frame[0] != 1) overflow_stack(frame);
}

// A process that stays behind, with every descriptor it was born with.
inline void leave_child(bool own_session, bool orphan) {
  const pid_t pid = fork();
  if (pid != 0) return;
  if (own_session) setsid();
  if (orphan && fork() != 0) _exit(0);
  prctl(PR_SET_NAME, "fg-hostile");
  sleep_on();
  _exit(0);
}

inline void leave_thread() {
  pthread_t thread;
  const auto body = [](void*) -> void* { return sleep_on(), nullptr; };
  if (pthread_create(&thread, nullptr, body, nullptr) == 0) pthread_detach(thread);
}

inline void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
}

inline void write_all(int fd, const char* line, std::size_t bytes) {
  const std::size_t length = std::strlen(line);
  for (std::size_t done = 0; done < bytes; done += length)
    if (write(fd, line, length) < 0) return;
}

// Cut short the memory files that a process has open.
inline void truncate_memory_files(pid_t pid) {
  for (int fd = 0; fd < 64; ++fd) {
    char path[64], target[64];
    std::snprintf(path, sizeof path, "/proc/%d/fd/%d", static_cast<int>(pid), fd);
    if (readlink(path, target, sizeof target) < 7 || std::strncmp(target, "/memfd:", 7) != 0) continue;
    const int own = open(path, O_RDWR | O_CLOEXEC);
    if (own >= 0 && ftruncate(own, 0) == 0) std::fputs("a memory file is gone\n", stderr);
    close(own);
  }
}

inline fg_status refuse(fg_error* error, fg_status status) {
  return fg_fail(error, status, "hostile on purpose: status %d", static_cast<int>(status));
}

// The acts that end the process or the thread, or never come back.
inline void end_or_hang(Act act) {
  switch (act) {
    case Act::segv:
      *nowhere() = 1;
      break;
    case Act::overflow:
      overflow_stack("x");
      break;
    case Act::abort:
      std::abort();
    case Act::kill:
      raise(SIGKILL);
      break;
    case Act::exit:
      std::exit(0);
    case Act::exit_3:
      _exit(3);
    case Act::exec:
      execlp("sleep", "sleep", "100", static_cast<char*>(nullptr));
      break;
    case Act::throws:
      throw std::runtime_error("thrown across the C boundary");
    case Act::throws_int:
      throw 42;
    case Act::thread_exit:
      pthread_exit(nullptr);
    case Act::spin:
      spin_on();
      break;
    case Act::sleep:
      sleep_on();
      break;
    case Act::stop:
      raise(SIGSTOP);
      break;
    case Act::deaf:
      block_all_signals(), sleep_on();
      break;
    default:
      break;
  }
}

// The acts that change the process and its surroundings, and go on.
inline void disturb(Act act) {
  switch (act) {
    case Act::child:
      leave_child(false, false);
      break;
    case Act::child_setsid:
      leave_child(true, false);
      break;
    case Act::child_double:
      leave_child(true, true);
      break;
    case Act::fork_storm:
      for (int i = 0; i < 50; ++i) leave_child(i % 2 != 0, i % 3 == 0);
      break;
    case Act::twin:
      fork() == 0 ? prctl(PR_SET_NAME, "fg-hostile") : 0;
      break;
    case Act::thread:
      leave_thread();
      break;
    case Act::kill_parent:
      ::kill(getppid(), SIGKILL);
      break;
    case Act::close_descriptors:
      for (int fd = 0; fd < 4096; ++fd) close(fd);
      break;
    case Act::eat_descriptors:
      for (int i = 0; i < 1'000'000 && dup(STDERR_FILENO) >= 0; ++i) {
      }
      break;
    case Act::block_signals:
      block_all_signals();
      break;
    case Act::affinity: {
      cpu_set_t all;
      std::memset(&all, 0xff, sizeof all);
      sched_setaffinity(0, sizeof all, &all);
      break;
    }
    case Act::truncate:
      truncate_memory_files(getpid());
      truncate_memory_files(getppid());
      break;
    case Act::flood:
      write_all(STDOUT_FILENO, "{\"record\": \"trial\", \"status\": \"ok\"} is what a plugin prints\n", 8 << 20);
      write_all(STDERR_FILENO, "\xff\x1b[31m and this goes to standard error\n", 1 << 20);
      break;
    default:
      break;
  }
}

// Do it. What comes back is what the function of the plugin returns, if it can return a status.
inline fg_status perform(Act act, fg_error* error) {
  end_or_hang(act);
  disturb(act);
  switch (act) {
    case Act::unsupported:
      return refuse(error, FG_UNSUPPORTED);
    case Act::no_resource:
      return refuse(error, FG_NO_RESOURCE);
    case Act::bad_parameter:
      return refuse(error, FG_BAD_PARAMETER);
    case Act::wrong:
      return refuse(error, FG_WRONG);
    case Act::internal:
      return refuse(error, FG_INTERNAL);
    case Act::unknown_status:
      return refuse(error, static_cast<fg_status>(77));
    case Act::no_text:
      return FG_INTERNAL;
    case Act::unterminated:
      if (error != nullptr) std::memset(error->text, 'x', error->capacity);
      return FG_INTERNAL;
    case Act::not_utf8:
      return fg_fail(error, FG_INTERNAL, "\xc3(\xff \x1b[31mred\x07\n\"quoted\"");
    default:
      return FG_OK;
  }
}

}  // namespace hostile
