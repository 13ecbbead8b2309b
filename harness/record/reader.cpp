#include "record/reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace fairground::record {

namespace {

using nlohmann::json;

std::string read_all(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    throw UserError(fmt::format("The record {} can't be read: {}; name a run.jsonl or the folder that holds one.",
                                in_quotes(file.string()), std::strerror(errno == 0 ? EIO : errno)));
  }
  return text;
}

[[noreturn]] void damaged(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw UserError(fmt::format("{} is damaged: line {} {}; take it from a backup, or run again.",
                              in_quotes(file.string()), line, what));
}

std::string kind_of(const json& line) {
  const auto record = line.find("record");
  return record != line.end() && record->is_string() ? record->get<std::string>() : "";
}

// The object in this line, with its kind; null if it is none.
std::optional<json> parse(std::string_view text) {
  json line = json::parse(text, nullptr, false);
  if (!line.is_object() || kind_of(line).empty()) return std::nullopt;
  return line;
}

void check_header(const std::filesystem::path& file, const json& header) {
  const auto schema = header.find("schema");
  const std::string version = schema != header.end() && schema->is_string() ? schema->get<std::string>() : "";
  unsigned major = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  if (error != std::errc() || end == version.data() + version.size() || *end != '.') {
    damaged(file, 1, "names no version of the schema");
  }
  if (major > schema_major) {
    throw UserError(fmt::format("{} is of schema {}, this program reads {}.x; read it with a newer Fairground.",
                                in_quotes(file.string()), version, schema_major));
  }
}

// What the file looked like up to a line, for the rules that hold between lines.
struct Progress {
  Sha256 hash;
  bool footer = false;  // the line before was one
};

void check_line(const std::filesystem::path& file, std::size_t number, const json& line, Progress& progress) {
  const std::string kind = kind_of(line);
  if (number == 1) {
    if (kind != "header") damaged(file, 1, "is no header");
    check_header(file, line);
  }
  if (progress.footer && !(kind == "header" && line.value("resumed", false))) {
    damaged(file, number, "comes after the footer");
  }
  progress.footer = kind == "footer";
  if (progress.footer && line.value("sha256", json()) != progress.hash.hex()) {
    damaged(file, number, "holds another hash than the lines before it");
  }
}

}  // namespace

StoredRun read_run(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path file = std::filesystem::is_directory(path, ignored) ? path / "run.jsonl" : path;
  const std::string text = read_all(file);
  StoredRun run;
  run.file_bytes = text.size();
  Progress progress;
  bool half = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    half = end == std::string::npos;
    const std::string_view bytes = std::string_view(text).substr(begin, half ? half : end - begin + 1);
    if (half) break;
    const std::optional<json> line = parse(bytes);
    const bool last = end + 1 == text.size();
    if (!line && last && !run.lines.empty()) {
      half = true;
      break;
    }
    if (!line) damaged(file, run.lines.size() + 1, "is no JSON object with its kind in \"record\"");
    check_line(file, run.lines.size() + 1, *line, progress);
    progress.hash.update(bytes);
    run.lines.push_back(*line);
    begin = end + 1;
    run.bytes = begin;
  }
  if (run.lines.empty()) {
    throw UserError(fmt::format("{} holds no whole line of a record; run again.", in_quotes(file.string())));
  }
  run.complete = progress.footer && !half;
  if (half) run.problems.push_back("The last line is half written: the run was cut short.");
  if (!progress.footer) run.problems.push_back("There is no footer: the run did not come to its end.");
  return run;
}

}  // namespace fairground::record
