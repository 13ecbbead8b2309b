// fetch-add: one atomic instruction, which can't fail: each addition takes the word's line once.
#include "kit/counted.hpp"

namespace {
struct FetchAdd {
  static constexpr fairground::kit::CountedInfo info{
      .id = "fetch-add",
      .summary = "fetch_add on one word: nobody has to try again",
  };
  static std::uint64_t add(std::atomic<std::uint64_t>& word, std::uint64_t& tries) {
    ++tries;
    return word.fetch_add(1);
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(fetch_add, fairground::kit::Counted<FetchAdd>)
