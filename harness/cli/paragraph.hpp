// Text that has to fit a width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairground::cli {

// The text in lines of at most `columns`, broken at spaces; a longer word gets a line of its own. One empty line for an
// empty text.
std::vector<std::string> wrap(std::string_view text, unsigned columns);

}  // namespace fairground::cli
