#include "machine/boxes.hpp"

#include <algorithm>
#include <utility>

namespace fairground::machine {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

std::string repeated(std::string_view sign, unsigned times) {
  std::string text;
  for (unsigned i = 0; i < times; ++i) text += sign;
  return text;
}

void pad(std::string& line, unsigned width) {
  const unsigned has = width_of(line);
  if (has < width) line.append(width - has, ' ');
}

std::string cut(std::string_view text, unsigned width, const Signs& signs) {
  if (width_of(text) <= width || width == 0) return std::string(text);
  std::size_t end = 0;
  for (unsigned columns = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++columns == width) break;
  }
  return std::string(text.substr(0, end)).append(signs.more);
}

}  // namespace

const Signs& signs(bool ascii) {
  static constexpr Signs utf8{"─", "│", "┌", "┐", "└", "┘", "·", "–", "…"};
  static constexpr Signs plain{"-", "|", "+", "+", "+", "+", ",", "-", "~"};
  return ascii ? plain : utf8;
}

unsigned width_of(std::string_view utf8) {
  return static_cast<unsigned>(std::count_if(utf8.begin(), utf8.end(), [](char byte) { return !continues(byte); }));
}

std::vector<std::string> wrap(const std::vector<std::string>& parts, std::string_view separator, unsigned width,
                              const Signs& signs) {
  std::vector<std::string> lines;
  for (const std::string& whole : parts) {
    const std::string part = cut(whole, width, signs);
    if (!lines.empty() && width_of(lines.back()) + width_of(separator) + width_of(part) <= width) {
      lines.back().append(separator).append(part);
    } else {
      lines.push_back(part);
    }
  }
  return lines;
}

Block of_lines(std::vector<std::string> lines) {
  Block block{std::move(lines), 0};
  for (const std::string& line : block.lines) block.width = std::max(block.width, width_of(line));
  for (std::string& line : block.lines) pad(line, block.width);
  return block;
}

Block stack(const std::vector<Block>& blocks) {
  std::vector<std::string> lines;
  for (const Block& block : blocks) lines.insert(lines.end(), block.lines.begin(), block.lines.end());
  return of_lines(std::move(lines));
}

namespace {

void put_beside(Block& row, const Block& block) {
  row.lines.resize(std::max(row.lines.size(), block.lines.size()));
  for (std::size_t i = 0; i < row.lines.size(); ++i) {
    pad(row.lines[i], row.width + 1);
    if (i < block.lines.size()) row.lines[i] += block.lines[i];
    pad(row.lines[i], row.width + 1 + block.width);
  }
  row.width += 1 + block.width;
}

// Rows of at most `most` blocks each.
std::vector<Block> rows_of(const std::vector<Block>& blocks, unsigned width, std::size_t most) {
  std::vector<Block> rows;
  std::size_t in_row = 0;
  for (const Block& block : blocks) {
    if (rows.empty() || in_row == most || rows.back().width + 1 + block.width > width) {
      rows.push_back(block);
      in_row = 1;
    } else {
      put_beside(rows.back(), block);
      ++in_row;
    }
  }
  return rows;
}

}  // namespace

Block flow(const std::vector<Block>& blocks, unsigned width) {
  std::vector<Block> rows = rows_of(blocks, width, blocks.size());
  if (rows.size() > 1) {
    std::vector<Block> even = rows_of(blocks, width, (blocks.size() + rows.size() - 1) / rows.size());
    if (even.size() == rows.size()) rows = std::move(even);
  }
  return stack(rows);
}

Block frame(std::string_view title, const Block& inside, const Signs& signs, unsigned inner) {
  inner = std::max({inner, inside.width, width_of(title) + 1});
  std::vector<std::string> lines;
  lines.push_back(std::string(signs.top_left) + " " + std::string(title) + " " +
                  repeated(signs.across, inner - width_of(title)) + std::string(signs.top_right));
  for (std::string line : inside.lines) {
    pad(line, inner);
    lines.push_back(std::string(signs.down) + " " + line + " " + std::string(signs.down));
  }
  lines.push_back(std::string(signs.bottom_left) + repeated(signs.across, inner + 2) + std::string(signs.bottom_right));
  return of_lines(std::move(lines));
}

std::string text_of(const Block& block) {
  std::string text;
  for (const std::string& line : block.lines) text.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
  return text;
}

}  // namespace fairground::machine
