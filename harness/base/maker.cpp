#include "base/maker.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "base/files.hpp"

namespace fairground {
namespace {

struct Stat {
  char state = '?';
  std::uint64_t start_ticks = 0;
};

// The name in /proc/PID/stat may hold anything: fields are counted from the last ')' on. Null if it can't be read.
std::optional<Stat> stat_of(pid_t pid) {
  const std::optional<std::string> text = read_small_file(fmt::format("/proc/{}/stat", pid));
  const std::size_t end = text ? text->rfind(')') : std::string::npos;
  if (end == std::string::npos || end + 2 >= text->size()) return std::nullopt;
  Stat out{(*text)[end + 2], 0};
  std::size_t at = end + 1;
  for (int field = 3; field <= 22 && at != std::string::npos; ++field) at = text->find(' ', at + (field > 3 ? 1 : 0));
  if (at == std::string::npos) return std::nullopt;
  const auto [last, error] = std::from_chars(text->data() + at + 1, text->data() + text->size(), out.start_ticks);
  if (error != std::errc()) return std::nullopt;
  return out;
}

// Fixed for the life of a process; "0" where it can't be read, which no mark of another process has.
std::string boot_id() {
  const std::string text = read_small_file("/proc/sys/kernel/random/boot_id").value_or("");
  return text.size() >= 8 ? text.substr(0, 8) : "0";
}

std::string own_pid_namespace() {
  struct stat info {};
  return ::stat("/proc/self/ns/pid", &info) == 0 ? fmt::format("{:x}", info.st_ino) : "0";
}

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

template <class T>
bool to_number(std::string_view text, T& out) {
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && last == text.data() + text.size();
}

}  // namespace

Maker Maker::self() {
  const std::optional<Stat> stat = stat_of(::getpid());
  return {::getpid(), stat ? stat->start_ticks : 0, boot_id(), own_pid_namespace()};
}

std::string Maker::mark() const { return fmt::format("{}-{}-{}-{}", pid, start_ticks, boot, pid_namespace); }

std::optional<Maker> Maker::parse(std::string_view mark) {
  std::array<std::string_view, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i + 1 < parts.size() ? mark.find('-') : mark.size();
    if (end == std::string_view::npos) return std::nullopt;
    parts[i] = mark.substr(0, end);
    mark.remove_prefix(std::min(end + 1, mark.size()));
  }
  Maker out{0, 0, std::string(parts[2]), std::string(parts[3])};
  const bool whole = to_number(parts[0], out.pid) && to_number(parts[1], out.start_ticks) && out.pid > 0 &&
                     is_hexadecimal(parts[2]) && is_hexadecimal(parts[3]);
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

Fate fate_of(const Maker& maker) {
  const std::string boot = boot_id();
  if (maker.boot == "0" || boot == "0" || maker.start_ticks == 0) return Fate::unknown;
  if (maker.boot != boot) return Fate::earlier_boot;
  if (maker.pid_namespace == "0" || maker.pid_namespace != own_pid_namespace()) return Fate::unknown;
  if (::kill(maker.pid, 0) != 0 && errno == ESRCH) return Fate::gone;
  const std::optional<Stat> stat = stat_of(maker.pid);
  if (!stat) return ::kill(maker.pid, 0) != 0 && errno == ESRCH ? Fate::gone : Fate::unknown;
  const bool dead = stat->state == 'Z' || stat->state == 'X' || stat->start_ticks != maker.start_ticks;
  return dead ? Fate::gone : Fate::running;
}

std::uint64_t start_ticks_of(pid_t pid) {
  const std::optional<Stat> stat = stat_of(pid);
  return stat ? stat->start_ticks : 0;
}

std::optional<Maker> started_for(pid_t pid) {
  constexpr std::size_t longest_environment = std::size_t{8} << 20;
  const std::optional<std::string> text = read_small_file(fmt::format("/proc/{}/environ", pid), longest_environment);
  if (!text) return {};
  const std::string wanted = std::string(supervisor_variable) + "=";
  for (std::size_t at = 0; at < text->size(); at = text->find('\0', at) + 1) {
    const std::string_view variable(text->c_str() + at);
    if (variable.starts_with(wanted)) return Maker::parse(variable.substr(wanted.size()));
    if (text->find('\0', at) == std::string::npos) break;
  }
  return {};
}

void mark_descendants() { ::setenv(supervisor_variable, Maker::self().mark().c_str(), 1); }

}  // namespace fairground
