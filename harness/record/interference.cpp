// put_interference(): what running side by side did to each of those who did.
#include <algorithm>
#include <array>

#include "record/lines.hpp"
#include "record/nulls.hpp"

namespace fairground::record {

namespace {

using nlohmann::json;

struct Figure {
  const char* metric;
  const char* name;
  const char* unit;
};
constexpr std::array<Figure, 5> figures{{{"throughput_per_s", "throughput", "_per_s"},
                                         {"minimum_share_ratio", "minimum_share", "_ratio"},
                                         {"longest_gap_ns", "longest_gap", "_ns"},
                                         {"starved_contenders", "starved", ""},
                                         {"starvation_episodes", "starvation_episodes", ""}}};

class Party {
 public:
  // together: whether the trial that all were in ended well, so that they ran side by side for all of its window.
  Party(bool together, const json& beside, const json& alone, Nulls& nulls)
      : known_(together && beside.at("status") == "ok" && alone.at("status") == "ok"),
        beside_(beside),
        alone_(alone),
        nulls_(nulls) {}

  json write() {
    out_["workload"] = beside_.at("workload");
    put("alone_trial", alone_.at("trial"));
    for (const Figure& f : figures) {
      put(std::string(f.name) + "_alone" + f.unit, figure(alone_, f));
      put(std::string(f.name) + "_beside" + f.unit, figure(beside_, f));
    }
    const json alone = figure(alone_, figures[0]), beside = figure(beside_, figures[0]);
    const bool known = alone.is_number() && beside.is_number() && alone.get<double>() > 0;
    put("throughput_ratio", known ? json(beside.get<double>() / alone.get<double>()) : json());
    return std::move(out_);
  }

 private:
  [[nodiscard]] json figure(const json& line, const Figure& f) const {
    return known_ ? line.at("metrics").at(f.metric) : json();
  }

  void put(const std::string& key, json value) {
    if (value.is_null()) nulls_.none("interference.parties." + key, "not-known-in-one-of-its-trials");
    out_[key] = std::move(value);
  }

  bool known_;
  const json &beside_, &alone_;
  Nulls& nulls_;
  json out_ = json::object();
};

}  // namespace

void put_interference(json& line, const json& beside, const std::vector<json>& alone) {
  Nulls nulls;
  const json& companions = beside.at("companions");
  const bool together = beside.at("status") == "ok";
  json parties = json::array();
  for (std::size_t i = 0; i < std::min(alone.size(), companions.size() + 1); ++i) {
    json& party = parties.emplace_back(Party(together, i == 0 ? beside : companions[i - 1], alone[i], nulls).write());
    party["companion"] = i == 0 ? json() : json(i - 1);
  }
  line["interference"] = {{"of", beside.at("trial")}, {"parties", std::move(parties)}};
  line["null_reasons"].update(nulls.reasons());
}

}  // namespace fairground::record
