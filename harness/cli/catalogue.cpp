#include "cli/catalogue.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descendants.hpp"
#include "base/error.hpp"
#include "load/scan.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {
namespace {

void print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE) {
    throw UserError(fmt::format("Standard output can't be written to: {}.", std::strerror(errno)));
  }
}

}  // namespace

std::vector<plan::WorkloadInfo> catalogue(const std::vector<std::string>& named) {
  // What a plugin starts and a guard can't end, because it was killed, comes to us.
  become_subreaper();
  const std::vector<load::Library> libraries = load::scan(named);
  end_descendants({});
  load::refuse_unloadable(libraries);
  for (const load::Library& library : libraries) {
    if (!library.error.empty()) fmt::print(stderr, "warning: {}\n", library.error);
    for (const std::string& warning : library.warnings) fmt::print(stderr, "warning: {}\n", warning);
  }
  std::vector<plan::WorkloadInfo> all;
  for (const load::Library& library : libraries) {
    all.insert(all.end(), library.workloads.begin(), library.workloads.end());
  }
  return all;
}

void print_lines(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text.append(line.render()).append("\n");
  print(text);
}

void print_json(const nlohmann::json& json) {
  print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace fairground::cli
