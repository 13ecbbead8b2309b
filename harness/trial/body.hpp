// The body of a trial: the process that runs the plugin, from loading it to destroying its workload.
#pragma once

#include <string>

#include "trial/board.hpp"
#include "trial/spec.hpp"

namespace fairground::trial {

// That a body may open, but for one of each worker; fewer where the hard limit is lower.
inline constexpr std::uint64_t most_descriptors = 65'536;

// What a body is told, on the board.
std::string encode(const Spec&, const std::string& scratch);
Spec decode(const std::string& text);
std::string scratch_of(const std::string& text);

// Run the plugin through its whole life on this board. Returns the exit code: 0, what became of it is on the board.
int body(Board&);

}  // namespace fairground::trial
