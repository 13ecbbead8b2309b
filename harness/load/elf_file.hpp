// What can be said against a file before the loader is let at it, which reports little and maps what isn't there.
#pragma once

#include <string>

namespace fairground::load {

// Why this file can't be a shared object for this machine, as the end of a sentence: missing, unreadable, a folder,
// empty, no ELF file, for another machine, no shared object, cut short. Empty if nothing is known against it.
std::string why_no_shared_object(const std::string& path);

}  // namespace fairground::load
