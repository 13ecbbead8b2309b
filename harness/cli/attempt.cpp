#include "cli/attempt.hpp"

#include "base/error.hpp"

namespace fairground::cli {

trial::Result attempt(const TrialRunner& runner, const trial::Spec& spec, const trial::OnSample& on_sample,
                      const std::function<bool()>& interrupted) {
  try {
    return runner(spec, on_sample, interrupted);
  } catch (const SystemError& error) {
    trial::Result result = unsupported(error.what());
    result.refused = trial::Refused::by_machine;
    return result;
  }
}

trial::Result unsupported(const std::string& reason) {
  trial::Result result;
  result.status = "unsupported";
  result.reason = reason;
  return result;
}

}  // namespace fairground::cli
