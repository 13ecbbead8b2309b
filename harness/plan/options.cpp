#include "plan/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/dimensions.hpp"
#include "plan/parameter.hpp"

namespace fairground::plan {
namespace {

void append(std::vector<Given>& values, std::string_view text) {
  for (std::string& part : split_list(text)) values.push_back({std::move(part), ""});
}

void give_setting(RunOptions& options, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw UserError(
        fmt::format("--set {}: write a parameter and its values, such as --set section=100ns,1us.", in_quotes(text)));
  }
  Setting setting{std::string(text.substr(0, equals)), "", {}};
  for (const Setting& other : options.set) {
    if (other.key == setting.key) {
      throw UserError(fmt::format("--set {0}: it is set twice; write all its values at once, as in --set {0}=1,2.",
                                  printable(setting.key)));
    }
  }
  append(setting.values, text.substr(equals + 1));
  options.set.push_back(std::move(setting));
}

std::uint64_t give_seed(std::string_view text) {
  // A seed may use all 64 bits: those that the program draws itself do.
  std::uint64_t seed = 0;
  bool good = !text.empty() && text.size() <= 20;
  for (const char c : text.substr(0, 20)) {
    good = good && c >= '0' && c <= '9' && !__builtin_mul_overflow(seed, std::uint64_t{10}, &seed) &&
           !__builtin_add_overflow(seed, static_cast<std::uint64_t>(c - '0'), &seed);
  }
  if (good) return seed;
  throw UserError(fmt::format("--seed: {} is no seed; write a whole number from 0 to {}.", in_quotes(text),
                              std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace

void give(RunOptions& options, std::string_view option, std::string_view text) {
  if (option == "set") return give_setting(options, text);
  if (option == "with") {
    options.companions.push_back({std::string(text), ""});
    return;
  }
  if (option == "seed") {
    options.seed = give_seed(text);
    return;
  }
  if (option == "trials") {
    options.trials = trials_of(Given{std::string(text), ""});
    return;
  }
  for (const ListOption& known : list_options) {
    if (known.name == option) return append(options.*known.values, text);
  }
  throw UserError(fmt::format("--{}: there is no such option.", printable(option)));
}

RunOptions overridden(RunOptions base, const RunOptions& over) {
  for (const ListOption& option : list_options) {
    if (!(over.*option.values).empty()) base.*option.values = over.*option.values;
  }
  for (const Setting& setting : over.set) {
    const auto same =
        std::find_if(base.set.begin(), base.set.end(), [&](const Setting& s) { return s.key == setting.key; });
    if (same == base.set.end()) {
      base.set.push_back(setting);
    } else {
      *same = setting;
    }
  }
  if (over.trials) base.trials = over.trials;
  if (over.seed) base.seed = over.seed;
  return base;
}

void check(const RunOptions& options) { (void)dimensions_of(options); }

}  // namespace fairground::plan
