// ownership: who may do what with a lock that somebody else holds. Each operation does to one primitive what its users
// should not, and compares the answer with the promised one (kit/promises.hpp): a stranger gives it back, its owner
// takes it twice, its owner ends with it; between threads and between processes. A semaphore, which anybody may post,
// has no owner: it lets a stranger in, and forgets whoever has died.
#include <fairground/workload.hpp>
#include <string>
#include <vector>

#include "kit/owned.hpp"
#include "kit/promises.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::kit::by_a_stranger;
using fairground::kit::by_another_process;
using fairground::kit::promise_count;
using fairground::kit::promises;

template <class Primitive>
class Ownership {
 public:
  static constexpr fairground::Description description{
      .id = "ownership",
      .family = "locks",
      .group = "semantics",
      .summary = "what mutexes answer to strangers, to their owner and after its death, against a semaphore",
      .operation = "check",
      .invariant = "every answer is the promised one, and leaves the primitive as it implies",
      .capabilities = FG_MAY_BLOCK | FG_PROCESSES,
  };
  static constexpr const auto& counters = fairground::kit::answer_counters;
  static constexpr const char* primitives[] = {"normal",    "errorcheck", "recursive", "robust",
                                               "semaphore", "all",        nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("primitive", &Ownership::primitive_, primitives, all_of_them, "whose owners are tried"));
  }

  explicit Ownership(fairground::Host host) : host_(host) {}

  void setup() {
#ifdef FAIRGROUND_TSAN
    throw fairground::unsupported("ThreadSanitizer reports the misuse that this workload is made of");
#endif
    for (std::size_t i = 0; i < promise_count; ++i)
      if (primitive_ == all_of_them || primitive_ == promises[i].primitive) rows_.push_back(i);
    heard_ = host_.shared<Heard>(host_.workers());
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      for (int& answer : heard_[i].answers) answer = not_asked;
  }

  void run(fairground::Worker w) {
    Heard& mine = heard_[w.index()];
    for (std::size_t turn = w.index(); w.go(); ++turn) {
      const std::size_t row = rows_[turn % rows_.size()];
      mine.object.create(promises[row].primitive);
      bool as_implied = false;
      const int answer = check(mine.object, promises[row], as_implied);
      int& kept = mine.answers[row];
      if (kept == not_asked || kept == promises[row].answer) kept = answer;  // a surprise stays
      if (!as_implied) ++mine.left_otherwise[row];
      w.count();
    }
  }

  void verify() {
    std::vector<int> answers(promise_count, not_asked);
    std::string surprise;
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      for (const std::size_t row : rows_) {
        const int answer = heard_[i].answers[row];
        if (answer == not_asked) continue;
        if (answer != promises[row].answer)
          surprise = std::string(promises[row].key) + ": the answer was " + std::to_string(answer) + ", promised is " +
                     std::to_string(promises[row].answer);
        else if (heard_[i].left_otherwise[row] != 0)
          surprise = std::string(promises[row].key) + ": answered as promised, but left the primitive otherwise";
        if (answers[row] == not_asked || answer != promises[row].answer) answers[row] = answer;
      }
    for (std::uint32_t row = 0; row < promise_count; ++row) host_.counter(row, answers[row]);
    if (!surprise.empty()) throw fairground::wrong(surprise);
  }

 private:
  static constexpr std::int64_t all_of_them = 5;
  static constexpr int not_asked = -1;
  struct alignas(fairground::kit::line) Heard {
    Primitive object;
    int answers[promise_count];
    std::uint32_t left_otherwise[promise_count];
  };

  // The answer; `as_implied`: what it says of the primitive is so.
  static int check(Primitive& it, const fairground::kit::Promise& promise, bool& as_implied) {
    const auto take = [&it] { return it.take(); };
    const auto try_take = [&it] { return it.try_take(); };
    const auto give_back = [&it] { return it.give_back(); };
    int answer = 0;
    switch (promise.act) {
      case fairground::kit::stranger:
      case fairground::kit::process:
        it.take();
        answer = promise.act == fairground::kit::process ? by_another_process(give_back) : by_a_stranger(give_back);
        as_implied = (by_a_stranger(try_take) == 0) == (answer == 0) && it.give_back() == 0;
        break;
      case fairground::kit::relock:
        it.take();
        answer = it.take_soon();
        as_implied = (answer != 0 || it.give_back() == 0) && by_a_stranger(try_take) != 0 && it.give_back() == 0;
        break;
      case fairground::kit::death:
      case fairground::kit::process_death:
        promise.act == fairground::kit::death ? by_a_stranger(take) : by_another_process(take);
        answer = it.try_take();
        as_implied = inherited(it, answer);
        break;
      case fairground::kit::abandon:
        by_a_stranger(take);
        as_implied = it.try_take() == EOWNERDEAD && it.give_back() == 0;
        answer = it.try_take();
        break;
    }
    return answer;
  }

  // What can be done with what somebody died with.
  static bool inherited(Primitive& it, int answer) {
    if (answer == EOWNERDEAD)
      return it.repaired() == 0 && it.give_back() == 0 && it.try_take() == 0 && it.give_back() == 0;
    if (answer == EAGAIN) return it.give_back() == 0 && it.try_take() == 0;  // a semaphore: anybody can help
    return it.try_take() == answer;                                          // lost for good
  }

  fairground::Host host_;
  std::int64_t primitive_ = all_of_them;
  std::vector<std::size_t> rows_;  // of promises
  Heard* heard_ = nullptr;         // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(ownership, Ownership<fairground::kit::Owned>)
