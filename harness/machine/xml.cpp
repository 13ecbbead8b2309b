#include "machine/xml.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "machine/machine.hpp"

namespace fairground::machine {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;
constexpr std::size_t most_growth = std::size_t{1} << 20;
constexpr int newest_version = 2;

std::string read_whole(const std::filesystem::path& file, const std::string& name) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) {
    const std::string why = error ? error.message() : std::string(std::strerror(ENOENT));
    throw UserError("can't read the topology " + name + ": " + why + "; give a file that lstopo --of xml wrote");
  }
  if (std::filesystem::is_directory(status)) {
    throw UserError("can't read the topology " + name + ": it is a directory; give a file that lstopo --of xml wrote");
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw UserError("can't read the topology " + name +
                    ": it is no regular file; write what lstopo --of xml prints to one");
  }
  if (::access(file.c_str(), R_OK) != 0) {
    throw UserError("can't read the topology " + name + ": " + std::strerror(errno) + "; make it readable");
  }
  auto content = read_small_file(file, most_bytes);
  if (!content)
    throw UserError("can't read the topology " + name + ": it is longer than 64 MiB, so no topology of a machine");
  if (content->empty()) throw UserError("the topology " + name + " is empty; write it again with lstopo --of xml");
  return *std::move(content);
}

// The version that the <topology> element carries; 1 where it carries none, as hwloc 1 wrote it; 0: no such element.
int format_version(std::string_view xml) {
  constexpr std::string_view element = "<topology";
  for (std::size_t at = xml.find(element); at != std::string_view::npos; at = xml.find(element, at + 1)) {
    const std::string_view rest = xml.substr(at + element.size());
    if (rest.empty() || std::string_view(" \t\r\n>/").find(rest[0]) == std::string_view::npos) continue;
    const std::string_view attributes = rest.substr(0, rest.find('>'));
    constexpr std::string_view key = "version=\"";
    const std::size_t found = attributes.find(key);
    if (found == std::string_view::npos) return 1;
    int major = 0;
    const char* begin = attributes.data() + found + key.size();
    std::from_chars(begin, attributes.data() + attributes.size(), major);
    return major;
  }
  return 0;
}

// Loaded, or not: then the topology must not be used.
bool load(const Topology& topology, const std::string& xml) {
  // hwloc wants the length with the terminating zero.
  return hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) == 0 &&
         hwloc_topology_set_type_filter(topology.get(), HWLOC_OBJ_MEMCACHE, HWLOC_TYPE_FILTER_KEEP_ALL) == 0 &&
         hwloc_topology_set_xmlbuffer(topology.get(), xml.c_str(), static_cast<int>(xml.size() + 1)) == 0 &&
         hwloc_topology_load(topology.get()) == 0;
}

// In the child: nothing is printed, a crash leaves nothing, and a file that asks for the impossible (an OS index of
// thousands of millions) is not granted it.
void expect_the_worst() {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  const rlimit no_core{0, 0}, seconds{2, 2};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::setrlimit(RLIMIT_CPU, &seconds);
#ifndef FAIRGROUND_SANITIZED  // sanitizers need terabytes of addresses
  const rlimit memory{rlim_t{512} << 20, rlim_t{512} << 20};
  ::setrlimit(RLIMIT_DATA, &memory);
#endif
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) ::signal(signal, SIG_DFL);
}

// What hwloc takes as it comes: processing units whose sets don't hold them, or whose indexes no machine has.
bool plausible(const Topology& topology) {
  for (hwloc_obj_t unit = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_PU, nullptr); unit != nullptr;
       unit = hwloc_get_next_obj_by_type(topology.get(), HWLOC_OBJ_PU, unit)) {
    if (unit->os_index > max_os_index || hwloc_bitmap_weight(unit->cpuset) != 1 ||
        hwloc_bitmap_isset(unit->cpuset, unit->os_index) == 0) {
      return false;
    }
  }
  return true;
}

// In the child: what hwloc makes of the file, twice over, so that the parent loads only what could be loaded before.
bool write_canonical(const std::string& xml, int descriptor) {
  std::string canonical = xml;
  for (int round = 0; round < 2; ++round) {
    const Topology topology;
    if (!load(topology, canonical) || !plausible(topology)) return false;
    canonical = export_xml(topology.get());
    if (canonical.size() > 8 * xml.size() + most_growth) return false;
  }
  for (std::size_t done = 0; done < canonical.size();) {
    const ssize_t wrote = ::write(descriptor, canonical.data() + done, canonical.size() - done);
    if (wrote < 0 && errno != EINTR) return false;
    done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
  }
  return true;
}

// The same topology in hwloc's own words; empty if hwloc refused it. hwloc 2.9 trusts its input and crashes on about
// one damaged file in fifty, so a child process reads it first.
std::string canonical_form(const std::string& xml) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw SystemError("pipe2", errno);
  const pid_t child = ::fork();
  if (child < 0) {
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    throw SystemError("fork", error);
  }
  if (child == 0) {
    ::close(ends[0]);
    expect_the_worst();
    bool written = false;
    try {
      written = write_canonical(xml, ends[1]);
    } catch (const std::exception&) {  // out of memory, by a file that asks for much: as bad as refused
    }
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string canonical;
  std::array<char, 65536> buffer{};
  for (ssize_t got = 1; got != 0;) {
    got = ::read(ends[0], buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) break;
    if (got > 0) canonical.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? canonical : std::string();
}

}  // namespace

Topology::Topology() {
  if (hwloc_topology_init(&topology_) != 0) throw SystemError("hwloc_topology_init", errno);
}

Topology::~Topology() {
  if (topology_ != nullptr) hwloc_topology_destroy(topology_);
}

Topology load_xml(const std::filesystem::path& file) {
  const std::string name = "'" + printable(file.string()) + "'";
  const std::string content = read_whole(file, name);
  const int version = format_version(content);
  if (version == 0)
    throw UserError("the file " + name + " holds no hwloc topology; give a file that lstopo --of xml wrote");
  if (version > newest_version) {
    throw UserError(
        "the topology " + name + " was written by hwloc " + std::to_string(version) +
        ", and Fairground reads those of hwloc 2; there, write it again with lstopo --of xml --export-xml-flags v2");
  }
  if (content.find("</topology>") == std::string::npos) {
    throw UserError("the topology " + name + " is damaged: its end is missing; write it again with lstopo --of xml");
  }
  const std::string canonical = canonical_form(content);
  Topology topology;
  if (canonical.empty() || !load(topology, canonical)) {
    throw UserError("the topology " + name + " is damaged: hwloc can't load it; write it again with lstopo --of xml");
  }
  return topology;
}

std::string export_xml(hwloc_topology_t topology) {
  char* buffer = nullptr;
  int length = 0;
  if (hwloc_topology_export_xmlbuffer(topology, &buffer, &length, 0) != 0)
    throw SystemError("hwloc_topology_export_xmlbuffer", errno);
  std::istringstream lines(buffer);
  hwloc_free_xmlbuffer(topology, buffer);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const bool names_one_machine =
        line.find("<info name=\"DMI") != std::string::npos &&
        (line.find("Serial\"") != std::string::npos || line.find("UUID\"") != std::string::npos ||
         line.find("AssetTag\"") != std::string::npos);
    if (!names_one_machine) kept.append(line).append("\n");
  }
  return kept;
}

}  // namespace fairground::machine
