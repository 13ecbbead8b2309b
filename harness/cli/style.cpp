#include "cli/style.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace fairground::cli {
namespace {

struct Rgb {
  unsigned red, green, blue;
};

// A family of locks keeps its colour in plots and on the terminal. What is no contender for attention (the control, the
// harness itself) is muted.
constexpr Rgb muted_colour{0xa9, 0xb2, 0xbb};
Rgb colour_of(std::string_view group) {
  if (group == "spin") return {0xf0, 0x8a, 0x4b};
  if (group == "blocking") return {0x2d, 0xbf, 0x95};
  if (group == "semaphore") return {0xdd, 0x94, 0xbd};
  if (group == "queue") return {0x56, 0xb4, 0xe9};
  if (group == "network" || group == "file") return {0x8f, 0xd0, 0xf5};
  if (group == "control" || group == "harness") return muted_colour;
  return {0xe6, 0xb2, 0x3c};
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool locale_is_utf8() {
  const locale_t locale = newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return false;
  const bool utf8 = std::strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
  freelocale(locale);
  return utf8;
}

// The nearest of the 6 x 6 x 6 cube of the 256 colours.
unsigned palette_index(Rgb c) {
  const auto level = [](unsigned v) { return v < 48 ? 0u : v < 115 ? 1u : (v - 35) / 40; };
  return 16 + 36 * level(c.red) + 6 * level(c.green) + level(c.blue);
}

std::string foreground(Colour depth, Rgb c) {
  if (depth == Colour::full) return fmt::format("\x1b[38;2;{};{};{}m", c.red, c.green, c.blue);
  if (depth == Colour::palette) return fmt::format("\x1b[38;5;{}m", palette_index(c));
  return "";
}

std::string escape_of(const Style& style, const Ink& ink, std::string_view group) {
  if (!style.terminal) return "";
  std::string out;
  if (ink.bold) out += "\x1b[1m";
  if (ink.muted) out += style.colour == Colour::none ? "\x1b[2m" : foreground(style.colour, muted_colour);
  if (!group.empty()) out += foreground(style.colour, colour_of(group));
  return out;
}

// Bytes of the code point that begins with this byte.
std::size_t bytes_of(char first) {
  const auto c = static_cast<unsigned char>(first);
  return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

// The first `columns` code points of a text.
std::string_view head(std::string_view text, unsigned columns) {
  std::size_t at = 0;
  while (columns > 0 && at < text.size()) {
    at += bytes_of(text[at]);
    --columns;
  }
  return text.substr(0, std::min(at, text.size()));
}

std::string repeat(std::string_view sign, unsigned times) {
  std::string out;
  for (unsigned i = 0; i < times; ++i) out += sign;
  return out;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> ascii{{
    {"━", "="},
    {"─", "-"},
    {"┿", "+"},
    {"│", "|"},
    {"·", "."},
    {"×", "x"},
    {"±", "+-"},
    {"…", "..."},
    {"—", "-"},
    {"–", "-"},
    {"≥", ">="},
    {"µ", "u"},
    {"◂", "<"},
    {"’", "'"},
    {"\u00a0", " "},
    {"\u202f", " "},
    {"≈", "~"},
    {"∞", "inf"},
}};

}  // namespace

Style style_of(int descriptor) {
  Style style;
  style.utf8 = locale_is_utf8();
  const std::string terminal = environment("TERM");
  if (isatty(descriptor) == 0 || terminal == "dumb") return style;
  style.terminal = true;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    style.columns = std::clamp<unsigned>(size.ws_col, 20, 100);
    style.rows = size.ws_row;
  }
  if (is_set("NO_COLOR")) return style;
  const std::string depth = environment("COLORTERM");
  if (depth == "truecolor" || depth == "24bit")
    style.colour = Colour::full;
  else if (terminal.find("256color") != std::string::npos)
    style.colour = Colour::palette;
  return style;
}

std::string spell(const Style& style, std::string_view text) {
  if (style.utf8) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view sign = text.substr(at, bytes_of(text[at]));
    at += sign.size();
    if (sign.size() == 1) {
      out += sign;
      continue;
    }
    const auto* known = std::find_if(ascii.begin(), ascii.end(), [&](const auto& pair) { return pair.first == sign; });
    out += known == ascii.end() ? "?" : known->second;
  }
  return out;
}

unsigned width_of(std::string_view utf8) {
  return static_cast<unsigned>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Line& Line::add(std::string_view text, Ink ink) {
  Piece piece{spell(*style_, text), ink, std::string(ink.group)};
  columns_ += width_of(piece.text);
  pieces_.push_back(std::move(piece));
  return *this;
}

Line& Line::to(unsigned column) {
  if (columns_ >= column) return pieces_.empty() || pieces_.back().text.ends_with(' ') ? *this : add(" ");
  return add(std::string(column - columns_, ' '));
}

Line& Line::right(unsigned end, std::string_view text, Ink ink) {
  const unsigned width = width_of(spell(*style_, text));
  return to(end > width ? end - width : 0).add(text, ink);
}

std::string Line::rendered(unsigned room) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    const std::string_view text = head(piece.text, room);
    room -= width_of(text);
    const std::string escape = escape_of(*style_, piece.ink, piece.group);
    out += escape;
    out += text;
    if (!escape.empty()) out += "\x1b[0m";
  }
  if (!style_->terminal) out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string share_bar(double share, unsigned width) {
  const unsigned fair = width / 2;
  const double cells = std::isfinite(share) ? share / 2.0 * width : 0.0;
  const auto full = static_cast<unsigned>(std::lround(std::clamp(cells, 0.0, static_cast<double>(width))));
  std::string out;
  for (unsigned i = 0; i < width; ++i) out += i == fair ? (i < full ? "┿" : "│") : (i < full ? "━" : " ");
  return out;
}

Gauge gauge(double share, unsigned width) {
  const double cells = std::isfinite(share) ? share * width : 0.0;
  const auto full = static_cast<unsigned>(std::lround(std::clamp(cells, 0.0, static_cast<double>(width))));
  return {repeat("━", full), repeat("·", width - full)};
}

}  // namespace fairground::cli
