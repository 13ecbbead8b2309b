#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "base/error.hpp"

namespace fairground {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

// `value` with at least `digits` significant digits and at most `most` decimals.
std::string with_digits(double value, int digits, int most = 3) {
  int decimals = 0;
  for (double edge = std::pow(10, digits - 1); decimals < most && value != 0 && value < edge; edge /= 10) ++decimals;
  // 9.996 with three digits is 10.00 by now: one decimal too many.
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0 && value > 0) {
    const double rounded = std::stod(text);
    if (rounded >= std::pow(10, digits - decimals)) text = fmt::format("{:.{}f}", rounded, decimals - 1);
  }
  return text;
}

std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

struct Step {
  double size;
  std::string_view unit;
};

// The largest unit of which `value`, once rounded to whole numbers of the next smaller one, is at least 1.
const Step& step_of(double value, std::span<const Step> ascending) {
  std::size_t i = 0;
  while (i + 1 < ascending.size() &&
         std::round(value / ascending[i].size) * ascending[i].size >= ascending[i + 1].size) {
    ++i;
  }
  return ascending[i];
}

bool showable(double value) { return std::isfinite(value) && value >= 0; }

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

// The number before the unit, exactly: digits / 10^decimals.
struct Decimal {
  std::uint64_t digits = 0;
  unsigned decimals = 0;
  std::string_view rest;
};

enum class Trouble { none, malformed, too_precise, too_large };

Trouble read_decimal(std::string_view text, Decimal& out) {
  std::size_t at = 0;
  bool point = false;
  std::size_t before = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (point && ++out.decimals > 9) return Trouble::too_precise;
    if (!point) ++before;
    if (__builtin_mul_overflow(out.digits, std::uint64_t{10}, &out.digits) ||
        __builtin_add_overflow(out.digits, static_cast<std::uint64_t>(c - '0'), &out.digits)) {
      return Trouble::too_large;
    }
  }
  out.rest = text.substr(at);
  return before == 0 || (point && out.decimals == 0) ? Trouble::malformed : Trouble::none;
}

[[noreturn]] void refuse(std::string_view where, std::string_view text, std::string_view why) {
  throw UserError(fmt::format("{}: {} {}.", where, in_quotes(text), why));
}

// A number with one of the units; `bare` is the size of a unit left out, 0 if only zero may stand alone.
std::uint64_t parse_with_unit(std::string_view text, std::string_view where, std::span<const Unit> units,
                              std::uint64_t bare, std::string_view not_one, std::string_view base_unit) {
  Decimal number;
  const Trouble trouble = read_decimal(text, number);
  if (trouble == Trouble::malformed) refuse(where, text, not_one);
  if (trouble == Trouble::too_precise) refuse(where, text, "has more than 9 decimals; write fewer, or a smaller unit");
  if (trouble == Trouble::too_large)
    refuse(where, text, fmt::format("is too large: at most {} {}", largest, base_unit));
  std::string_view name = number.rest;
  std::uint64_t size = name.empty() && number.digits == 0 ? 1 : name.empty() ? bare : 0;
  if (name.size() > 1 && name.front() == ' ') name.remove_prefix(1);
  for (const Unit& unit : units) {
    if (unit.name == name) size = unit.size;
  }
  if (size == 0) refuse(where, text, not_one);
  Wide scaled = static_cast<Wide>(number.digits) * size;
  for (unsigned i = 0; i < number.decimals; ++i) {
    if (scaled % 10 != 0)
      refuse(where, text, fmt::format("is no whole number of {}; write a rounder value", base_unit));
    scaled /= 10;
  }
  if (scaled > largest) refuse(where, text, fmt::format("is too large: at most {} {}", largest, base_unit));
  return static_cast<std::uint64_t>(scaled);
}

