// Configuring all points before the first trial, in children, so that values which don't go together are the user's to
// mend (exit code 2) before an hour of measuring.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/clock.hpp"
#include "load/child.hpp"
#include "load/plugin.hpp"
#include "load/scan.hpp"

namespace fairground::load {
namespace {

using nlohmann::json;
constexpr std::uint64_t time_each_ns = 5'000'000'000;

// A host that can be asked nothing yet: configuring must not allocate, find or count.
const fg_host& asking_host() {
  static const fg_host host = [] {
    fg_host h{};
    h.size = sizeof(fg_host);
    h.abi_minor = FG_ABI_MINOR;
    h.workers = h.place_count = 1;
    static const fg_place place{sizeof(fg_place), 0, nullptr};
    static const fg_place* const places[] = {&place};
    h.places = places;
    h.shared_alloc = [](const fg_host*, std::size_t, std::size_t) -> void* { return nullptr; };
    h.finding = [](const fg_host*, fg_finding, fg_certainty, const char*) {};
    h.resource = [](const fg_host*, fg_resource*, fg_resource_kind, std::uint32_t, const char*) { return FG_NO_RESOURCE; };
    h.counter = [](const fg_host*, std::uint32_t, double) {};
    h.go = [](fg_worker*) { return 0; };
    h.count = [](fg_worker*, std::uint64_t) {};
    h.probe = [](fg_worker*, fg_resource*, fg_event, fg_access) {};
    h.stamp_for = [](const fg_host*, fg_contender_slot*) {};
    h.extension = [](const fg_host*, const char*) -> const void* { return nullptr; };
    return h;
  }();
  return host;
}

// Status and sentence of create -> configure -> ask -> destroy.
json configure_one(const fg_workload& w, const json& point) {
  std::array<char, 512> text{};
  fg_error error{sizeof(fg_error), static_cast<std::uint32_t>(text.size()), text.data()};
  void* self = nullptr;
  fg_status status = w.create != nullptr ? w.create(&asking_host(), &self, &error) : FG_OK;
  if (status == FG_OK) {
    const Values values(w, point.at("parameters"));
    const fg_configuration configuration{sizeof(fg_configuration), point.at("workers"),
                                         point.at("as_processes").get<bool>() ? 1u : 0u, values.count(), values.data(), ""};
    status = w.configure != nullptr ? w.configure(self, &configuration, &error) : FG_OK;
    if (status == FG_OK && w.contenders != nullptr) w.contenders(self);
    if (status == FG_OK && w.state_bytes != nullptr) w.state_bytes(self);
    if (w.destroy != nullptr) w.destroy(self);
  }
  text.back() = 0;
  return {{"status", static_cast<unsigned>(status)}, {"text", text.data()}};
}

json question(const plan::Point& p) {
  return {{"workload", p.workload}, {"parameters", p.parameters}, {"workers", p.workers}, {"as_processes", p.as_processes}};
}

// Ask one plugin about its points; behind one that crashed or hung, ask again in a new child.
std::optional<std::string> check_plugin(const std::string& plugin, const std::vector<const plan::Point*>& points) {
  std::size_t next = 0;
  while (next < points.size()) {
    json input = {{"plugin", plugin}, {"points", json::array()}};
    for (std::size_t i = next; i < points.size(); ++i) input["points"].push_back(question(*points[i]));
    Child child({"--configure"}, input.dump());
    child.finish(monotonic_ns() + time_each_ns);
    std::istringstream lines(child.answer());
    std::string line;
    while (next < points.size() && std::getline(lines, line)) {
      const json answer = json::parse(line, nullptr, false);
      if (answer.is_discarded()) break;
      if (answer.value("status", 0u) == FG_BAD_PARAMETER) {
        return fmt::format("{}: {}", points[next]->workload, answer.value("text", std::string("bad parameters")));
      }
      ++next;
    }
    if (child.trouble().empty()) break;
    ++next;  // the one it did not come back from; its trial will show it
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check_points(const std::vector<plan::Point>& points, const std::vector<Library>& libraries) {
  std::map<std::string, std::string> plugin_of;
  for (const Library& library : libraries) {
    for (const plan::WorkloadInfo& w : library.workloads) plugin_of.emplace(w.id, library.path);
  }
  std::map<std::string, std::vector<const plan::Point*>> by_plugin;
  for (const plan::Point& point : points) {
    if (!point.unsupported.empty()) continue;
    if (const auto found = plugin_of.find(point.workload); found != plugin_of.end()) by_plugin[found->second].push_back(&point);
  }
  for (const auto& [plugin, its_points] : by_plugin) {
    if (auto trouble = check_plugin(plugin, its_points)) return trouble;
  }
  return std::nullopt;
}

int configure_main(int, char**) {
  fcntl(answer_fd, F_SETFD, FD_CLOEXEC);
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  const json input = json::parse(text);
  const fg_plugin& plugin = open_plugin(input.at("plugin"));
  for (const json& point : input.at("points")) {
    const json out = configure_one(find_workload(plugin, point.at("workload")), point);
    const std::string line = out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    if (write(answer_fd, line.data(), line.size()) < 0) break;
  }
  _exit(0);
}

}  // namespace fairground::load
