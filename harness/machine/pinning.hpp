// Where n workers go on a machine, by a policy. Orders are prefix-stable: the places of n workers begin those of n + 1.
#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "machine/machine.hpp"

namespace fairground::machine {

inline constexpr unsigned max_workers = 65'536;

using Places = std::vector<std::vector<unsigned>>;  // one per worker: OS indexes of its units; none: it is not pinned

// All units of the places, each once.
std::set<unsigned> units_of(const Places&);

// The same places; none at all if no worker is pinned.
Places pinned(Places);

// The units between which such workers may be moved, in order: those of the places, or all that may be used if no
// worker is pinned.
std::vector<unsigned> units_among(const Machine&, const Places&);

struct Plan {
  std::string policy;
  bool oversubscribed = false;  // more workers than units in the policy's set
  Places places;
};

// Units are taken one by one, each once; when the policy's set is used up, again in the same order.
//   compact      a unit of a core that is in use already; a new core, cache, node or package is opened only when all
//                opened ones are full
//   scatter      a unit that opens a new package, else a new NUMA node, else a new last-level cache, else a new core,
//                else an unused hardware thread
//   cores        one unit (the first) of each core, compact
//   siblings     the units of one core, the first that has most; a machine without two on a core can't meet it
//   performance, efficient   the units of the highest, the lowest ranked CPU kind, compact
//   node:N       the units of the NUMA node with OS index N, compact
//   units:0+2-3  these OS indexes, in this order
//   none         places are empty: workers run wherever the kernel puts them
// Ties go to the least loaded node, package, cache, core, then to the lowest logical index. Where a cgroup's CPU quota
// is worth fewer units than the set has, the set is cut to so many of its order (units: is obeyed as written).
// workers: 1 ... max_workers. Throws UserError for another number, for a policy that is misspelt, and for one that this
// machine can't meet (a sentence that says why).
Plan plan(const Machine&, const std::string& policy, unsigned workers);

// Where a companion's workers go relative to the places of the measured workload, the subject:
//   with         on the subject's units
//   sibling      on the other hardware threads of the subject's cores
//   cache        on other cores that share a last-level cache with the subject's
//   node         on NUMA nodes that the subject is not on
//   apart        on cores that the subject is not on: of another package, else another node, else another last-level
//                cache, else any
// Any other policy is planned as if there were no subject. Units are taken as `compact` takes them; `with` in the
// order of the subject's. A subject that is not pinned has no units to be relative to: then `with` pins nothing, and
// the others are refused. Throws UserError as plan() does.
Plan plan_beside(const Machine&, const std::string& policy, unsigned workers, const Places& subject);
inline constexpr std::array<const char*, 5> policies_beside = {"with", "sibling", "cache", "node", "apart"};
// Throws UserError unless the text is a policy, relative or not; says nothing of a machine.
void check_policy_beside(const std::string& policy);

// Throws UserError unless the text is a policy; says nothing of a machine.
void check_policy(const std::string& policy);

}  // namespace fairground::machine
