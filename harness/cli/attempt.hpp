// One trial, whatever the machine refuses it.
#pragma once

#include <functional>
#include <string>

#include "trial/spec.hpp"

namespace fairground::cli {

// trial::run, or a stand-in for it.
using TrialRunner =
    std::function<trial::Result(const trial::Spec&, const trial::OnSample&, const std::function<bool()>&)>;

// Unsupported, with the reason, if no process, descriptor or folder is to be had: the next trial may have more luck.
trial::Result attempt(const TrialRunner&, const trial::Spec&, const trial::OnSample&,
                      const std::function<bool()>& interrupted);

// A trial that is not run, and why.
trial::Result unsupported(const std::string& reason);

}  // namespace fairground::cli
