#include "trial/body.hpp"

#include <dirent.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>

#include "base/random.hpp"
#include "load/plugin.hpp"
#include "trial/crash.hpp"
#include "trial/host.hpp"
#include "trial/launch.hpp"
#include "trial/worker.hpp"

namespace fairground::trial {

namespace {

constexpr std::uint64_t look_ns = 10'000'000;

unsigned thread_count() {
  unsigned n = 0;
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  while (const dirent* entry = readdir(tasks)) n += entry->d_name[0] != '.' ? 1 : 0;
  closedir(tasks);
  return n;
}

// The life of one workload, phase by phase; a step that fails is reported, and what was made before it is undone.
class Body {
 public:
  explicit Body(Board& board)
      : board_(board), header_(board.header()), spec_(decode(board.spec())), scratch_(scratch_of(board.spec())) {}

  void run() {
    if (!load()) return;
    if (create()) {
      if (configure() && setup()) {
        if (team_works()) verify();
        teardown();
      }
      enter(Phase::destroy);
      if (workload_->destroy != nullptr) workload_->destroy(self_);
    }
  }

  void enter(Phase phase) {
    header_.phase_entered_ns[static_cast<std::size_t>(phase)].store(monotonic_ns());
    header_.phase.store(static_cast<std::uint32_t>(phase));
    eventfd_write(event_fd, 1);
  }

 private:
  // Call one function of the workload's; false if it failed.
  template <class F, class... A>
  bool call(Phase phase, F* function, A... arguments) {
    enter(phase);
    if (function == nullptr) return true;
    std::array<char, 512> text{};
    fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
    const fg_status status = function(arguments..., &error);
    text.back() = 0;
    if (status != FG_OK) report(header_, status, phase, -1, text.data());
    return status == FG_OK;
  }

  bool load() {
    enter(Phase::load);
    try {
      const fg_plugin& plugin = load::open_plugin(spec_.workload.plugin);
      workload_ = &load::find_workload(plugin, spec_.workload.id);
      values_.emplace(*workload_, spec_.point.parameters);
    } catch (const std::exception& e) {
      report(header_, FG_INTERNAL, Phase::load, -1, e.what());
      return false;
    }
    host_.emplace(board_, spec_.point.workers, spec_.point.as_processes, spec_.seed, spec_.places);
    return true;
  }

  bool create() { return call(Phase::create, workload_->create, host_->table(), &self_); }

  bool configure() {
    const fg_configuration configuration{
        sizeof(fg_configuration), spec_.point.workers, spec_.point.as_processes ? 1u : 0u,
        values_->count(),         values_->data(),     scratch_.c_str()};
    if (!call(Phase::configure, workload_->configure, self_, &configuration)) return false;
    return tell_contenders();
  }

  bool tell_contenders() {
    const std::uint32_t n = workload_->contenders != nullptr ? workload_->contenders(self_) : 0;
    if (n > max_contenders) {
      report(header_, FG_INTERNAL, Phase::configure, -1, "more than 65,536 contenders");
      return false;
    }
    for (std::uint32_t i = 0; i < n && workload_->contender != nullptr; ++i) {
      fg_contender contender{sizeof(fg_contender), UINT32_MAX, ""};
      workload_->contender(self_, i, &contender);
      board_.contender_notes()[i].place = contender.place;
      put_text(board_.contender_notes()[i].class_name, contender.class_name);
    }
    header_.contender_count.store(n);
    tell_classes();
    return true;
  }

  void tell_classes() {
    if (!FG_HAS(workload_, worker_class) || workload_->worker_class == nullptr) return;
    for (std::uint32_t i = 0; i < board_.workers(); ++i) {
      if (const char* name = workload_->worker_class(self_, i); name != nullptr)
        put_text(board_.slot(i).class_name, name);
    }
  }

