#include "cli/version.hpp"

#include <fmt/format.h>

#include "record/lines.hpp"

namespace fairground::cli {

std::string version_text() {
  const nlohmann::json build = record::build_line();
  const auto text = [&](const char* key) { return build.value(key, "unknown"); };
  return fmt::format("fairground {} (git {}, {}, {})", text("tool_version"), text("git_revision").substr(0, 12),
                     text("build_type"), text("compiler"));
}

}  // namespace fairground::cli
