#include "cli/bench_body.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <optional>

#include "base/affinity.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/bench_host.hpp"
#include "cli/bench_news.hpp"
#include "cli/output.hpp"
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
    if (units.empty()) return;
    before_ = allowed_units(0);
    pin_to(units);
  }
  ~Pinned() { pin_to(before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  std::vector<unsigned> before_;
};

// Says that a step has begun, and that it has ended.
class Told {
 public:
  Told(const BenchNews& news, std::string step) : news_(news), step_(std::move(step)) { news_.begins(step_); }
  ~Told() { news_.ends(step_); }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

 private:
  const BenchNews& news_;
  std::string step_;
};

// One point as a benchmark. Google Benchmark calls it several times, each time with all its threads at once; every call
// is a whole life of the workload, of which thread 0 is the control thread.
class Bench {
 public:
  Bench(const BenchPoint& point, const fg_workload& workload, const BenchNews& news, std::string folder)
      : point_(point),
        workload_(workload),
        news_(news),
        folder_(std::move(folder)),
        values_(workload, point.parameters),
        gate_(point.workers) {}

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
      ask("run", workload_.run, self_, shared_, worker, local);
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
  [[nodiscard]] Told told(const char* step) const { return {news_, fmt::format("{} of {}", step, point_.name)}; }

  // A function that has to come back within the deadline: all but `run`.
  template <class F, class... A>
  bool call(const char* step, F* function, A... arguments) {
    if (function == nullptr) return true;
    const Told now = told(step);
    return ask(step, function, arguments...);
  }

  template <class F, class... A>
  bool ask(const char* step, F* function, A... arguments) {
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
    scratch_.emplace("scratch", folder_);
    const std::string scratch = scratch_->path().string();
    const fg_configuration configuration{sizeof(fg_configuration), point_.workers, 0,
                                         values_.count(),          values_.data(), scratch.c_str()};
    made_ = call("create", workload_.create, host_->table(), &self_);
    if (!made_ || !call("configure", workload_.configure, self_, &configuration)) return;
    if (count_contenders() > most_contenders) return fail("more than 65,536 contenders");
    const std::size_t bytes = state_bytes();
    if (bytes > 0) shared_ = host_->shared_alloc(bytes);
    if (bytes > 0 && shared_ == nullptr) return fail("no memory for the shared state");
    set_up_ = call("setup", workload_.setup, self_, shared_);
    if (set_up_) call("start", workload_.start, self_, shared_);
  }

  std::uint32_t count_contenders() {
    const Told now = told("contenders");
    return workload_.contenders == nullptr ? 0 : workload_.contenders(self_);
  }
  std::size_t state_bytes() {
    const Told now = told("state-bytes");
    return workload_.state_bytes == nullptr ? 0 : workload_.state_bytes(self_);
  }

  void end() {
    if (set_up_ && !failed_) call("verify", workload_.verify, self_, shared_);
    if (const std::string trouble = host_->trouble(workload_.expects); !trouble.empty()) fail(trouble);
    if (set_up_) call("teardown", workload_.teardown, self_, shared_);
    if (made_ && workload_.destroy != nullptr) {
      const Told now = told("destroy");
      workload_.destroy(self_);
    }
    scratch_.reset();
  }

  BenchPoint point_;
  const fg_workload& workload_;
  const BenchNews& news_;
  std::string folder_;
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

int bench(int fd, const BenchNews& news, const std::string& folder, std::vector<char*> arguments) {
  const std::vector<BenchPoint> points = bench_points_from_json(json::parse(read_all(fd)));
  int argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&argc, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(argc, arguments.data())) return 2;
  news.ready();
  tell_context(points);
  std::vector<std::unique_ptr<Bench>> benches;
  for (const BenchPoint& point : points) {
    news.begins(point.plugin);
    const fg_workload& workload = load::find_workload(load::open_plugin(point.plugin), point.workload);
    news.ends(point.plugin);
    benches.push_back(std::make_unique<Bench>(point, workload, news, folder));
    benchmark::RegisterBenchmark(point.name.c_str(),
                                 [b = benches.back().get()](benchmark::State& state) { b->run(state); })
        ->Threads(static_cast<int>(point.workers))
        ->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  check_output();
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
  constexpr int own = 5;  // arguments; then come Google Benchmark's
  if (argc < own) throw UserError("--bench-body is for Fairground itself.");
  load::stand_guard();  // from here on in its child: whatever a plugin leaves behind is ended with it
  const int news_fd = std::stoi(argv[3]);
  fcntl(news_fd, F_SETFD, FD_CLOEXEC);
  const BenchNews news(news_fd);
  std::vector<char*> arguments{argv[0]};
  arguments.insert(arguments.end(), argv + own, argv + argc);
  try {
    const int exit_code = bench(std::stoi(argv[2]), news, argv[4], std::move(arguments));
    news.done();
    return exit_code;
  } catch (...) {
    news.ready();
    news.done();
    throw;
  }
}

}  // namespace fairground::cli