  bool setup() {
    const std::size_t bytes = workload_->state_bytes != nullptr ? workload_->state_bytes(self_) : 0;
    state_ = bytes > 0 ? host_->shared_alloc(bytes, 4'096) : nullptr;
    if (bytes > 0 && state_ == nullptr) {
      report(header_, FG_NO_RESOURCE, Phase::setup, -1, "no memory for the shared state");
      return false;
    }
    return call(Phase::setup, workload_->setup, self_, state_);
  }

  // From the workers' creation to their end. False if there is nothing to verify.
  bool team_works() {
    enter(Phase::pin);
    if (spec_.point.as_processes && thread_count() != 1) {
      report(header_, FG_UNSUPPORTED, Phase::setup, -1,
             "setup started a thread, so its workers can't be forked as processes");
      return false;
    }
    for (std::uint32_t i = 0; i < board_.workers(); ++i) host_->prepare(i, hash_of(spec_.seed, i));
    std::vector<std::vector<unsigned>> places = spec_.places;
    places.resize(board_.workers());
    if (workload_->kind == FG_TEAM) places.assign(1, {});  // a team pins its own
    Workers workers({&*host_, workload_, self_, state_, places, spec_.point.as_processes}, board_.workers());
    workers.spawn();
    if (header_.outcome.taken.load() == 0) call(Phase::start, workload_->start, self_, state_);
    if (header_.outcome.taken.load() != 0) header_.stop.store(1);
    enter(Phase::barrier);
    workers.start();
    if (header_.outcome.taken.load() != 0) header_.stop.store(1);
    hold(workers);
    stamp_contenders();
    enter(Phase::warm_up);
    workers.run();
    await_stop(workers);
    wake_and_join(workers);
    return header_.outcome.taken.load() == 0 && !crashed();
  }

  // Until the others of the trial are as far.
  void hold(Workers& workers) {
    std::uint32_t asked = 1;
    header_.held.compare_exchange_strong(asked, 2);
    while (header_.held.load() != 0 && header_.stop.load() == 0) {
      futex_wait(header_.held, 2, look_ns);
      workers.look_after();
    }
  }

  void stamp_contenders() {
    const std::uint64_t now = ticks(static_cast<TickSource>(header_.tick_source));
    for (std::uint32_t i = 0; i < header_.contender_count.load(); ++i) board_.contenders()[i].stamp_ticks = now;
  }

  [[nodiscard]] bool crashed() const { return header_.crash.taken.load() != 0 && header_.crash.signal != SIGRTMAX; }

  void await_stop(Workers& workers) {
    while (header_.stop.load() == 0 && !workers.all(Stage::left)) {
      futex_wait(header_.stop, 0, look_ns);
      workers.look_after();
    }
  }

  void wake_and_join(Workers& workers) {
    enter(Phase::wake);
    while (!workers.all(Stage::left)) {
      if (workload_->wake != nullptr && header_.stop.load() != 0) {
        header_.wake_entered_ns.store(monotonic_ns());
        workload_->wake(self_, state_);
        header_.wake_entered_ns.store(0);
      }
      workers.leave();
    }
    enter(Phase::join);
    workers.join();
  }

  void verify() {
    call(Phase::verify, workload_->verify, self_, state_);
    host_->check_resources();
  }
  void teardown() { call(Phase::teardown, workload_->teardown, self_, state_); }

  Board& board_;
  Header& header_;
  Spec spec_;
  std::string scratch_;
  const fg_workload* workload_ = nullptr;
  std::optional<load::Values> values_;
  std::optional<Host> host_;
  void* self_ = nullptr;
  void* state_ = nullptr;
};

// For what workloads open, and for the schedstat that each worker keeps open, as far as the hard limit allows it.
void allow_descriptors(std::uint32_t workers) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  limit.rlim_cur = std::min(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, most_descriptors) + workers);
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int body(Board& board) {
  prctl(PR_SET_NAME, "fg-body");
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  allow_descriptors(board.workers());
  watch_for_crashes(board);
  Body body(board);
  [&]() noexcept { body.run(); }();  // what a plugin throws ends here, as a crash in its phase
  body.enter(Phase::done);
  return 0;
}

}  // namespace fairground::trial
