// Reading run.jsonl back (results/schema/format.md): is it whole, and is it ours to read?
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fairground::record {

// The newest schema that this program knows, "MAJOR.MINOR". Newer majors are refused.
inline constexpr const char* schema_version = "1.0";
inline constexpr unsigned schema_major = 1;

struct StoredRun {
  std::vector<nlohmann::json> lines;  // kinds of records that this program doesn't know included
  bool complete = false;              // ends with a footer whose hash is right
  std::vector<std::string> problems;  // sentences: why it is incomplete
  std::uint64_t bytes = 0;            // of these lines: what comes after them is half a line
  std::uint64_t file_bytes = 0;       // with that
};

// `path` is a run.jsonl, or the folder that holds one. A file without its footer, or whose last line is half written,
// is read and called incomplete. Throws UserError for what is no record, is damaged (a line that is no JSON, a wrong
// hash; names the line), is of a newer major version, or can't be read.
StoredRun read_run(const std::filesystem::path& path);

}  // namespace fairground::record
