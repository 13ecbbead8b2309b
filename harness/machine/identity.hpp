// What a machine is, for the record: all that may make its figures differ from another's.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "machine/machine.hpp"

namespace fairground::machine {

// The machine line of the record, but for its kind. Integers with their units in the keys; what can't be known is null,
// with a reason in `null_reasons`: not-shown (the kernel has no such file), not-permitted, no-limit, no-sign (of a
// container; not proof that there is none). Volatile, not identity: hostname, boot_id.
//
// proc, sys, etc and run are read under `root`, so that a captured tree can be told; what is asked of the processor
// or of the C library itself (hypervisor, libc, architecture on old kernels) only under "/".
nlohmann::json identity(const Machine& machine, const std::filesystem::path& root = "/");

}  // namespace fairground::machine
