// file-write: random 4 KiB writes to one file that all workers share, each to blocks of its own, with an fsync after
// every `sync` of them. The file's inode, and the journal, are what they contend for.
#include <fairground/workload.hpp>
#include <memory>
#include <string>

#include "kit/block_file.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Block;

class FileWrite {
 public:
  static constexpr fairground::Description description{
      .id = "file-write",
      .family = "io",
      .group = "file",
      .summary = "random 4 KiB writes to one file, through the page cache or past it, with fsync every so often",
      .operation = "write",
      .invariant = "read back at the end, every block is whole and the last that its worker wrote there",
      .capabilities = FG_FILES | FG_MAY_BLOCK | FG_PROCESSES,
  };
  static constexpr const char* modes[] = {"buffered", "direct", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("mode", &FileWrite::mode_, modes, 0, "through the page cache, or past it with O_DIRECT"),
        fairground::size("size", &FileWrite::size_, 64 << 20, Block::bytes, 1ll << 40, "of the file, in whole blocks"),
        fairground::integer("sync", &FileWrite::sync_, 64, 0, 1'000'000,
                            "fsync after so many of a worker's writes; 0: never", "writes"));
  }
  static constexpr fairground::Counter counters[] = {{"written_bytes", "by all workers, warm-up and drain included"},
                                                     {"syncs", "calls of fsync, likewise"}};
  struct Local {
    fairground::kit::Descriptor file;
    std::unique_ptr<Block> block = std::make_unique<Block>();
  };

  explicit FileWrite(fairground::Host host) : host_(host) {}
  void configure(const fairground::Configuration& c) {
    path_ = std::string(c.scratch()) + "/file-write";
    if (blocks() < c.workers()) throw fairground::bad_parameter("size: fewer blocks of 4 KiB than workers");
  }
  void setup() {
    fairground::kit::create_file(path_, blocks(), direct());
    last_ = host_.shared<std::uint64_t>(blocks());
    tallies_ = host_.shared<Tally>(host_.workers());
  }
  void worker_start(Worker, Local& local) { local.file = fairground::kit::open_file(path_, O_WRONLY, direct()); }

  void run(Worker w, Local& local) {
    fairground::kit::Random random(w.seed());
    const std::uint64_t me = w.index(), all = host_.workers(), own = (blocks() - me + all - 1) / all;
    Tally& tally = tallies_[me];
    while (w.go()) {
      const std::uint64_t index = me + all * random.below(own);  // nobody else writes there
      local.block->fill(index, ++tally.writes, me + 1);
      fairground::kit::write_block(local.file, *local.block, index);
      last_[index] = tally.writes;
      if (sync_ != 0 && tally.writes % static_cast<std::uint64_t>(sync_) == 0) {
        if (::fsync(local.file.get()) != 0) fairground::kit::throw_errno(errno, "fsync");
        ++tally.syncs;
      }
      w.count();
    }
  }

  void verify() {
    Tally all{};
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      all = {all.writes + tallies_[i].writes, all.syncs + tallies_[i].syncs};
    host_.counter(0, static_cast<double>(all.writes) * Block::bytes);
    host_.counter(1, static_cast<double>(all.syncs));
    const auto file = fairground::kit::open_file(path_, O_RDONLY, false);  // in order, so with read-ahead
    if (direct()) (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
    const auto block = std::make_unique<Block>();
    for (std::uint64_t i = 0; i < blocks(); ++i) {
      fairground::kit::read_block(file, *block, i);
      const std::uint64_t writer = last_[i] == 0 ? 0 : i % host_.workers() + 1;
      if (!block->whole(i)) throw fairground::wrong("block " + std::to_string(i) + " is damaged");
      if (block->sequence != last_[i] || block->writer != writer)
        throw fairground::wrong("block " + std::to_string(i) + " holds write " + std::to_string(block->sequence) +
                                " of " + std::to_string(block->writer) + ", not " + std::to_string(last_[i]) + " of " +
                                std::to_string(writer));
    }
  }

  void teardown() { ::unlink(path_.c_str()); }

 private:
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t writes, syncs;
  };
  [[nodiscard]] std::uint64_t blocks() const { return static_cast<std::uint64_t>(size_ / Block::bytes); }
  [[nodiscard]] bool direct() const { return mode_ == 1; }

  fairground::Host host_;
  std::int64_t mode_ = 0, size_ = 0, sync_ = 0;
  std::string path_;
  std::uint64_t* last_ = nullptr;  // of each block: which of its worker's writes; shared, as the tallies are
  Tally* tallies_ = nullptr;
};
}  // namespace

FAIRGROUND_WORKLOAD(file_write, FileWrite)
