// run.jsonl: append-only JSON Lines, flushed to disk after every line; the footer holds the SHA-256 of all before it.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "record/reader.hpp"

namespace fairground::record {

class Writer {
 public:
  // Creates the folder (and its parents) and run.jsonl in it. Throws UserError if it can't be written to or a record is
  // there already. With `echo`, every line goes to standard output too.
  Writer(const std::filesystem::path& folder, bool echo);
  // Goes on in the record that is in the folder, after the lines that were read of it: what comes after them is cut
  // off. The next line must be a header that says `resumed`. Throws UserError if there is none, it can't be read or
  // written to, another run is writing to it, or has since it was read.
  static Writer resume(const std::filesystem::path& folder, const StoredRun& read, bool echo);
  Writer(Writer&&) noexcept;
  ~Writer();  // without footer() the file stays readable and counts as incomplete
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // One object with its kind in "record". Throws UserError("... disk is full ...") if it did not reach the disk whole;
  // what was there before stays valid.
  void write(const nlohmann::json& line);
  // A file of its own in the folder, whole or not at all, written before the line that names it. Throws as write()
  // does.
  void write_beside(const std::string& name, const std::string& text);
  void footer();
  [[nodiscard]] const std::filesystem::path& folder() const;

 private:
  struct State;
  Writer();
  std::unique_ptr<State> state_;
};

}  // namespace fairground::record
