#include "base/error.hpp"

#include <cstring>

namespace fairground {

SystemError::SystemError(const std::string& what, int error_number)
    : std::runtime_error(what + ": " + std::strerror(error_number)), error_number_(error_number) {}

}  // namespace fairground
