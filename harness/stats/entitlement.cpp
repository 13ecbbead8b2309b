#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "stats/metrics.hpp"

// Weighted max-min fairness by progressive filling (Bertsekas and Gallager, Data Networks, 2nd ed., 1992,
// section 6.5.2): all rates rise together, each in proportion to its weight, until some can rise no further: a
// contender that has a whole unit, or a set of contenders whose units are full. Those are fixed, the others rise on.
// Whether rates fit the units is a maximum flow from contenders to units; where they don't, the minimum cut names the
// set that is too greedy, which lowers the level (Newton's method on the cuts, as Megiddo, Math. Programming 7, 1974).
namespace fairground::stats {
namespace {

constexpr double tolerance = 1e-9;  // of one unit

// Contenders that may use the same units, told by their indexes.
struct Group {
  std::vector<std::size_t> units;
  std::vector<std::size_t> contenders;
};

// One component; its units are numbered 0, 1, ...
class Filling {
 public:
  Filling(std::vector<Group> groups, std::size_t units, std::span<const double> weight, std::vector<double>& rate)
      : groups_(std::move(groups)), users_(units), weight_(weight), rate_(rate) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      for (std::size_t k = 0; k < groups_[g].units.size(); ++k) users_[groups_[g].units[k]].push_back({g, k});
      for (const std::size_t i : groups_[g].contenders) rising_.push_back({g, i});
    }
  }

  void run() {
    while (!rising_.empty()) {
      double level = std::numeric_limits<double>::infinity();
      for (const Rising& r : rising_) level = std::min(level, 1 / weight_[r.contender]);
      std::vector<bool> stuck = fit(level);
      fix(level, stuck);
    }
  }

 private:
  struct Rising {
    std::size_t group, contender;
  };
  struct Use {
    std::size_t group, place;  // of the unit in the group's list
  };

  // Lower the level until the rates fit; true for each group that could take no more then.
  std::vector<bool> fit(double& level) {
    for (;;) {
      std::vector<bool> greedy = route(level);
      if (std::find(greedy.begin(), greedy.end(), true) == greedy.end()) break;
      const double lower = level_of(greedy);
      if (!(lower < level)) return greedy;  // equal up to rounding
      level = lower;
    }
    std::vector<bool> stuck(groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) stuck[g] = !search(g).found;
    return stuck;
  }

  // At which the rates of these groups fill exactly the units that they reach.
  double level_of(const std::vector<bool>& chosen) const {
    std::vector<bool> reached(users_.size(), false);
    double room = 0, weight = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (!chosen[g]) continue;
      for (const std::size_t u : groups_[g].units) {
        if (!reached[u]) room += 1;
        reached[u] = true;
      }
      for (const std::size_t i : groups_[g].contenders) room -= rate_[i];
    }
    for (const Rising& r : rising_) {
      if (chosen[r.group]) weight += weight_[r.contender];
    }
    return weight > 0 ? std::max(0.0, room) / weight : std::numeric_limits<double>::infinity();
  }

  // Send all rates to the units. Empty-handed (all false) if they fit, else the groups of the minimum cut.
  std::vector<bool> route(double level) {
    std::vector<double> unmet(groups_.size(), 0.0);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      for (const std::size_t i : groups_[g].contenders) unmet[g] += rate_[i];
    }
    for (const Rising& r : rising_) unmet[r.group] += level * weight_[r.contender];
    free_.assign(users_.size(), 1.0);
    flow_.clear();
    for (const Group& group : groups_) flow_.emplace_back(group.units.size(), 0.0);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      while (unmet[g] > tolerance) {
        const Search path = search(g);
        if (!path.found) return path.groups;
        unmet[g] -= push(g, path, unmet[g]);
      }
    }
    return std::vector<bool>(groups_.size(), false);
  }

  // Breadth-first from a group through units, and from a full unit to those who could move elsewhere, to a unit with
  // room.
  struct Search {
    bool found = false;
    std::size_t unit = 0;           // with room
    std::vector<bool> groups;       // reached
    std::vector<Use> through;       // unit -> the group's use by which it was reached
    std::vector<std::size_t> from;  // group -> the unit from which it was reached
  };
  Search search(std::size_t start) const {
    Search s;
    s.groups.assign(groups_.size(), false);
    s.through.assign(users_.size(), {groups_.size(), 0});
    s.from.assign(groups_.size(), users_.size());
    s.groups[start] = true;
    for (std::deque<std::size_t> queue{start}; !queue.empty(); queue.pop_front()) {
      const std::size_t g = queue.front();
      for (std::size_t k = 0; k < groups_[g].units.size(); ++k) {
        const std::size_t u = groups_[g].units[k];
        if (s.through[u].group != groups_.size()) continue;
        s.through[u] = {g, k};
        if (free_[u] > tolerance) {
          s.found = true;
          s.unit = u;
          return s;
        }
        for (const Use& use : users_[u]) {
          if (s.groups[use.group] || flow_[use.group][use.place] <= tolerance) continue;
          s.groups[use.group] = true;
          s.from[use.group] = u;
          queue.push_back(use.group);
        }
      }
    }
    return s;
  }

  // Along the path found, as much as it takes; the amount.
  double push(std::size_t start, const Search& path, double amount) {
    amount = std::min(amount, free_[path.unit]);
    const auto walk = [&](auto&& step) {
      for (std::size_t u = path.unit;;) {
        const Use to = path.through[u];
        if (to.group == start) return step(flow_[to.group][to.place], nullptr);
        u = path.from[to.group];
        const auto& units = groups_[to.group].units;
        const auto place = static_cast<std::size_t>(std::find(units.begin(), units.end(), u) - units.begin());
        step(flow_[to.group][to.place], &flow_[to.group][place]);
      }
    };
    walk([&](double&, const double* taken) {
      if (taken != nullptr) amount = std::min(amount, *taken);
    });
    walk([&](double& given, double* taken) {
      given += amount;
      if (taken != nullptr) *taken -= amount;
    });
    free_[path.unit] -= amount;
    return amount;
  }

  // Those in stuck groups and those with a whole unit rise no more.
  void fix(double level, const std::vector<bool>& stuck) {
    std::vector<Rising> on;
    for (const Rising& r : rising_) {
      const double rate = level * weight_[r.contender];
      if (stuck[r.group] || rate >= 1 - tolerance) {
        rate_[r.contender] = std::min(rate, 1.0);
      } else {
        on.push_back(r);
      }
    }
    rising_ = std::move(on);
  }

  std::vector<Group> groups_;
  std::vector<std::vector<Use>> users_;  // of each unit
  std::span<const double> weight_;
  std::vector<double>& rate_;  // of the fixed ones; 0 for those that rise
  std::vector<Rising> rising_;
  std::vector<double> free_;               // of each unit
  std::vector<std::vector<double>> flow_;  // group, place
};

