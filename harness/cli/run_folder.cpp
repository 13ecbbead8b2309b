#include "cli/run_folder.hpp"

#include <fmt/format.h>

#include <random>
#include <system_error>

namespace fairground::cli {

namespace fs = std::filesystem;

fs::path runs_folder(const fs::path& from) {
  std::error_code ignored;
  for (fs::path folder = from; !folder.empty(); folder = folder.parent_path()) {
    const bool checkout = fs::exists(folder / "results/schema/run.schema.json", ignored) &&
                          fs::exists(folder / "plugins/include/fairground/plugin.h", ignored);
    if (checkout) return folder / "results/runs";
    if (folder == folder.root_path()) break;
  }
  return from / "fairground-runs";
}

std::string fresh_id(const fs::path& parent) {
  std::random_device random;
  std::error_code ignored;
  for (unsigned digits = 4;; ++digits) {
    for (int attempt = 0; attempt < 64; ++attempt) {
      const std::uint64_t number = (static_cast<std::uint64_t>(random()) << 32) | random();
      const std::string id = fmt::format("{:016x}", number).substr(0, std::min(digits, 16u));
      if (digits >= 16 || !fs::exists(parent / id, ignored)) return id;
    }
  }
}

std::string shown(const fs::path& path, const fs::path& from) {
  const fs::path relative = path.lexically_normal().lexically_relative(from);
  if (relative.empty() || *relative.begin() == "..") return path.lexically_normal().string();
  return relative.string();
}

RunFolder run_folder(const std::string& out) {
  const std::filesystem::path here = std::filesystem::current_path();
  const std::filesystem::path parent = runs_folder(here);
  RunFolder folder;
  folder.id = fresh_id(parent);
  folder.path = out.empty() ? parent / folder.id : here / out;
  folder.shown = shown(folder.path, here);
  return folder;
}

}  // namespace fairground::cli
