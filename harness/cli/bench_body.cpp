#include "cli/bench_body.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <optional>

#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/bench_host.hpp"
#include "load/child.hpp"
#include "load/plugin.hpp"
#include "record/lines.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

constexpr std::uint32_t most_contenders = 65'536;
std::atomic<bool> any_failed{false};

// Runs the calling thread on its place, and puts it back where it was.
class Pinned {
 public:
  explicit Pinned(const std::vector<unsigned>& units) {
    if (units.empty() || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const unsigned unit : units) CPU_SET(unit, &set);
    pinned_ = sched_setaffinity(0, sizeof set, &set) == 0;
  }
  ~Pinned() {
    if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_{};
  bool pinned_ = false;
};

// One point as a benchmark. Google Benchmark calls it several times, each time with all its threads at once; every call
// is a whole life of the workload, of which thread 0 is the control thread.
class Bench {
 public:
  Bench(const BenchPoint& point, const fg_workload& workload)
      : point_(point), workload_(workload), values_(workload, point.parameters), gate_(point.workers) {}

  // noexcept: an exception that leaves a plugin ends the process here, where it would else end in a wait for the other
  // threads.
  void run(benchmark::State& state) noexcept {
    const auto index = static_cast<std::uint32_t>(state.thread_index());
    const Pinned pinned(point_.places.empty() ? std::vector<unsigned>{} : point_.places[index]);
    if (index == 0) begin();
    gate_.arrive_and_wait();
    void* local = nullptr;
    fg_worker* worker = host_->worker(index, state);
    if (!failed_) call("worker-start", workload_.worker_start, self_, shared_, worker, &local);
    gate_.arrive_and_wait();
    if (!failed_) {
      call("run", workload_.run, self_, shared_, worker, local);
      host_->drain(index);
      call("worker-stop", workload_.worker_stop, self_, shared_, worker, local);
    }
    gate_.arrive_and_wait();
    if (index == 0) end();
    gate_.arrive_and_wait();
    state.SetItemsProcessed(static_cast<benchmark::IterationCount>(host_->count(index)));
    if (index == 0) state.SetLabel(workload_.operation == nullptr ? "" : workload_.operation);
    if (failed_) state.SkipWithError(error_.c_str());
  }

 private:
  template <class F, class... A>
  bool call(const char* step, F* function, A... arguments) {
    if (function == nullptr) return true;
    std::array<char, 512> text{};
    fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
    const fg_status status = function(arguments..., &error);
    text.back() = 0;
    if (status != FG_OK) fail(fmt::format("{}: {}", step, text[0] == 0 ? "it failed without a reason" : text.data()));
    return status == FG_OK;
  }

  void fail(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    if (!failed_) error_ = sentence;
    failed_ = true;
    any_failed = true;
  }

  void begin() {
    failed_ = false;
    made_ = set_up_ = false;
    self_ = shared_ = nullptr;
    host_.emplace(point_.workers, point_.seed, point_.places, most_contenders);
    scratch_.emplace("fairground-bench");
    const std::string scratch = scratch_->path().string();
    const fg_configuration configuration{sizeof(fg_configuration), point_.workers, 0,
                                         values_.count(),          values_.data(), scratch.c_str()};
    made_ = call("create", workload_.create, host_->table(), &self_);
    if (!made_ || !call("configure", workload_.configure, self_, &configuration)) return;
    if (workload_.contenders != nullptr && workload_.contenders(self_) > most_contenders)
      return fail("more than 65,536 contenders");
    const std::size_t bytes = workload_.state_bytes == nullptr ? 0 : workload_.state_bytes(self_);
    if (bytes > 0) shared_ = host_->shared_alloc(bytes);
    if (bytes > 0 && shared_ == nullptr) return fail("no memory for the shared state");
    set_up_ = call("setup", workload_.setup, self_, shared_);
    if (set_up_) call("start", workload_.start, self_, shared_);
  }

