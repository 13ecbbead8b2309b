// Text for people and from people: numbers with units both ways, names that were nearly right, bytes safe for a
// terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fairground {

// ---- numbers for people: a number, a plain space, a unit ----
// What is negative or not finite is shown as "?". Digits before the point are never rounded away: 398 k/s stays 398.

// "2.30 M/s", "400 k/s", "160 /s": `digits` significant ones at least, zeros kept so that columns line up.
std::string human_rate(double per_second, int digits = 3);

// "340 ns", "28 ms", "1.2 s": two significant digits at least, without a trailing ".0"; from a minute on
// "7 min 12 s", from an hour on "2 h 5 min".
std::string human_duration(double ns);

// "512 B", "4 KiB", "1.5 MiB".
std::string human_bytes(double bytes);

// ---- numbers from people ----
// `where` names the place for the message: "--time", "parameter size of file-read". All throw UserError, one sentence,
// for an empty text, a stray character, a wrong or missing unit, more than 9 decimals, a value that is no whole number
// of the base unit, and one above 2^63 - 1.

// "100ns", "5ms", "1.5s", "2m", "1h"; us, µs and min too; a space before the unit is allowed; 0 needs no unit.
// Nanoseconds.
std::uint64_t parse_duration_ns(std::string_view text, std::string_view where);

// "4096", "512B", "4KiB", "1.5MiB"; GiB and TiB too. Bytes.
std::uint64_t parse_size_bytes(std::string_view text, std::string_view where);

// A finite decimal number: "0.25", "-1", "1e-3".
double parse_ratio(std::string_view text, std::string_view where);

// Decimal digits, with or without "-".
std::int64_t parse_integer(std::string_view text, std::string_view where);

// ---- names ----

// The fewest insertions, deletions, substitutions and swaps of neighbours that turn one into the other, in bytes
// (optimal string alignment; Damerau, CACM 7(3), 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The names that someone may have meant, best first, ties in alphabetical order; case is ignored. A name is near if a
// third of the wanted one's letters (two at least) need changing, or if one of the two contains the other.
std::vector<std::string> nearest(const std::vector<std::string>& names, std::string_view wanted,
                                 std::size_t at_most = 3);

// ---- bytes ----

// Well-formed UTF-8 by the Unicode standard (table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Safe to print on a terminal: control characters, bytes that are no UTF-8 and the characters that turn the direction
// of writing become visible escapes (\n, \x1b, \u202e). With `keep_lines`, line feeds and tabs stay.
std::string printable(std::string_view text, bool keep_lines = false);

// "a", "a or b", "a, b or c".
std::string or_list(const std::vector<std::string>& words);

// 'text' in single quotes for a message: printable, and cut after 60 characters.
std::string in_quotes(std::string_view text);

}  // namespace fairground
