#include "load/scan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "load/child.hpp"
#include "load/plugin.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t scan_time_ns = 5'000'000'000;

void add_folder(const fs::path& folder, std::vector<Library>& out) {
  std::error_code error;
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".so") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) out.emplace_back().path = file;
}

// Beside the program: PREFIX/bin/fairground and PREFIX/lib/fairground/plugins.
fs::path own_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink(program_path(), error);
  return program.parent_path().parent_path() / "lib/fairground/plugins";
}

std::vector<Library> candidates(const std::vector<std::string>& named) {
  std::vector<Library> out;
  for (const std::string& file : named) {
    out.emplace_back().path = file;
    out.back().asked_for = true;
  }
  if (const char* path = std::getenv("FAIRGROUND_PLUGIN_PATH"); path != nullptr) {
    std::string rest = path;
    while (!rest.empty()) {
      const std::size_t colon = rest.find(':');
      const std::string folder = rest.substr(0, colon);
      rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
      if (folder.empty()) continue;
      if (folder.front() == '/') {
        add_folder(folder, out);
      } else {
        out.emplace_back().path = folder;
        out.back().error = fmt::format(
            "the folder '{}' of FAIRGROUND_PLUGIN_PATH is left out: only absolute ones are searched", folder);
      }
    }
  }
  add_folder(own_folder(), out);
  std::vector<Library> unique;  // the same file by two ways is one
  for (Library& library : out) {
    std::error_code error;
    const fs::path canonical = fs::canonical(library.path, error);
    if (!error && library.error.empty()) library.path = canonical.string();
    const bool known = std::any_of(unique.begin(), unique.end(), [&](const Library& l) { return l.path == library.path; });
    if (!known) unique.push_back(std::move(library));
  }
  return unique;
}

void hear(Child& child, Library& library, std::uint64_t deadline_ns) {
  child.finish(deadline_ns);
  if (!child.trouble().empty()) {
    library.error = fmt::format("can't load the plugin {}: while it was loaded, it {}", library.path, child.trouble());
    return;
  }
  try {
    const nlohmann::json answer = nlohmann::json::parse(child.answer());
    library.error = answer.value("error", "");
    library.name = answer.value("name", "");
    library.sha256 = answer.value("sha256", "");
    for (const nlohmann::json& workload : answer.value("workloads", nlohmann::json::array())) {
      library.workloads.push_back(plan::workload_from_json(workload));
    }
  } catch (const std::exception&) {
    library.error = fmt::format("can't load the plugin {}: it ended the program that loaded it", library.path);
  }
}

// The first plugin that brings an id keeps it.
void drop_duplicates(std::vector<Library>& libraries) {
  std::map<std::string, std::string> owner;
  for (Library& library : libraries) {
    std::erase_if(library.workloads, [&](const plan::WorkloadInfo& w) {
      const auto [found, fresh] = owner.emplace(w.id, library.path);
      if (!fresh) {
        library.error = fmt::format("the workload '{}' of {} is left out: {} has one of that name", w.id, library.path,
                                    found->second);
      }
      return !fresh;
    });
  }
}

void answer(const nlohmann::json& json) {
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(answer_fd, text.data() + done, text.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace

std::vector<Library> scan(const std::vector<std::string>& named) {
  std::vector<Library> libraries = candidates(named);
  const std::size_t at_once = std::max(1u, std::thread::hardware_concurrency()) * 4;
  for (std::size_t begin = 0; begin < libraries.size(); begin += at_once) {
    const std::size_t end = std::min(begin + at_once, libraries.size());
    std::vector<std::pair<std::size_t, Child>> children;
    for (std::size_t i = begin; i < end; ++i) {
      if (libraries[i].error.empty()) children.emplace_back(i, Child({"--scan", libraries[i].path}, ""));
    }
    const std::uint64_t deadline = monotonic_ns() + scan_time_ns;
    for (auto& [i, child] : children) hear(child, libraries[i], deadline);
  }
  drop_duplicates(libraries);
  return libraries;
}

int scan_main(int argc, char** argv) {
  fcntl(answer_fd, F_SETFD, FD_CLOEXEC);
  if (argc < 3) return 2;
  nlohmann::json out;
  try {
    const std::string path = argv[2];
    const fg_plugin& plugin = open_plugin(path);
    out["name"] = plugin.name == nullptr ? "" : plugin.name;
    out["sha256"] = sha256_of_file(path);
    out["workloads"] = nlohmann::json::array();
    for (const fg_workload* const* w = plugin.workloads; *w != nullptr; ++w) {
      out["workloads"].push_back(plan::to_json(describe(**w, path), true));
    }
  } catch (const std::exception& e) {
    out = {{"error", e.what()}};
  }
  answer(out);
  _exit(0);
}

}  // namespace fairground::load
