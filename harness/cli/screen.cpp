#include "cli/screen.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace fairground::cli {
namespace {
constexpr char show_cursor[] = "\x1b[?25h";
constexpr char hide_cursor[] = "\x1b[?25l";
}  // namespace

Screen::~Screen() { clear(); }

const Style& Screen::style() {
  if (style_.terminal && !fixed_) style_ = style_of(descriptor_);
  return style_;
}

void Screen::write_all(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size() && !gone_) {
    const ssize_t n = ::write(descriptor_, text.data() + done, text.size() - done);
    if (n > 0) done += static_cast<std::size_t>(n);
    if (n >= 0 || errno == EINTR || errno == EAGAIN) continue;
    gone_ = true;
    if (errno != EPIPE && errno != EIO) error_number_ = errno;
  }
}

void Screen::draw(const std::vector<Line>& block) {
  std::string out;
  if (!cursor_hidden_) out += hide_cursor;
  cursor_hidden_ = true;
  if (drawn_ > 0) out += fmt::format("\x1b[{}A", drawn_);
  out += '\r';
  for (const Line& line : block) out += line.render() + "\x1b[K\n";
  out += "\x1b[J";
  drawn_ = block.size();
  write_all(out);
}

void Screen::clear() {
  std::string out;
  if (drawn_ > 0) out += fmt::format("\x1b[{}A\r\x1b[J", drawn_);
  if (cursor_hidden_) out += show_cursor;
  drawn_ = 0;
  cursor_hidden_ = false;
  if (!out.empty()) write_all(out);
}

void Screen::print(const Line& line) {
  std::string out;
  if (drawn_ > 0) out += fmt::format("\x1b[{}A\r\x1b[J", drawn_);
  drawn_ = 0;
  write_all(out + line.whole() + "\n");
}

void Screen::print(const std::vector<Line>& lines) {
  for (const Line& line : lines) print(line);
}

void Screen::check(const std::string& standard, const std::string& record) const {
  if (error_number_ == 0) return;
  throw UserError(fmt::format("Nothing can be written to standard {} ({}); the record is in '{}'.", standard,
                              std::strerror(error_number_), record));
}

void Screen::restore_cursor(int descriptor) noexcept {
  if (isatty(descriptor) == 0) return;
  [[maybe_unused]] const ssize_t n = ::write(descriptor, show_cursor, sizeof show_cursor - 1);
}

}  // namespace fairground::cli
