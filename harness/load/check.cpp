// Configuring all points before the first trial, so that values which don't go together are the user's to mend (exit
// code 2) before an hour of measuring.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <map>

#include "base/affinity.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "load/child.hpp"
#include "load/plugin.hpp"
#include "load/scan.hpp"
#include "plan/parameter.hpp"

namespace fairground::load {
namespace {

using nlohmann::json;

constexpr std::uint64_t silence_ns = 5'000'000'000;
constexpr unsigned most_strikes = 3;

// ---- the supervisor's side ----

// The points of one plugin that are still to be asked about.
struct Queue {
  std::string plugin;
  std::string scratch;
  std::vector<std::size_t> points;  // indexes into all points
  std::size_t next = 0;
};

class Checker {
 public:
  Checker(const std::vector<plan::Point>& points, const std::vector<Library>& libraries)
      : points_(points), libraries_(libraries) {
    for (const Library& library : libraries) {
      for (const plan::WorkloadInfo& w : library.workloads) plugin_of_.emplace(w.id, library.path);
    }
    for (std::size_t i = 0; i < points.size(); ++i) enqueue(i);
  }

  // The sentence of each point that is refused, by its index.
  std::map<std::size_t, std::string> run() {
    while (true) {
      std::vector<Queue*> waiting;
      std::vector<Question> questions;
      for (Queue& queue : queues_) {
        skip_struck(queue);
        if (queue.next == queue.points.size()) continue;
        waiting.push_back(&queue);
        questions.push_back({{"--configure"}, question(queue).dump()});
      }
      if (questions.empty()) break;
      const std::vector<Answer> answers = ask(questions, silence_ns);
      for (std::size_t i = 0; i < answers.size(); ++i) take(answers[i], *waiting[i]);
    }
    std::map<std::size_t, std::string> sentences;
    for (const auto& [point, why] : refused_) sentences.emplace(point, sentence(point, why));
    return sentences;
  }

 private:
  void enqueue(std::size_t index) {
    const plan::Point& point = points_[index];
    const auto plugin = plugin_of_.find(point.workload);
    if (!point.unsupported.empty() || plugin == plugin_of_.end()) return;
    auto queue =
        std::find_if(queues_.begin(), queues_.end(), [&](const Queue& q) { return q.plugin == plugin->second; });
    if (queue == queues_.end()) {
      const std::string scratch = (scratch_.path() / std::to_string(queues_.size())).string();
      mkdir(scratch.c_str(), 0700);
      queue = queues_.insert(queues_.end(), Queue{plugin->second, scratch, {}, 0});
    }
    queue->points.push_back(index);
  }

  [[nodiscard]] json question(const Queue& queue) const {
    json asked = json::array();
    for (std::size_t i = queue.next; i < queue.points.size(); ++i) {
      const plan::Point& p = points_[queue.points[i]];
      asked.push_back({{"workload", p.workload},
                       {"parameters", p.parameters},
                       {"workers", p.workers},
                       {"as_processes", p.as_processes}});
    }
    return {{"plugin", queue.plugin}, {"scratch", queue.scratch}, {"points", std::move(asked)}};
  }

  void take(const Answer& answer, Queue& queue) {
    for (const json& line : answer.lines) {
      if (queue.next == queue.points.size()) return;
      if (line.value("refused", false)) refused_[queue.points[queue.next]] = line.value("text", std::string());
      ++queue.next;
    }
    if (queue.next == queue.points.size()) return;
    // It did not come back from this one. The trial will show what it does.
    strikes_[points_[queue.points[queue.next]].workload] += answer.silent ? most_strikes : 1;
    ++queue.next;
  }

  void skip_struck(Queue& queue) {
    const auto struck = [&](std::size_t index) {
      const auto found = strikes_.find(points_[index].workload);
      return found != strikes_.end() && found->second >= most_strikes;
    };
    const auto begin = queue.points.begin() + static_cast<std::ptrdiff_t>(queue.next);
    queue.points.erase(std::remove_if(begin, queue.points.end(), struck), queue.points.end());
  }

  // What was asked for, in so far as it differs from the defaults.
  [[nodiscard]] std::string sentence(std::size_t index, const std::string& text) const {
    const plan::Point& point = points_[index];
    std::vector<std::string> given;
    for (const Library& library : libraries_) {
      for (const plan::WorkloadInfo& w : library.workloads) {
        for (const plan::ParameterInfo& p : w.parameters) {
          if (w.id != point.workload || point.parameters.value(p.key, p.default_value) == p.default_value) continue;
          given.push_back(fmt::format("{}={}", p.key, plan::format_value(p, point.parameters.at(p.key))));
        }
      }
    }
    given.push_back(fmt::format("{} {}", point.workers, point.workers == 1 ? "worker" : "workers"));
    std::string why = text.empty() ? "it doesn't say why" : printable(text);
    while (why.ends_with('.')) why.pop_back();
    return fmt::format("{} can't do that ({}): {}.", point.workload, fmt::join(given, ", "), why);
  }