// The groups parted into components that share no unit, since those don't influence each other.
std::vector<std::vector<Group>> components_of(const std::vector<Group>& groups) {
  std::map<std::size_t, std::vector<std::size_t>> users;  // unit -> groups
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t unit : groups[g].units) users[unit].push_back(g);
  }
  std::vector<std::vector<Group>> components;
  std::set<std::size_t> taken;
  for (std::size_t first = 0; first < groups.size(); ++first) {
    if (!taken.insert(first).second) continue;
    std::vector<Group>& component = components.emplace_back();
    for (std::deque<std::size_t> queue{first}; !queue.empty(); queue.pop_front()) {
      component.push_back(groups[queue.front()]);
      for (const std::size_t unit : groups[queue.front()].units) {
        for (const std::size_t other : std::exchange(users[unit], {})) {
          if (taken.insert(other).second) queue.push_back(other);
        }
      }
    }
  }
  return components;
}

// From OS indexes to 0, 1, ...; how many there are.
std::size_t renumber_units(std::vector<Group>& component) {
  std::map<std::size_t, std::size_t> number;
  for (Group& group : component) {
    for (std::size_t& unit : group.units) unit = number.try_emplace(unit, number.size()).first->second;
  }
  return number.size();
}

std::vector<Group> groups_of(const std::vector<std::vector<unsigned>>& places, const std::set<unsigned>& all) {
  std::map<std::set<unsigned>, std::vector<std::size_t>> by_place;
  for (std::size_t i = 0; i < places.size(); ++i) {
    by_place[places[i].empty() ? all : std::set<unsigned>(places[i].begin(), places[i].end())].push_back(i);
  }
  std::vector<Group> groups;
  groups.reserve(by_place.size());
  for (const auto& [place, contenders] : by_place) groups.push_back({{place.begin(), place.end()}, contenders});
  return groups;
}

}  // namespace

std::vector<double> entitlement(const std::vector<std::vector<unsigned>>& places, std::span<const double> weight) {
  std::set<unsigned> all;
  for (const auto& place : places) all.insert(place.begin(), place.end());
  std::vector<double> share(places.size(), 0.0);
  if (all.empty()) {  // nobody is tied to a unit, and how many there are isn't known
    share.assign(weight.begin(), weight.end());
  } else {
    for (std::vector<Group>& component : components_of(groups_of(places, all))) {
      const std::size_t units = renumber_units(component);
      Filling(std::move(component), units, weight, share).run();
    }
  }
  const double sum = std::accumulate(share.begin(), share.end(), 0.0);
  for (double& s : share) s /= sum;
  return share;
}

}  // namespace fairground::stats
