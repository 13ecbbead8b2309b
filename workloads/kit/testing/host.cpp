#include "kit/testing/host.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "kit/relax.hpp"

namespace fairground::testing {
namespace {

constexpr std::uint64_t stride = 64;  // how far ahead the horizon is set: go() is asked now and then

// Zeroed memory at one address in this process and in those forked later.
class Shared {
 public:
  Shared() : memory_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory for the test");
  }
  ~Shared() { munmap(memory_, bytes); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  void* take(std::size_t n, std::size_t alignment) {
    alignment = std::max<std::size_t>(alignment, 128);
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (n > bytes - used_) return nullptr;
    void* here = static_cast<std::byte*>(memory_) + used_;
    used_ += n;
    return here;
  }
  template <class T>
  T* take(std::size_t n) {
    void* here = take(sizeof(T) * n, alignof(T));
    if (here == nullptr) throw std::runtime_error("the test's shared memory is used up");
    return static_cast<T*>(here);
  }

 private:
  static constexpr std::size_t bytes = std::size_t{1} << 30;
  void* memory_;
  std::size_t used_ = 0;
};

struct Error {
  std::array<char, 512> text{};
  fg_error error{sizeof(fg_error), 512, nullptr};
  Error() { error.text = text.data(); }
};

struct alignas(128) Slot {
  fg_worker worker;
  fg_status status;
  char where[16];
  char text[512];
};

class Trial {
 public:
  Trial(const fg_workload& workload, const Job& job);
  ~Trial() { std::filesystem::remove_all(scratch_); }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  Outcome whole();

 private:
  static Trial& of(const fg_host* host) { return *static_cast<Trial*>(host->context); }
  static int go(fg_worker*);
  void fill_table();
  std::vector<fg_value> values() const;
  bool ok(fg_status, const char* where, const std::string& text);
  template <class F, class... A>
  bool call(const char* where, F* function, A... arguments);
  void prepare();
  void work(Slot&);
  void run_workers();
  void stop_and_wake(const std::function<bool()>& left);
  void run_threads();
  void run_processes();

