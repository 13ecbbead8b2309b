// map-mutex: what one writes first: a std::unordered_map, and a std::mutex around it, for readers too.
#include <mutex>
#include <optional>
#include <unordered_map>

#include "kit/map.hpp"

namespace {
class Mutex {
 public:
  static constexpr fairground::kit::MapInfo info{
      .id = "map-mutex",
      .summary = "std::unordered_map under a std::mutex",
      .contended = true,
      .blocks = true,
  };
  struct Local {
    std::optional<fairground::Worker> worker;  // none: control
  };
  void init(fairground::Host host, std::uint32_t keys) {
    map_.reserve(keys);
    host.resource(resource_, FG_EXCLUSIVE, 1, info.id);
  }
  void join(Local& local, fairground::Worker w) { local.worker = w; }
  void leave(Local&) {}

  bool find(Local& local, std::uint64_t key, std::uint64_t& value) {
    return locked(local, [&] {
      const auto at = map_.find(key);
      if (at == map_.end()) return false;
      value = at->second;
      return true;
    });
  }
  bool put(Local& local, std::uint64_t key, std::uint64_t value) {
    return locked(local, [&] { return map_.insert_or_assign(key, value).second; });
  }
  bool erase(Local& local, std::uint64_t key) {
    return locked(local, [&] { return map_.erase(key) == 1; });
  }
  std::size_t size() { return map_.size(); }

 private:
  template <class F>
  bool locked(Local& local, F&& f) {
    if (!local.worker) return f();
    local.worker->wait(resource_);
    const std::lock_guard<std::mutex> lock(mutex_);
    local.worker->acquired(resource_);
    const bool result = f();
    local.worker->released(resource_);
    return result;
  }

  std::mutex mutex_;
  alignas(fairground::kit::line) fg_resource resource_{};
  std::unordered_map<std::uint64_t, std::uint64_t> map_;
};
}  // namespace

FAIRGROUND_WORKLOAD(map_mutex, fairground::kit::Mapped<Mutex>)
