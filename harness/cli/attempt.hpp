// One trial, whatever the machine refuses it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "load/scan.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {

// trial::run, or a stand-in for it.
using TrialRunner =
    std::function<trial::Result(const trial::Spec&, const trial::OnSample&, const std::function<bool()>&)>;

// Unsupported, with the reason, if no process, descriptor or folder is to be had: the next trial may have more luck.
trial::Result attempt(const TrialRunner&, const trial::Spec&, const trial::OnSample&,
                      const std::function<bool()>& interrupted);

// The same, as long as each plugin is the file that was scanned. Throws UserError when it has changed or is gone: trials
// before and after would not be of the same code.
TrialRunner on_unchanged(const std::vector<load::Library>&, TrialRunner);

// A trial that is not run, and why.
trial::Result unsupported(const std::string& reason);

}  // namespace fairground::cli
