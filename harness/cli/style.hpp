// How text looks where it goes: colours, signs and width of a terminal, or plain ASCII where that is all there is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairground::cli {

enum class Colour { none, palette, full };  // escape codes of 256 colours, of 24 bits

struct Style {
  bool terminal = false;         // escape codes are understood: bold, and redrawing in place
  Colour colour = Colour::none;  // none too where NO_COLOR is set
  bool utf8 = false;             // else ASCII only
  unsigned columns = 100;        // at most 100
  unsigned rows = 24;
};

// Of the stream behind a file descriptor, by isatty, its window size, TERM, COLORTERM, NO_COLOR and the locale.
Style style_of(int descriptor);

// What a piece of a line looks like. `group` is that of a workload: a family of locks has its colour everywhere.
struct Ink {
  bool bold = false;
  bool muted = false;
  std::string_view group = {};
};
inline constexpr Ink plain{};
inline constexpr Ink bold{true, false, {}};
inline constexpr Ink muted{false, true, {}};

// The text as this style can show it: as it is with UTF-8, else each sign by its nearest in ASCII.
std::string spell(const Style&, std::string_view text);

// Columns that text takes: its code points (no sign used here is wide).
unsigned width_of(std::string_view utf8);

// One line, put together from pieces at columns (from 0).
class Line {
 public:
  explicit Line(const Style& style) : style_(&style) {}
  Line& add(std::string_view text, Ink ink = plain);
  Line& to(unsigned column);  // spaces up to that column; at least one behind other text
  Line& left(unsigned column, std::string_view text, Ink ink = plain) { return to(column).add(text, ink); }
  Line& right(unsigned end, std::string_view text, Ink ink = plain);  // its last sign stands before column `end`
  [[nodiscard]] unsigned columns() const { return columns_; }
  // With the escape codes of the style.
  [[nodiscard]] std::string whole() const { return rendered(~0u); }
  // On a terminal cut to its width, so that no line wraps where it is drawn anew.
  [[nodiscard]] std::string render() const { return rendered(style_->terminal ? style_->columns : ~0u); }

 private:
  struct Piece {
    std::string text;
    Ink ink;
    std::string group;
  };
  [[nodiscard]] std::string rendered(unsigned room) const;

  const Style* style_;
  std::vector<Piece> pieces_;
  unsigned columns_ = 0;
};

// A bar of `width` columns from 0 to 2 for a share, with an upright at 1, the fair share.
std::string share_bar(double share, unsigned width);
// A bar of `width` columns from 0 to 1: the full part, and the rest in dots.
struct Gauge {
  std::string full, rest;
};
Gauge gauge(double share, unsigned width);

}  // namespace fairground::cli