  void end() {
    if (set_up_ && !failed_) call("verify", workload_.verify, self_, shared_);
    if (const std::string trouble = host_->trouble(workload_.expects); !trouble.empty()) fail(trouble);
    if (set_up_) call("teardown", workload_.teardown, self_, shared_);
    if (made_ && workload_.destroy != nullptr) workload_.destroy(self_);
    scratch_.reset();
  }

  BenchPoint point_;
  const fg_workload& workload_;
  load::Values values_;
  std::barrier<> gate_;
  std::optional<BenchHost> host_;
  std::optional<PrivateFolder> scratch_;
  std::mutex mutex_;
  std::atomic<bool> failed_{false};
  std::string error_;
  void* self_ = nullptr;
  void* shared_ = nullptr;
  bool made_ = false, set_up_ = false;
};

std::string read_all(int fd) {
  std::string text;
  std::array<char, 65'536> part{};
  lseek(fd, 0, SEEK_SET);
  for (ssize_t n = 0; (n = read(fd, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(n));
  return text;
}

void tell_context(const std::vector<BenchPoint>& points) {
  const json build = record::build_line();
  benchmark::AddCustomContext("fairground_version", build.value("tool_version", "unknown"));
  benchmark::AddCustomContext("fairground_revision", build.value("git_revision", "unknown"));
  benchmark::AddCustomContext("fairground_note", "every thread does equal iterations: nothing here tells of fairness");
  std::string pinned;
  for (const BenchPoint& point : points) {
    std::string places;
    for (const auto& place : point.places) places += fmt::format(" {}", fmt::join(place, "+"));
    pinned += fmt::format("{}{}/threads:{}{}", pinned.empty() ? "" : "; ", point.name, point.workers,
                          places.empty() ? " not pinned" : places);
  }
  benchmark::AddCustomContext("fairground_units", pinned);
}

int bench(int fd, std::vector<char*> arguments) {
  const std::vector<BenchPoint> points = bench_points_from_json(json::parse(read_all(fd)));
  int argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&argc, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(argc, arguments.data())) return 2;
  tell_context(points);
  std::vector<std::unique_ptr<Bench>> benches;
  for (const BenchPoint& point : points) {
    const fg_workload& workload = load::find_workload(load::open_plugin(point.plugin), point.workload);
    benches.push_back(std::make_unique<Bench>(point, workload));
    benchmark::RegisterBenchmark(point.name.c_str(),
                                 [b = benches.back().get()](benchmark::State& state) { b->run(state); })
        ->Threads(static_cast<int>(point.workers))
        ->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return any_failed ? 1 : 0;
}

}  // namespace

json to_json(const std::vector<BenchPoint>& points) {
  json out = json::array();
  for (const BenchPoint& p : points) {
    out.push_back({{"name", p.name},
                   {"plugin", p.plugin},
                   {"workload", p.workload},
                   {"parameters", p.parameters},
                   {"workers", p.workers},
                   {"places", p.places},
                   {"seed", p.seed}});
  }
  return out;
}

std::vector<BenchPoint> bench_points_from_json(const json& array) {
  std::vector<BenchPoint> points;
  for (const json& p : array) {
    points.push_back({p.at("name"), p.at("plugin"), p.at("workload"), p.at("parameters"), p.at("workers"),
                      p.at("places").get<std::vector<std::vector<unsigned>>>(), p.at("seed")});
  }
  return points;
}

int bench_main(int argc, char** argv) {
  if (argc < 3) throw UserError("--bench-body is for Fairground itself.");
  load::stand_guard();  // from here on in its child: whatever a plugin leaves behind is ended with it
  std::vector<char*> arguments{argv[0]};
  arguments.insert(arguments.end(), argv + 3, argv + argc);
  return bench(std::stoi(argv[2]), std::move(arguments));
}

}  // namespace fairground::cli
