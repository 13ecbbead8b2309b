#include "cli/screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace fairground::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ScreenTest : public testing::Test {
 protected:
  ScreenTest() {
    EXPECT_EQ(pipe(ends_), 0);
    style_.terminal = true;
  }
  ~ScreenTest() override {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  std::string written() {
    char part[65536];
    const ssize_t n = read(ends_[0], part, sizeof part);
    return n > 0 ? std::string(part, static_cast<std::size_t>(n)) : "";
  }
  std::vector<Line> block(int lines) {
    std::vector<Line> out;
    for (int i = 0; i < lines; ++i) out.push_back(Line(style_).add(std::string(1, static_cast<char>('a' + i))));
    return out;
  }
  int ends_[2];
  Style style_;
};

TEST_F(ScreenTest, RedrawsInPlace) {
  Screen screen(ends_[1], style_);
  screen.draw(block(2));
  EXPECT_EQ(written(), "\x1b[?25l\ra\x1b[K\nb\x1b[K\n\x1b[J");
  screen.draw(block(1));
  EXPECT_EQ(written(), "\x1b[2A\ra\x1b[K\n\x1b[J");
}

TEST_F(ScreenTest, PutsLinesThatStayWhereTheBlockWas) {
  Screen screen(ends_[1], style_);
  screen.draw(block(3));
  written();
  screen.print(Line(style_).add("stays"));
  EXPECT_EQ(written(), "\x1b[3A\r\x1b[Jstays\n");
}

TEST_F(ScreenTest, ShowsTheCursorAgainHoweverItEnds) {
  {
    Screen screen(ends_[1], style_);
    screen.draw(block(2));
    written();
  }
  EXPECT_EQ(written(), "\x1b[2A\r\x1b[J\x1b[?25h");
}

TEST_F(ScreenTest, LeavesACursorAloneThatItDidNotHide) {
  {
    Screen screen(ends_[1], style_);
    screen.print(Line(style_).add("line"));
    EXPECT_EQ(written(), "line\n");
  }
  close(ends_[1]);
  ends_[1] = -1;
  EXPECT_EQ(written(), "");
}

TEST_F(ScreenTest, KnowsWhenItsReaderIsGone) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  {
    Screen screen(ends_[1], style_);
    EXPECT_FALSE(screen.gone());
    close(ends_[0]);
    screen.print(Line(style_).add("nobody"));
    EXPECT_TRUE(screen.gone());
  }
  std::signal(SIGPIPE, before);
  ends_[0] = dup(ends_[1]);
}

}  // namespace
}  // namespace fairground::cli
