#include "cli/bench_host.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include "base/random.hpp"

namespace fairground::cli {

BenchHost::BenchHost(std::uint32_t workers, std::uint64_t seed, const std::vector<std::vector<unsigned>>& places,
                     std::uint32_t contenders_at_most)
    : contenders_(contenders_at_most), units_(places) {
  units_.resize(workers);
  for (const std::vector<unsigned>& units : units_) {
    places_.push_back({sizeof(fg_place), static_cast<std::uint32_t>(units.size()), units.data()});
    place_pointers_.push_back(&places_.back());
  }
  for (std::uint32_t i = 0; i < workers; ++i) {
    auto lane = std::make_unique<Lane>();
    lane->w.host = &table_;
    lane->w.contenders = contenders_.data();
    lane->w.index = i;
    lane->w.place = i;
    lane->w.seed = hash_of(seed, i);
    lanes_.push_back(std::move(lane));
  }
  table_.size = sizeof(fg_host);
  table_.abi_minor = FG_ABI_MINOR;
  table_.context = this;
  table_.workers = workers;
  table_.place_count = workers;
  table_.places = place_pointers_.data();
  table_.seed = seed;
  table_.shared_alloc = [](const fg_host* h, std::size_t bytes, std::size_t) { return of(h).shared_alloc(bytes); };
  table_.finding = [](const fg_host* h, fg_finding kind, fg_certainty, const char* text) {
    const std::lock_guard lock(of(h).mutex_);
    of(h).findings_.emplace_back(kind, text == nullptr ? "" : text);
  };
  table_.resource = [](const fg_host* h, fg_resource* r, fg_resource_kind kind, std::uint32_t permits, const char*) {
    of(h).resources_.push_back(r);
    r->size = sizeof(fg_resource);
    r->id = static_cast<std::uint32_t>(of(h).resources_.size());
    r->kind = static_cast<std::uint32_t>(kind);
    r->permits = permits;
    return FG_OK;
  };
  table_.counter = [](const fg_host*, std::uint32_t, double) {};
  table_.go = &BenchHost::go;
  table_.count = [](fg_worker* w, std::uint64_t operations) { fg_count(w, operations); };
  table_.probe = [](fg_worker*, fg_resource*, fg_event, fg_access) {};
  table_.stamp_for = [](const fg_host*, fg_contender_slot*) {};
  table_.extension = [](const fg_host*, const char*) -> const void* { return nullptr; };
  table_.ticks = []() -> std::uint64_t { return 0; };
}

BenchHost::~BenchHost() {
  for (const auto& [at, bytes] : memory_) munmap(at, bytes);
}

void* BenchHost::shared_alloc(std::size_t bytes) {
  if (bytes == 0) bytes = 1;
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  memory_.emplace_back(at, bytes);
  return at;
}

fg_worker* BenchHost::worker(std::uint32_t index, benchmark::State& state) {
  lanes_[index]->state = &state;
  return &lanes_[index]->w;
}

// Google Benchmark wants so many iterations of each thread: all of them are one batch, and the loop runs through it
// without asking again.
int BenchHost::go(fg_worker* w) {
  Lane& lane = *of(w->host).lanes_[w->index];
  if (!lane.finished && lane.state->KeepRunningBatch(lane.state->max_iterations)) {
    __atomic_store_n(&w->horizon, w->count + static_cast<std::uint64_t>(lane.state->max_iterations), __ATOMIC_RELAXED);
    return 1;
  }
  lane.finished = true;
  return 0;
}

void BenchHost::drain(std::uint32_t index) {
  while (go(&lanes_[index]->w) != 0) {
  }
}

std::string BenchHost::trouble(std::uint32_t expected) const {
  for (const auto& [kind, text] : findings_) {
    if ((expected & FG_EXPECTS(kind)) == 0) return fmt::format("a finding that was not expected: {}", text);
  }
  for (const fg_resource* r : resources_) {
    if (r->violations > 0) return fmt::format("its resource was entered {} times while it was taken", r->violations);
  }
  return "";
}

}  // namespace fairground::cli
