// Small files, written whole or not at all, and folders that nobody else may enter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace fairground {

// The content of a small file (of /proc and /sys too, which tell no size). Null if it is missing, unreadable, no
// regular file or longer than `limit` bytes.
std::optional<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit = 1 << 20);

// The number behind a word, in a small file of "WORD NUMBER" lines: /proc/vmstat, memory.stat. Null if it isn't there.
std::optional<std::uint64_t> number_behind(const std::filesystem::path& path, std::string_view word);

// Which file, and which content of it, as far as that shows without reading it.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0, bytes = 0;
  std::int64_t modified_ns = 0;  // since the epoch
  bool operator==(const FileIdentity&) const = default;
};

// Of what the path leads to; all 0 where that is nothing.
FileIdentity identity_of(const std::filesystem::path& path);

// Replace a file's content in one step: a reader, or a crash at any moment, finds the old content or the new one, never
// a part. On disk when it returns. Throws SystemError (disk full, no permission); then the old file is untouched.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

// TMPDIR, else /tmp.
std::filesystem::path temporary_folder();

// A new empty folder PREFIX-MARK-XXXXXX, mode 0700, in `parent`; empty: in temporary_folder(). MARK tells its maker
// (base/maker.hpp). Throws SystemError.
std::filesystem::path make_private_folder(std::string_view prefix, std::filesystem::path parent = {});

// Remove a file, or a folder with all that is in it, folders without write permission too; symbolic links are removed,
// not followed. True if nothing is left; a missing path is fine.
bool remove_tree(const std::filesystem::path& path) noexcept;

// A private folder that goes when its owner does.
class PrivateFolder {
 public:
  explicit PrivateFolder(std::string_view prefix, const std::filesystem::path& parent = {})
      : path_(make_private_folder(prefix, parent)) {}
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() { remove_tree(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace fairground
