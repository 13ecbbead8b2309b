#include "cli/style.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

namespace fairground::cli {
namespace {

Style terminal(unsigned columns = 100) {
  Style style;
  style.terminal = true;
  style.utf8 = true;
  style.colour = Colour::full;
  style.columns = columns;
  return style;
}

Style pipe() { return Style{}; }

TEST(Line, PutsPiecesAtColumns) {
  const Style style = pipe();
  EXPECT_EQ(Line(style).left(2, "who").right(10, "12").render(), "  who   12");
}

TEST(Line, KeepsPiecesApartThatAreTooLong) {
  const Style style = pipe();
  EXPECT_EQ(Line(style).add("a-long-name").left(4, "next").render(), "a-long-name next");
}

TEST(Line, HasNoEscapeCodesInAPipe) {
  const Style style = pipe();
  EXPECT_EQ(Line(style).add("spin", Ink{true, false, "spin"}).render(), "spin");
}

TEST(Line, HasTheColourOfItsGroupOnATerminal) {
  const Style style = terminal();
  EXPECT_EQ(Line(style).add("x", Ink{false, false, "spin"}).render(), "\x1b[38;2;240;138;75mx\x1b[0m");
}

TEST(Line, UsesTheNearestOf256Colours) {
  Style style = terminal();
  style.colour = Colour::palette;
  // #56b4e9 lies nearest to #5fafd7 of the cube: 16 + 36 * 1 + 6 * 3 + 4.
  EXPECT_EQ(Line(style).add("x", Ink{false, false, "queue"}).render(), "\x1b[38;5;74mx\x1b[0m");
}

TEST(Line, KeepsBoldWithoutColour) {
  Style style = terminal();
  style.colour = Colour::none;
  EXPECT_EQ(Line(style).add("x", Ink{true, false, "queue"}).render(), "\x1b[1mx\x1b[0m");
}

TEST(Line, IsCutToTheTerminalByCodePoints) {
  const Style style = terminal(5);
  EXPECT_EQ(Line(style).add("━━━").add("━━━━").render(), "━━━━━");
}

TEST(Line, IsNotCutInAPipe) {
  Style style = pipe();
  style.columns = 5;
  EXPECT_EQ(Line(style).add("longer than five").render(), "longer than five");
}

TEST(Spell, IsAsciiWhereTheLocaleIsNot) {
  const Style style = pipe();
  EXPECT_EQ(spell(style, "±4 % × 2 ≥ 1 … ━┿│·"), "+-4 % x 2 >= 1 ... =+|.");
  EXPECT_EQ(spell(style, "☃"), "?");
  EXPECT_EQ(spell(terminal(), "±4 %"), "±4 %");
}

TEST(ShareBar, HasItsUprightAtTheFairShare) {
  EXPECT_EQ(share_bar(0.0, 8), "    │   ");
  EXPECT_EQ(share_bar(0.5, 8), "━━  │   ");
  EXPECT_EQ(share_bar(1.5, 8), "━━━━┿━  ");
  EXPECT_EQ(share_bar(9.0, 8), "━━━━┿━━━");
  EXPECT_EQ(share_bar(std::nan(""), 8), "    │   ");
}

TEST(Gauge, FillsUpToOne) {
  EXPECT_EQ(gauge(0.25, 4).full, "━");
  EXPECT_EQ(gauge(0.25, 4).rest, "···");
  EXPECT_EQ(gauge(1.7, 4).full, "━━━━");
  EXPECT_EQ(gauge(1.7, 4).rest, "");
}

TEST(StyleOf, IsPlainForWhatIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Style style = style_of(ends[1]);
  EXPECT_FALSE(style.terminal);
  EXPECT_EQ(style.colour, Colour::none);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace fairground::cli
