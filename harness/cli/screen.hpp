// A block of lines on a terminal that is redrawn in place, and the plain writing of lines anywhere else.
#pragma once

#include <string>
#include <vector>

#include "cli/style.hpp"

namespace fairground::cli {

// Writes lines to one file descriptor. A reader that went away (`| head`) is no error: gone() says so from then on.
class Screen {
 public:
  explicit Screen(int descriptor) : descriptor_(descriptor), style_(style_of(descriptor)) {}
  Screen(int descriptor, const Style& style) : descriptor_(descriptor), style_(style), fixed_(true) {}
  ~Screen();  // ends the block and shows the cursor again
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // The style now: the width follows the window.
  const Style& style();
  // Replace the block by these lines; only where style().terminal. The cursor is hidden while there is a block.
  void draw(const std::vector<Line>& block);
  // Take the block away. The next print stands where it was.
  void clear();
  // Lines that stay. They go above the block, if there is one, which the next draw puts below them again.
  void print(const Line& line);
  void print(const std::vector<Line>& lines);
  [[nodiscard]] bool gone() const { return gone_; }
  // Why nothing more can be written, where it is not that: a disk is full. 0: nothing of that.
  [[nodiscard]] int error_number() const { return error_number_; }

  // Throws UserError if what was printed to `standard` ("output", "error") did not get there; the record did.
  void check(const std::string& standard, const std::string& record) const;

  // Show the cursor again, whatever the state; safe in a signal handler.
  static void restore_cursor(int descriptor) noexcept;

 private:
  void write_all(const std::string& text);

  int descriptor_;
  Style style_;
  bool fixed_ = false;
  std::size_t drawn_ = 0;
  bool cursor_hidden_ = false;
  bool gone_ = false;
  int error_number_ = 0;
};

}  // namespace fairground::cli
