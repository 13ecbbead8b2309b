// Boxes of text beside and inside one another, in UTF-8 or plain ASCII.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairground::machine {

// The signs that a drawing is made of, each one column wide.
struct Signs {
  std::string_view across, down, top_left, top_right, bottom_left, bottom_right;
  std::string_view dot, to, more;  // between things in a row, between the ends of a range, for what is left out
};
const Signs& signs(bool ascii);

// Columns that text takes: its code points.
unsigned width_of(std::string_view utf8);

// Lines of one width: shorter ones are padded with spaces.
struct Block {
  std::vector<std::string> lines;
  unsigned width = 0;
};

// The parts in lines of at most `width` columns with `separator` between those on one line; what alone is longer is
// cut.
std::vector<std::string> wrap(const std::vector<std::string>& parts, std::string_view separator, unsigned width,
                              const Signs& signs);
Block of_lines(std::vector<std::string> lines);
Block stack(const std::vector<Block>& blocks);
// Side by side with a space between, in as few rows as `width` allows, the rows as even as may be.
Block flow(const std::vector<Block>& blocks, unsigned width);
// With a line around it and the title in that; at least `inner` columns inside.
Block frame(std::string_view title, const Block& inside, const Signs& signs, unsigned inner = 0);

// The lines, without the spaces at their ends.
std::string text_of(const Block& block);

}  // namespace fairground::machine
