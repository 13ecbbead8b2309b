// Companions as `--with` and a suite's `companion` name them: ID:workers=2,pin=with,key=value.
#pragma once

#include <vector>

#include "plan/options.hpp"

namespace fairground::plan {

// After the workload's id, keys in any order, each with one value: workers (default: `workers`, as many as the measured
// workload has), as (default threads), pin (default with), and any of the workload's parameters. Throws UserError,
// which begins with what was given: no such workload, a family, a key given twice or without a value, an unknown
// parameter, a value that is refused.
Companion companion(const Given&, unsigned workers, const std::vector<WorkloadInfo>&,
                    const std::string& option = "--with");

}  // namespace fairground::plan