constexpr std::array<Unit, 8> durations{{{"ns", 1},
                                         {"us", 1'000},
                                         {"µs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"min", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 5> sizes{
    {{"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// Length of the well-formed UTF-8 sequence at the front of a non-empty text, and its code point; 0 if there is none.
struct Character {
  std::size_t length = 0;
  char32_t code = 0;
};
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  char32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  static constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {length, code};
}

bool turns_direction(char32_t c) {
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

std::string escaped(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  return code < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(code))
                      : fmt::format("\\u{:04x}", static_cast<unsigned>(code));
}

}  // namespace

std::string human_rate(double per_second, int digits) {
  static constexpr std::array<Step, 5> steps{{{1, "/s"}, {1e3, "k/s"}, {1e6, "M/s"}, {1e9, "G/s"}, {1e12, "T/s"}}};
  if (!showable(per_second)) return "?";
  const Step& step = step_of(per_second, steps);
  return fmt::format("{} {}", with_digits(per_second / step.size, digits), step.unit);
}

std::string human_duration(double ns) {
  static constexpr std::array<Step, 4> steps{{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};
  if (!showable(ns)) return "?";
  const double seconds = std::round(ns / 1e9);
  if (seconds >= 3600) {
    const double minutes = std::round(seconds / 60);
    return fmt::format("{:.0f} h {:.0f} min", std::floor(minutes / 60), std::fmod(minutes, 60));
  }
  if (seconds >= 60) return fmt::format("{:.0f} min {:.0f} s", std::floor(seconds / 60), std::fmod(seconds, 60));
  const Step& step = step_of(ns, steps);
  return fmt::format("{} {}", without_zeros(with_digits(ns / step.size, 2)), step.unit);
}

std::string human_bytes(double bytes) {
  static constexpr std::array<Step, 5> steps{
      {{1, "B"}, {1024, "KiB"}, {1048576, "MiB"}, {1073741824, "GiB"}, {1099511627776, "TiB"}}};
  if (!showable(bytes)) return "?";
  const Step& step = step_of(bytes, steps);
  return fmt::format("{} {}", without_zeros(with_digits(bytes / step.size, 2)), step.unit);
}

std::uint64_t parse_duration_ns(std::string_view text, std::string_view where) {
  return parse_with_unit(text, where, durations, 0,
                         "is no duration; write a number and one of ns us ms s m h, such as 100ns, 5ms or 1.5s",
                         "nanoseconds");
}

std::uint64_t parse_size_bytes(std::string_view text, std::string_view where) {
  return parse_with_unit(text, where, sizes, 1,
                         "is no size; write a number of bytes, or one with KiB, MiB, GiB or TiB, such as 4096 or 4KiB",
                         "bytes");
}

double parse_ratio(std::string_view text, std::string_view where) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) refuse(where, text, "is too large or too small for a number");
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    refuse(where, text, "is no number; write a decimal one, such as 0.25");
  }
  return value;
}

std::int64_t parse_integer(std::string_view text, std::string_view where) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    refuse(where, text, fmt::format("is too large: whole numbers go up to {}", largest));
  }
  if (error != std::errc{} || end != text.data() + text.size()) {
    refuse(where, text, "is no whole number; write decimal digits only");
  }
  return value;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest(const std::vector<std::string>& names, std::string_view wanted, std::size_t at_most) {
  const std::string target = lower(wanted.substr(0, 256));
  const std::size_t limit = std::max<std::size_t>(2, target.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& name : names) {
    const std::string candidate = lower(name);
    const bool part = std::min(target.size(), candidate.size()) >= 2 &&
                      (candidate.find(target) != std::string::npos || target.find(candidate) != std::string::npos);
    const std::size_t longer = std::max(target.size(), candidate.size());
    const std::size_t apart = longer - std::min(target.size(), candidate.size());
    if (apart > limit && !part) continue;
    const std::size_t distance = edit_distance(target, candidate);
    // Short names are all within two edits of each other: something of the name must have been typed.
    if (part || (distance <= limit && distance < longer))
      near.emplace_back(std::min(distance, part ? limit : distance), name);
  }
  std::sort(near.begin(), near.end());
  if (near.size() > at_most) near.resize(at_most);
  std::vector<std::string> result;
  result.reserve(near.size());
  for (auto& entry : near) result.push_back(std::move(entry.second));
  return result;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Character c = first_character(text);
    if (c.length == 0) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

std::string printable(std::string_view text, bool keep_lines) {
  std::string out;
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::size_t length = std::max<std::size_t>(1, c.length);
    const bool kept = keep_lines && (c.code == '\n' || c.code == '\t');
    if (c.length == 0) {
      out += escaped(static_cast<unsigned char>(text.front()));
    } else if ((c.code < 0x20 && !kept) || (c.code >= 0x7f && c.code < 0xa0) || turns_direction(c.code)) {
      out += escaped(c.code);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  std::size_t end = 0, characters = 0;
  while (end < text.size() && characters < most) {
    end += std::max<std::size_t>(1, first_character(text.substr(end)).length);
    ++characters;
  }
  return fmt::format("'{}{}'", printable(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string or_list(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

}  // namespace fairground
