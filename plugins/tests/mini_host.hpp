// A host of one page, so that the contract is tested by itself: it leads one instance of a workload through its whole
// life, with threads as workers. It measures nothing and protects from nothing.
#pragma once

#include <fairground/plugin.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mini {

struct Finding {
  std::uint32_t kind, certainty;
  std::string text;
};

// What became of one life.
struct Outcome {
  fg_status status = FG_OK;  // of what failed first
  std::string text;          // its sentence, whole buffer if it has no end
  std::string phase;         // and its name
  std::vector<std::uint64_t> counts, contender_counts;
  std::map<std::uint32_t, double> counters;
  std::vector<Finding> findings;
};

class Host {
 public:
  Host(const fg_workload& workload, std::uint32_t workers)
      : workload_(workload),
        lines_(workers),
        slots_(64),
        place_{sizeof(fg_place), 0, nullptr},
        places_(workers, &place_),
        asked_(workers) {
    table_ = {sizeof(fg_host), FG_ABI_MINOR, this,         workers,   workers,  0,       0,
              places_.data(),  42,           shared_alloc, finding,   resource, counter, go,
              fg_count,        probe,        stamp_for,    extension, ticks};
    for (std::uint32_t i = 0; i < workers; ++i) {
      lines_[i].host = &table_;
      lines_[i].contenders = slots_.data();
      lines_[i].index = lines_[i].place = i;
      lines_[i].seed = 100 + i;
    }
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() {
    for (void* memory : shared_) std::free(memory);
  }

  // The default of each parameter, to be changed before live().
  std::vector<fg_value> defaults() const {
    std::vector<fg_value> values;
    for (const fg_parameter* const* p = workload_.parameters; p != nullptr && *p != nullptr; ++p)
      values.push_back((*p)->default_value);
    return values;
  }
  // Index of a parameter, or of a choice in it; ends the test program if there is none.
  std::size_t parameter(const std::string& key) const {
    for (std::size_t i = 0; workload_.parameters[i] != nullptr; ++i)
      if (workload_.parameters[i]->key == key) return i;
    std::abort();
  }
  fg_value choice(const std::string& key, const std::string& text) const {
    const char* const* choices = workload_.parameters[parameter(key)]->choices;
    for (std::int64_t i = 0; choices[i] != nullptr; ++i)
      if (choices[i] == text) return {i, 0.0, choices[i]};
    std::abort();
  }

  // From create to destroy. Each worker does at least so many operations, if it does any.
  Outcome live(const std::vector<fg_value>& values, std::chrono::nanoseconds run_for, std::uint64_t least = 1) {
    least_ = least;
    if (!call("create", workload_.create, &table_, &self_)) return end();
    const fg_configuration configuration{sizeof(fg_configuration),
                                         workers(),
                                         0,
                                         static_cast<std::uint32_t>(values.size()),
                                         values.data(),
                                         "/nonexistent"};
    if (call("configure", workload_.configure, self_, &configuration)) {
      ask_contenders();
      const std::size_t bytes = workload_.state_bytes != nullptr ? workload_.state_bytes(self_) : 0;
      state_ = bytes == 0 ? nullptr : shared_alloc(&table_, bytes, 4096);
      if (call("setup", workload_.setup, self_, state_)) {
        if (call("start", workload_.start, self_, state_) && run_workers(run_for))
          call("verify", workload_.verify, self_, state_);
        call("teardown", workload_.teardown, self_, state_);
      }
    }
    if (workload_.destroy != nullptr) workload_.destroy(self_);
    return end();
  }

  const fg_host* table() const { return &table_; }
  fg_worker* line(std::uint32_t i) { return &lines_[i]; }
  Outcome& outcome() { return outcome_; }

 private:
  static Host& of(const fg_host* table) { return *static_cast<Host*>(table->context); }
  static void* shared_alloc(const fg_host* table, std::size_t bytes, std::size_t alignment) {
    if (bytes > (std::size_t{1} << 30) || alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > 4096)
      return nullptr;
    void* memory = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    std::memset(memory, 0, bytes);
    of(table).shared_.push_back(memory);
    return memory;
  }
  static void finding(const fg_host* table, fg_finding kind, fg_certainty certainty, const char* text) {
    const std::lock_guard lock(of(table).mutex_);
    of(table).outcome_.findings.push_back({kind, certainty, text == nullptr ? "" : text});
  }
  static fg_status resource(const fg_host*, fg_resource* r, fg_resource_kind kind, std::uint32_t permits, const char*) {
    if (kind > FG_PERMITS) return FG_INTERNAL;
    r->size = sizeof(fg_resource);
    r->id = 1;
    r->kind = kind;
    r->permits = permits;
    return FG_OK;
  }
  static void counter(const fg_host* table, std::uint32_t index, double value) {
    of(table).outcome_.counters[index] = value;
  }
  // However busy the machine: a worker that is told to stop has done the least of operations, or has asked 20 times
  // more.
  static int go(fg_worker* w) {
    Host& host = of(w->host);
    if (host.stop_ && (w->count >= host.least_ || ++host.asked_[w - host.lines_.data()] > 20)) return 0;
    __atomic_store_n(&w->horizon, w->count + 1000, __ATOMIC_RELAXED);
    return 1;
  }
  static void probe(fg_worker*, fg_resource*, fg_event, fg_access) {}
  static void stamp_for(const fg_host*, fg_contender_slot* slot) { slot->stamp_ticks += 1; }
  static const void* extension(const fg_host*, const char*) { return nullptr; }
  static std::uint64_t ticks() { return 0; }

  std::uint32_t workers() const { return static_cast<std::uint32_t>(lines_.size()); }
  Outcome end() {
    for (const fg_worker& w : lines_) outcome_.counts.push_back(w.count);
    for (const fg_contender_slot& slot : slots_) outcome_.contender_counts.push_back(slot.count);
    return outcome_;
  }

  template <class F, class... A>
  bool call(const char* phase, F* function, A... arguments) {
    if (function == nullptr) return true;
    std::array<char, 256> text{};
    fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
    const fg_status status = function(arguments..., &error);
    if (status == FG_OK) return true;
    const std::lock_guard lock(mutex_);
    if (outcome_.status == FG_OK)
      outcome_.status = status, outcome_.text.assign(text.data(), strnlen(text.data(), text.size())),
      outcome_.phase = phase;
    return false;
  }

  void ask_contenders() {
    const std::uint32_t n = workload_.contenders != nullptr ? workload_.contenders(self_) : 0;
    for (std::uint32_t i = 0; i < n && i < slots_.size() && workload_.contender != nullptr; ++i) {
      fg_contender contender{sizeof(fg_contender), UINT32_MAX, ""};
      workload_.contender(self_, i, &contender);
    }
  }

  void work(fg_worker* w) {
    void* local = nullptr;
    if (call("worker-start", workload_.worker_start, self_, state_, w, &local)) {
      if (!call("run", workload_.run, self_, state_, w, local)) stop_ = true;
      call("worker-stop", workload_.worker_stop, self_, state_, w, local);
    } else {
      stop_ = true;
    }
    ++left_;
  }
  bool run_workers(std::chrono::nanoseconds run_for) {
    std::vector<std::thread> threads;
    for (fg_worker& w : lines_) threads.emplace_back([this, &w] { work(&w); });
    const auto end = std::chrono::steady_clock::now() + run_for;
    while (!stop_ && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    stop_ = true;
    while (left_ < lines_.size()) {
      for (fg_worker& w : lines_) __atomic_store_n(&w.horizon, 0, __ATOMIC_RELAXED);
      if (workload_.wake != nullptr) workload_.wake(self_, state_);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (std::thread& thread : threads) thread.join();
    return outcome_.status == FG_OK;
  }

  const fg_workload& workload_;
  std::vector<fg_worker> lines_;
  std::vector<fg_contender_slot> slots_;
  fg_place place_;
  std::vector<const fg_place*> places_;
  fg_host table_;
  std::vector<void*> shared_;
  std::atomic<bool> stop_{false};
  std::uint64_t least_ = 1;
  std::vector<int> asked_;  // after the stop, each written by its worker
  std::atomic<std::size_t> left_{0};
  std::mutex mutex_;
  Outcome outcome_;
  void* self_ = nullptr;
  void* state_ = nullptr;
};

}  // namespace mini