  const fg_workload& w_;
  const Job& job_;
  Shared shared_;
  std::string scratch_;
  fg_host host_{};
  std::vector<fg_place> places_;
  std::vector<const fg_place*> place_pointers_;
  std::vector<fg_resource*> resources_;
  Slot* slots_ = nullptr;
  fg_contender_slot* contenders_ = nullptr;
  std::atomic<int>* stop_ = nullptr;
  void* self_ = nullptr;
  void* state_ = nullptr;
  unsigned threads_;  // how many run the loop: one of a team
  Outcome out_;
};

Trial::Trial(const fg_workload& workload, const Job& job)
    : w_(workload), job_(job), threads_(workload.kind == FG_TEAM ? 1 : job.workers) {
  std::string folder = (std::filesystem::temp_directory_path() / "fairground-test-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no scratch folder");
  scratch_ = folder;
  for (unsigned i = 0; i < job.workers; ++i) {
    const bool pinned = i < job.units.size();
    places_.push_back({sizeof(fg_place), pinned ? static_cast<std::uint32_t>(job.units[i].size()) : 0,
                       pinned ? job.units[i].data() : nullptr});
  }
  for (const fg_place& place : places_) place_pointers_.push_back(&place);
  slots_ = shared_.take<Slot>(threads_);
  stop_ = ::new (shared_.take<std::atomic<int>>(1)) std::atomic<int>(0);
  fill_table();
}

int Trial::go(fg_worker* worker) {
  const Trial& trial = of(worker->host);
  if (trial.stop_->load(std::memory_order_relaxed) != 0 || worker->count >= trial.job_.operations) return 0;
  __atomic_store_n(&worker->horizon, std::min(worker->count + stride, trial.job_.operations), __ATOMIC_RELAXED);
  return 1;
}

void Trial::fill_table() {
  host_.size = sizeof(fg_host);
  host_.context = this;
  host_.workers = job_.workers;
  host_.place_count = job_.workers;
  host_.as_processes = job_.as_processes ? 1 : 0;
  host_.places = place_pointers_.data();
  host_.seed = 42;
  host_.shared_alloc = [](const fg_host* h, std::size_t n, std::size_t a) { return of(h).shared_.take(n, a); };
  host_.finding = [](const fg_host* h, fg_finding, fg_certainty, const char* text) {
    of(h).out_.findings.emplace_back(text);
  };
  host_.resource = [](const fg_host* h, fg_resource* r, fg_resource_kind kind, std::uint32_t permits, const char*) {
    of(h).resources_.push_back(r);
    r->size = sizeof *r;
    r->id = static_cast<std::uint32_t>(of(h).resources_.size());
    r->kind = kind;
    r->permits = permits;
    return FG_OK;
  };
  host_.counter = [](const fg_host* h, std::uint32_t i, double value) {
    of(h).out_.counters[of(h).w_.counters[i]->key] = value;
  };
  host_.go = go;
  host_.count = [](fg_worker* worker, std::uint64_t k) { fg_count(worker, k); };
  host_.probe = [](fg_worker*, fg_resource*, fg_event, fg_access) {};
  host_.stamp_for = [](const fg_host*, fg_contender_slot*) {};
  host_.extension = [](const fg_host*, const char*) -> const void* { return nullptr; };
  host_.ticks = []() -> std::uint64_t { return 0; };
}

std::vector<fg_value> Trial::values() const {
  std::vector<fg_value> values;
  auto left = job_.set;
  for (const fg_parameter* const* p = w_.parameters; p != nullptr && *p != nullptr; ++p) {
    fg_value value = (*p)->default_value;
    if (const auto given = left.extract((*p)->key)) {
      value.integer = given.mapped();
      const auto number = static_cast<double>(value.integer);
      if ((*p)->type == FG_CHOICE)
        value.text = (*p)->choices[value.integer];
      else if (number < (*p)->minimum || number > (*p)->maximum)
        throw std::invalid_argument((*p)->key);
      if ((*p)->type == FG_RATIO) value.real = number;
    }
    values.push_back(value);
  }
  if (!left.empty()) throw std::invalid_argument(left.begin()->first);
  return values;
}

// Keeps the first failure.
bool Trial::ok(fg_status status, const char* where, const std::string& text) {
  if (status != FG_OK && out_.status == FG_OK) {
    out_.status = status;
    out_.where = where;
    out_.text = text;
  }
  return status == FG_OK;
}

template <class F, class... A>
bool Trial::call(const char* where, F* function, A... arguments) {
  Error e;
  const fg_status status = function == nullptr ? FG_OK : function(arguments..., &e.error);
  return ok(status, where, e.text.data());
}

void Trial::prepare() {
  const std::uint32_t n = w_.contenders != nullptr ? w_.contenders(self_) : 0;
  contenders_ = shared_.take<fg_contender_slot>(n + 1);
  out_.contender_counts.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    fg_contender c{sizeof(fg_contender), UINT32_MAX, ""};
    if (w_.contender != nullptr) w_.contender(self_, i, &c);
    out_.contender_classes.emplace_back(c.class_name);
  }
  const std::size_t bytes = w_.state_bytes != nullptr ? w_.state_bytes(self_) : 0;
  state_ = bytes == 0 ? nullptr : shared_.take(bytes, 4096);
  for (unsigned i = 0; i < threads_; ++i) {
    fg_worker& worker = slots_[i].worker;
    worker.host = &host_;
    worker.contenders = contenders_;
    worker.index = worker.place = i;
    worker.seed = 1000 + i;
  }
}

// [worker] worker_start, run, worker_stop; what went wrong is left in the slot.
void Trial::work(Slot& slot) {
  Error e;
  void* local = nullptr;
  const auto step = [&](const char* where, fg_status status) {
    if (status != FG_OK && slot.status == FG_OK) {
      slot.status = status;
      std::string_view(where).copy(slot.where, sizeof slot.where - 1);
      std::string_view(e.text.data()).copy(slot.text, sizeof slot.text - 1);
    }
    return status == FG_OK;
  };
  if (w_.worker_start != nullptr &&
      !step("worker_start", w_.worker_start(self_, state_, &slot.worker, &local, &e.error)))
    return;
  step("run", w_.run(self_, state_, &slot.worker, local, &e.error));
  if (w_.worker_stop != nullptr) step("worker_stop", w_.worker_stop(self_, state_, &slot.worker, local, &e.error));
}

void Trial::stop_and_wake(const std::function<bool()>& left) {
  if (job_.stop_after_ms == 0) return;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(job_.stop_after_ms);
  const auto begun = [&] {  // a busy machine may be slow to start a worker
    return std::any_of(slots_, slots_ + threads_,
                       [](const Slot& s) { return __atomic_load_n(&s.worker.count, __ATOMIC_RELAXED) != 0; });
  };
  while (!left() && (std::chrono::steady_clock::now() < until || !begun()))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  stop_->store(1);
  for (unsigned ms = 0; !left(); ++ms) {
    for (unsigned i = 0; i < threads_; ++i) __atomic_store_n(&slots_[i].worker.horizon, 0, __ATOMIC_RELAXED);
    if (ms % 10 == 0 && w_.wake != nullptr) w_.wake(self_, state_);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void Trial::run_threads() {
  std::atomic<unsigned> left{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < threads_; ++i)
    threads.emplace_back([&, i] {
      work(slots_[i]);
      ++left;
    });
  call("start", w_.start, self_, state_);
  stop_and_wake([&] { return left == threads_; });
  for (std::thread& thread : threads) thread.join();
}

void Trial::run_processes() {
  std::vector<pid_t> left;
  for (unsigned i = 0; i < threads_; ++i) {
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
      work(slots_[i]);
      _exit(0);
    }
    left.push_back(pid);
  }
  call("start", w_.start, self_, state_);
  const auto reap = [&](int options) {
    std::erase_if(left, [&](pid_t pid) {
      int status = 0;
      if (waitpid(pid, &status, options) != pid) return false;
      if (status != 0) ok(FG_INTERNAL, "run", "a worker's process ended with " + std::to_string(status));
      return true;
    });
    return left.empty();
  };
  stop_and_wake([&] { return reap(WNOHANG); });
  reap(0);
}

void Trial::run_workers() {
  job_.as_processes ? run_processes() : run_threads();
  for (unsigned i = 0; i < threads_; ++i) {
    ok(slots_[i].status, slots_[i].where, slots_[i].text);
    out_.counts.push_back(slots_[i].worker.count);
  }
  for (std::size_t i = 0; i < out_.contender_counts.size(); ++i) out_.contender_counts[i] = contenders_[i].count;
}

Outcome Trial::whole() {
  const std::vector<fg_value> given = values();
  const fg_configuration configuration{sizeof(fg_configuration),
                                       job_.workers,
                                       job_.as_processes ? 1u : 0u,
                                       static_cast<std::uint32_t>(given.size()),
                                       given.data(),
                                       scratch_.c_str()};
  if (!call("create", w_.create, &host_, &self_)) return out_;
  if (call("configure", w_.configure, self_, &configuration)) {
    prepare();
    if (call("setup", w_.setup, self_, state_)) {
      if (job_.after_setup) job_.after_setup(scratch_);
      run_workers();
      if (job_.before_verify) job_.before_verify(scratch_);
      if (out_.status == FG_OK) call("verify", w_.verify, self_, state_);
      for (const fg_resource* r : resources_) out_.acquisitions += r->acquisitions;
      call("teardown", w_.teardown, self_, state_);
    }
  }
  if (w_.destroy != nullptr) w_.destroy(self_);
  return out_;
}

}  // namespace

std::uint64_t Outcome::operations() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

Outcome run(const fg_workload& workload, const Job& job) {
  const auto trial = std::make_unique<Trial>(workload, job);
  return trial->whole();
}

}  // namespace fairground::testing

#ifdef FAIRGROUND_TSAN
// oneTBB's library is not built with ThreadSanitizer, which so can't see how it hands tasks from thread to thread and
// reports every hand-over, in TBB's own headers too; likewise Boost.Fiber's, whose holder wakes the scheduler that a
// waiter has made. What happens below these libraries is left out, and nothing else.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libtbb.so\nrace:libboost_fiber.so\n"; }
#endif
