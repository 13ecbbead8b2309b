// From a draw that fails to the smallest one that still does.
#pragma once

#include <functional>

#include "plan/draw.hpp"

namespace fairground::plan {

// Does this draw fail? Asked once for each candidate.
using Fails = std::function<bool(const Draw&)>;

// Makes a failing draw smaller, one thing at a time, and keeps what still fails: no stutter, no shuffle, threads,
// places compact, probes at edges, each parameter at its default, fewer workers (half as many, one less), a shorter
// window (half as long, 20 ms at least) and warm-up; again, until nothing more can be taken away or `most` candidates
// were asked about. The draw given is taken to fail.
Draw shrink(Draw failing, const WorkloadInfo&, const Fails&, unsigned most = 100);

}  // namespace fairground::plan
