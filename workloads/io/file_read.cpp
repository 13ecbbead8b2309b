// file-read: random 4 KiB reads of one file that all workers share, from the page cache (buffered) or past it (direct).
#include <fairground/workload.hpp>
#include <memory>
#include <string>

#include "kit/block_file.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Block;

class FileRead {
 public:
  static constexpr fairground::Description description{
      .id = "file-read",
      .family = "io",
      .group = "file",
      .summary = "random 4 KiB reads of one file, from the page cache or past it",
      .operation = "read",
      .invariant = "every block read is whole and the one of its place: offset and checksum agree",
      .capabilities = FG_FILES | FG_MAY_BLOCK | FG_PROCESSES,
  };
  static constexpr const char* modes[] = {"buffered", "direct", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("mode", &FileRead::mode_, modes, 0, "through the page cache, or past it with O_DIRECT"),
        fairground::size("size", &FileRead::size_, 64 << 20, Block::bytes, 1ll << 40, "of the file, in whole blocks"));
  }
  struct Local {
    fairground::kit::Descriptor file;
    std::unique_ptr<Block> block = std::make_unique<Block>();
  };

  void configure(const fairground::Configuration& c) { path_ = std::string(c.scratch()) + "/file-read"; }
  void setup() { fairground::kit::create_file(path_, blocks(), direct()); }
  void worker_start(Worker, Local& local) { local.file = fairground::kit::open_file(path_, O_RDONLY, direct()); }

  void run(Worker w, Local& local) {
    fairground::kit::Random random(w.seed());
    while (w.go()) {
      const std::uint64_t index = random.below(blocks());
      fairground::kit::read_block(local.file, *local.block, index);
      if (!local.block->whole(index)) throw fairground::wrong("block " + std::to_string(index) + " is damaged");
      w.count();
    }
  }

  void teardown() { ::unlink(path_.c_str()); }

 private:
  [[nodiscard]] std::uint64_t blocks() const { return static_cast<std::uint64_t>(size_ / Block::bytes); }
  [[nodiscard]] bool direct() const { return mode_ == 1; }

  std::int64_t mode_ = 0, size_ = 0;
  std::string path_;
};
}  // namespace

FAIRGROUND_WORKLOAD(file_read, FileRead)
