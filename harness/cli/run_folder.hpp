// Where the record of a run goes when nobody said, and how it is called.
#pragma once

#include <filesystem>
#include <string>

namespace fairground::cli {

// results/runs of the checkout that `from` is in, else `from`/fairground-runs.
std::filesystem::path runs_folder(const std::filesystem::path& from);

// Four hexadecimal digits, random, of which there is no folder in `parent` yet (more digits if those are used up).
std::string fresh_id(const std::filesystem::path& parent);

struct RunFolder {
  std::string id;
  std::filesystem::path path;
  std::string shown;  // as a person would type it here
};
// `out`: --out, below the current folder; empty: a fresh one where runs go.
RunFolder run_folder(const std::string& out);

// As a person would type it in `from`: relative if it lies inside.
std::string shown(const std::filesystem::path& path, const std::filesystem::path& from);

}  // namespace fairground::cli