  const std::vector<plan::Point>& points_;
  const std::vector<Library>& libraries_;
  PrivateFolder scratch_{"fairground-check"};
  std::map<std::string, std::string> plugin_of_;
  std::vector<Queue> queues_;
  std::map<std::string, unsigned> strikes_;
  std::map<std::size_t, std::string> refused_;  // what the workload said
};

// ---- the child's side ----

// A host for instances that are only asked: there is nothing to be had from it, but places that could be real.
class AskingHost {
 public:
  AskingHost(unsigned workers, bool as_processes) : places_(workers), pointers_(workers) {
    static const std::vector<std::uint32_t> units = units_or_first();
    for (unsigned i = 0; i < workers; ++i) {
      places_[i] = {sizeof(fg_place), 1, &units[i % units.size()]};
      pointers_[i] = &places_[i];
    }
    table_.size = sizeof(fg_host);
    table_.abi_minor = FG_ABI_MINOR;
    table_.workers = table_.place_count = workers;
    table_.as_processes = as_processes ? 1 : 0;
    table_.places = pointers_.data();
    table_.shared_alloc = [](const fg_host*, std::size_t, std::size_t) -> void* { return nullptr; };
    table_.finding = [](const fg_host*, fg_finding, fg_certainty, const char*) {};
    table_.resource = [](const fg_host*, fg_resource*, fg_resource_kind, std::uint32_t, const char*) {
      return FG_NO_RESOURCE;
    };
    table_.counter = [](const fg_host*, std::uint32_t, double) {};
    table_.go = [](fg_worker*) { return 0; };
    table_.count = [](fg_worker*, std::uint64_t) {};
    table_.probe = [](fg_worker*, fg_resource*, fg_event, fg_access) {};
    table_.stamp_for = [](const fg_host*, fg_contender_slot*) {};
    table_.extension = [](const fg_host*, const char*) -> const void* { return nullptr; };
    table_.ticks = []() -> std::uint64_t { return 0; };
  }
  AskingHost(const AskingHost&) = delete;
  AskingHost& operator=(const AskingHost&) = delete;

  [[nodiscard]] const fg_host* table() const { return &table_; }

 private:
  static std::vector<std::uint32_t> units_or_first() {
    std::vector<unsigned> units = allowed_units(0);
    if (units.empty()) units.push_back(0);
    return units;
  }

  fg_host table_{};
  std::vector<fg_place> places_;
  std::vector<const fg_place*> pointers_;
};

// What the workload says to one point: {refused, text}. Anything but FG_BAD_PARAMETER of configure is the trial's
// affair.
json configure_one(const fg_workload& w, const json& point, const std::string& scratch) {
  const AskingHost host(point.at("workers").get<unsigned>(), point.at("as_processes").get<bool>());
  std::array<char, 512> text{};
  fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
  void* self = nullptr;
  if (w.create != nullptr && w.create(host.table(), &self, &error) != FG_OK) return {{"refused", false}};
  const Values values(w, point.at("parameters"));
  const fg_configuration configuration{sizeof(fg_configuration), host.table()->workers, host.table()->as_processes,
                                       values.count(),           values.data(),         scratch.c_str()};
  const fg_status status = w.configure == nullptr ? FG_OK : w.configure(self, &configuration, &error);
  text.back() = 0;
  const std::string why = text.data();
  if (status == FG_OK && w.contenders != nullptr) w.contenders(self);
  if (status == FG_OK && w.state_bytes != nullptr) w.state_bytes(self);
  if (w.destroy != nullptr) w.destroy(self);
  return {{"refused", status == FG_BAD_PARAMETER}, {"text", why}};
}

}  // namespace

std::optional<std::string> check_points(const std::vector<plan::Point>& points, const std::vector<Library>& libraries) {
  const std::map<std::size_t, std::string> refused = Checker(points, libraries).run();
  return refused.empty() ? std::nullopt : std::optional(refused.begin()->second);
}

std::vector<std::string> refusals(const std::vector<plan::Point>& points, const std::vector<Library>& libraries) {
  std::vector<std::string> all(points.size());
  for (auto& [point, sentence] : Checker(points, libraries).run()) all[point] = sentence;
  return all;
}

int configure_main(int, char**) {
  stand_guard();
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
    const json input = json::parse(text);
    const fg_plugin& plugin = open_plugin(input.at("plugin"));
    std::size_t number = 0;
    for (const json& point : input.at("points")) {
      const std::string scratch = fmt::format("{}/{}", input.at("scratch").get<std::string>(), number++);
      mkdir(scratch.c_str(), 0700);
      say(configure_one(find_workload(plugin, point.at("workload")), point, scratch));
      remove_tree(scratch);
    }
  } catch (...) {
    _exit(1);  // the plugin is gone, or threw: the trial will show it
  }
  _exit(0);
}

}  // namespace fairground::load
