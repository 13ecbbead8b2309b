// What killed runs have left behind: found, and removed, where it is provably Fairground's own and nobody's any more.
//
// The proof is the mark of its maker (base/maker.hpp): in the name of a folder, a file or a semaphore, in the
// environment of a process. It must be the caller's own, and its maker gone.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/maker.hpp"

namespace fairground::cli {

struct Leftover {
  enum class Kind { process, folder, semaphore, file };
  Kind kind = Kind::file;
  std::filesystem::path path;  // empty: a process
  pid_t pid = 0;               // of a process, else 0
  std::string name;            // of a process: what the kernel calls it
  Maker maker;                 // who left it
};

const char* name(Leftover::Kind);

// Where to look.
struct Places {
  std::filesystem::path temporary;                 // for private folders
  std::filesystem::path shared_memory;             // for semaphores
  std::vector<std::filesystem::path> run_folders;  // for private folders and half-written files
  bool processes = true;
};

// TMPDIR, /dev/shm, the folders of all runs in `runs`, and of `given`: each a run's folder, or a folder of such. A
// symbolic link is followed only if it was given. Throws UserError if one of `given` is no folder.
Places places_of(const std::filesystem::path& runs, const std::vector<std::filesystem::path>& given);

// In the order of removal: processes first. Those that their warden is about to end get 2 s to go. What can't be read
// is left out.
std::vector<Leftover> find_leftovers(const Places&);

// Looks again, and removes it if it is still what it was. Empty: there is nothing left of it; else why there is.
std::string remove_leftover(const Leftover&);

}  // namespace fairground::cli
