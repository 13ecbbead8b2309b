#include "load/scan.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "load/child.hpp"
#include "load/plugin.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t silence_ns = 5'000'000'000;
constexpr std::size_t most_workloads = 1000;

Library at(const fs::path& file, bool asked_for) {
  std::error_code unknown;
  const fs::path canonical = fs::canonical(file, unknown);
  Library library;
  library.path = unknown ? file.string() : canonical.string();
  library.asked_for = asked_for;
  library.file = identity_of(library.path);
  return library;
}

Library refused_folder(std::string_view folder, const std::string& why) {
  Library library;
  library.path = printable(folder);
  library.error = fmt::format("The folder {} in FAIRGROUND_PLUGIN_PATH is not searched: {}.", in_quotes(folder), why);
  return library;
}

// Its *.so files, sorted by name. False if it can't be read, with why in `reason`.
bool add_folder(const fs::path& folder, std::vector<Library>& found, std::string& reason) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  }
  reason = error.message();
  if (error) return false;
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) found.push_back(at(file, false));
  return true;
}

void add_search_path(std::string_view path, std::vector<Library>& found) {
  // Like std::getline, but the empty entry at the end counts: it is the current directory to many programs.
  while (true) {
    const std::size_t colon = path.find(':');
    const std::string_view folder = path.substr(0, colon);
    std::string reason;
    if (folder.empty()) {
      found.push_back(refused_folder(folder, "it is empty; name absolute folders only"));
    } else if (folder.front() != '/') {
      found.push_back(refused_folder(folder, "it is relative; name absolute folders only"));
    } else if (!add_folder(folder, found, reason)) {
      found.push_back(refused_folder(folder, reason));
    }
    if (colon == std::string_view::npos) return;
    path.remove_prefix(colon + 1);
  }
}

std::vector<Library> candidates(const std::vector<std::string>& named) {
  std::vector<Library> found;
  found.reserve(named.size());
  for (const std::string& file : named) found.push_back(at(file, true));
  const char* path = std::getenv("FAIRGROUND_PLUGIN_PATH");
  if (path != nullptr && *path != 0) add_search_path(path, found);
  std::string reason;
  add_folder(own_plugin_folder(), found, reason);  // where there is none, nothing is installed
  std::vector<Library> unique;                     // one file by two ways is one plugin
  for (Library& library : found) {
    const auto same = [&](const Library& other) { return other.path == library.path && other.error.empty(); };
    if (!library.error.empty() || std::none_of(unique.begin(), unique.end(), same))
      unique.push_back(std::move(library));
  }
  return unique;
}

std::string cant_be_loaded(const Library& library, const std::string& why) {
  return fmt::format("The plugin {} can't be loaded: {}.", printable(library.path), why);
}

void take(const Answer& answer, Library& library) {
  bool described = false;
  try {
    for (const json& line : answer.lines) {
      if (line.contains("sha256")) library.sha256 = line.at("sha256");
      if (line.contains("error")) library.error = line.at("error");
      if (!line.contains("workloads")) continue;
      library.name = line.at("name");
      for (const json& w : line.at("workloads")) library.workloads.push_back(plan::workload_from_json(w));
      described = true;
    }
  } catch (const std::exception&) {
    library.error = cant_be_loaded(library, "what came back of it is no description");
  }
  if (library.error.empty() && !answer.trouble.empty()) {
    library.error = cant_be_loaded(library, "the process that loaded it " + answer.trouble);
  }
  if (library.error.empty() && !described) {
    library.error = cant_be_loaded(library, "it ended the process that loaded it");
  }
  if (!library.error.empty()) library.workloads.clear();
}

void drop_duplicates(std::vector<Library>& libraries) {
  std::map<std::string, std::string> owner;  // of an id: the path
  for (Library& library : libraries) {
    std::map<std::string, std::vector<std::string>> dropped;  // by the path of who has them
    std::erase_if(library.workloads, [&](const plan::WorkloadInfo& w) {
      const auto [first, fresh] = owner.emplace(w.id, library.path);
      if (!fresh) dropped[first->second].push_back(w.id);
      return !fresh;
    });
    for (const auto& [path, ids] : dropped) {
      library.warnings.push_back(
          fmt::format("Of the plugin {} these are left out, because {} has workloads of that name: {}.",
                      printable(library.path), printable(path), fmt::join(ids, ", ")));
    }
  }
}

json description(const std::string& path) {
  const fg_plugin& plugin = open_plugin(path);
  const std::string name = plugin.name == nullptr ? "" : plugin.name;
  if (name.empty() || name.size() > 200 || printable(name) != name) {
    throw UserError(
        fmt::format("The plugin {} can't be used: its name is missing or can't be printed.", printable(path)));
  }
  json out = {{"name", name}, {"workloads", json::array()}};
  std::map<std::string, int> seen;
  for (const fg_workload* const* w = plugin.workloads; *w != nullptr; ++w) {
    const plan::WorkloadInfo info = describe(**w, path);
    if (++seen[info.id] > 1) {
      throw UserError(
          fmt::format("The plugin {} can't be used: it has two workloads {}.", printable(path), in_quotes(info.id)));
    }
    if (seen.size() > most_workloads) {
      throw UserError(
          fmt::format("The plugin {} can't be used: it has more than {} workloads.", printable(path), most_workloads));
    }
    out["workloads"].push_back(plan::to_json(info, true));
  }
  return out;
}

// Else a plugin would seem to be at fault, or a workload not to be there.
void expect_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= least_descriptors) return;
  throw UserError(
      fmt::format("Plugins can't be asked what they have: that takes {} descriptors, and ulimit -n leaves {}.",
                  least_descriptors, limit.rlim_cur));
}

void expect_started(const std::vector<Answer>& answers) {
  for (const Answer& answer : answers) {
    if (!answer.started)
      throw UserError(
          fmt::format("Plugins can't be asked what they have: the process for it {}; see ulimit -u, and the "
                      "cgroup's pids.max and memory.",
                      answer.trouble));
  }
}

}  // namespace

std::vector<Library> scan(const std::vector<std::string>& named) {
  expect_descriptors();
  std::vector<Library> libraries = candidates(named);
  std::vector<Question> questions;
  std::vector<Library*> asked;
  for (Library& library : libraries) {
    if (!library.error.empty()) continue;
    questions.push_back({{"--scan", library.path}, ""});
    asked.push_back(&library);
  }
  const std::vector<Answer> answers = ask(questions, silence_ns);
  expect_started(answers);
  for (std::size_t i = 0; i < answers.size(); ++i) take(answers[i], *asked[i]);
  drop_duplicates(libraries);
  return libraries;
}

void refuse_unloadable(const std::vector<Library>& libraries) {
  for (const Library& library : libraries) {
    if (library.asked_for && !library.error.empty()) throw UserError(library.error);
  }
}

int scan_main(int argc, char** argv) {
  if (argc < 3) return 2;
  stand_guard();
  const std::string path = argv[2];
  try {
    if (fs::is_regular_file(path)) say({{"sha256", sha256_of_file(path)}});
    say(description(path));
  } catch (const UserError& error) {
    say({{"error", error.what()}});
  } catch (const std::exception& error) {
    say({{"error", fmt::format("The plugin {} can't be loaded: {}.", printable(path), printable(error.what()))}});
  } catch (...) {
    say({{"error", fmt::format("The plugin {} can't be loaded: it threw something while it was.", printable(path))}});
  }
  _exit(0);  // without the plugin's destructors
}

}  // namespace fairground::load
