#include "trial/crash.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace fairground::trial {

namespace {

Header* board_header = nullptr;
thread_local int this_worker = -1;
thread_local std::array<char, 64 * 1024> handler_stack;

// "file.so(function+0x12)" or "file.so+0x34", as dladdr has it; the file's name without its folder.
void describe_frame(std::array<char, 128>& out, void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    std::snprintf(out.data(), out.size(), "%p", address);
    return;
  }
  const char* slash = std::strrchr(info.dli_fname, '/');
  const char* file = slash != nullptr ? slash + 1 : info.dli_fname;
  const char* at = static_cast<const char*>(address);
  if (info.dli_sname != nullptr) {
    std::snprintf(out.data(), out.size(), "%s(%s+0x%zx)", file, info.dli_sname,
                  static_cast<std::size_t>(at - static_cast<const char*>(info.dli_saddr)));
  } else {
    std::snprintf(out.data(), out.size(), "%s+0x%zx", file,
                  static_cast<std::size_t>(at - static_cast<const char*>(info.dli_fbase)));
  }
}

void record_crash(int signal) {
  Crash& crash = board_header->crash;
  if (crash.taken.exchange(1) != 0) return;  // the first one tells
  crash.signal = signal;
  crash.phase = board_header->phase.load();
  crash.worker = this_worker;
  void* frames[max_frames + 2];
  const int n = backtrace(frames, max_frames + 2);
  std::uint32_t written = 0;
  for (int i = 2; i < n && written < max_frames; ++i) describe_frame(crash.frames[written++], frames[i]);
  crash.frame_count.store(written, std::memory_order_release);
}

void on_deadly_signal(int signal) {
  record_crash(signal);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// The thread's signal stack while it lives; then the one before: ours goes with the thread, and AddressSanitizer unmaps
// whatever it finds there.
class OwnSignalStack {
 public:
  OwnSignalStack() {
    stack_t stack{};
    stack.ss_sp = handler_stack.data();
    stack.ss_size = handler_stack.size();
    sigaltstack(&stack, &before_);
  }
  ~OwnSignalStack() { sigaltstack(&before_, nullptr); }
  OwnSignalStack(const OwnSignalStack&) = delete;
  OwnSignalStack& operator=(const OwnSignalStack&) = delete;

 private:
  stack_t before_{};
};

void on_question(int signal) { record_crash(signal); }

}  // namespace

void watch_for_crashes(Board& board) {
  board_header = &board.header();
  void* warm_up[2];
  backtrace(warm_up, 2);  // loads libgcc now, not inside a handler
  crash_identity(-1);
  struct sigaction action {};
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  action.sa_handler = on_deadly_signal;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP})
    sigaction(signal, &action, nullptr);
  action.sa_handler = on_question;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigaction(SIGRTMAX, &action, nullptr);
}

void crash_identity(int worker) {
  this_worker = worker;
  thread_local const OwnSignalStack own;
}

}  // namespace fairground::trial
