// Where n workers go on a machine, by a policy. Orders are prefix-stable: the places of n workers begin those of n + 1.
#pragma once

#include "machine/machine.hpp"

#include <string>
#include <vector>

namespace fairground::machine {

struct Plan {
  std::string policy;
  bool oversubscribed = false;                // more workers than places
  std::vector<std::vector<unsigned>> places;  // one per worker: OS indexes of its units
};

// policy: compact scatter cores siblings performance efficient node:N units:0+2-3 none.
// Throws UserError for a policy that is misspelt, and for one that this machine can't meet (a sentence that says why).
Plan plan(const Machine&, const std::string& policy, unsigned workers);

// Throws UserError unless the text is a policy; says nothing of a machine.
void check_policy(const std::string& policy);

}  // namespace fairground::machine
