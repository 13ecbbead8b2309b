// fairground/detail/checks.hpp: the rules of plugin.h that can be seen while a workload is compiled. Part of
// workload.hpp.
#ifndef FAIRGROUND_DETAIL_CHECKS_HPP
#define FAIRGROUND_DETAIL_CHECKS_HPP

#include <fairground/plugin.h>

#include <string_view>

namespace fairground::detail {

constexpr bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Lower-case words and numbers with single separators between them, a letter first: `sem-posix`, `written_bytes`.
constexpr bool is_words(const char* text, char separator) {
  if (text == nullptr) return false;
  const std::string_view s(text);
  if (s.empty() || !(s.front() >= 'a' && s.front() <= 'z') || s.back() == separator) return false;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (!lower_or_digit(s[i]) && (s[i] != separator || s[i - 1] == separator)) return false;
  return true;
}
constexpr bool is_kebab(const char* text) { return is_words(text, '-'); }
constexpr bool is_snake(const char* text) { return is_words(text, '_'); }
constexpr bool is_said(const char* text) { return text != nullptr && *text != 0; }

constexpr bool is_numeric(fg_type type) {
  return type == FG_INTEGER || type == FG_SIZE || type == FG_DURATION || type == FG_RATIO;
}

// The default lies in its range; a choice's, read from among the choices, is not the NULL at their end.
constexpr bool default_fits(const fg_parameter& p) {
  if (p.type == FG_CHOICE || p.type == FG_TEXT) return p.default_value.text != nullptr;
  if (!is_numeric(p.type)) return true;
  const double value = p.type == FG_RATIO ? p.default_value.real : static_cast<double>(p.default_value.integer);
  return p.minimum <= value && value <= p.maximum;
}

// Over arrays of pointers to fg_parameter and fg_counter whose last element is the NULL at the end. (By their length:
// gcc with -fsanitize=undefined takes no comparison of an address with NULL for a constant.)
template <class Items, class F>
constexpr bool all_of(const Items& items, F&& holds) {
  for (std::size_t i = 0; i + 1 < items.size(); ++i)
    if (!holds(*items[i])) return false;
  return true;
}
template <class Items>
constexpr bool keys_differ(const Items& items) {
  for (std::size_t i = 0; i + 1 < items.size(); ++i)
    for (std::size_t other = i + 1; other + 1 < items.size(); ++other)
      if (std::string_view(items[i]->key) == items[other]->key) return false;
  return true;
}

}  // namespace fairground::detail

#endif  // FAIRGROUND_DETAIL_CHECKS_HPP
