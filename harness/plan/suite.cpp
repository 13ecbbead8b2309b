#include "plan/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "plan/dimensions.hpp"
#include "plan/parameter.hpp"
#include "plan/toml.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

constexpr std::size_t longest_suite = 1 << 20;

std::string_view type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a point";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or a time";
  }
}

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(printable(file)) {}

  Suite read(const toml::table& root) const {
    Suite suite;
    for (const auto& [key, node] : in_order(root)) read_top(suite, *key, *node);
    if (suite.points.empty()) throw UserError(fmt::format("{}: the suite has no [[point]]; add at least one.", file_));
    return suite;
  }

  [[noreturn]] void fail(const toml::source_region& at, const std::string& what) const {
    throw UserError(fmt::format("{}: {}", place(at), what));
  }

 private:
  using Entry = std::pair<const toml::key*, const toml::node*>;

  [[nodiscard]] std::string place(const toml::source_region& at) const {
    return fmt::format("{}:{}:{}", file_, at.begin.line, at.begin.column);
  }

  // As a person reads the file, so that the first mistake is the one reported. TOML tables are sorted by name.
  static std::vector<Entry> in_order(const toml::table& table) {
    std::vector<Entry> entries;
    for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      const toml::source_position &x = a.first->source().begin, &y = b.first->source().begin;
      return std::pair(x.line, x.column) < std::pair(y.line, y.column);
    });
    return entries;
  }

  [[noreturn]] void unknown_key(const toml::key& key, const std::vector<std::string>& known, const char* which) const {
    const std::vector<std::string> near = nearest(known, key.str());
    fail(key.source(),
         near.empty()
             ? fmt::format("there is no key {} {}; take {}.", in_quotes(key.str()), which, or_list(known))
             : fmt::format("there is no key {} {}; did you mean {}?", in_quotes(key.str()), which, or_list(near)));
  }

  [[noreturn]] void wrong_type(const toml::key& key, const toml::node& node, const char* wanted) const {
    fail(node.source(), fmt::format("{} is {} here; write {}.", printable(key.str()), type_of(node), wanted));
  }

  void read_top(Suite& suite, const toml::key& key, const toml::node& node) const {
    if (key == "name" || key == "description") {
      const auto* text = node.as_string();
      if (text == nullptr) wrong_type(key, node, "a string");
      (key == "name" ? suite.name : suite.description) = text->get();
    } else if (key == "trials" || key == "seed") {
      const auto* number = node.as_integer();
      if (number == nullptr) wrong_type(key, node, "a whole number");
      if (key == "trials") {
        suite.trials = trials_of({number->get(), place(node.source())});
      } else {
        if (number->get() < 0) fail(node.source(), "seed is below 0; write a whole number from 0 on.");
        suite.seed = static_cast<std::uint64_t>(number->get());
      }
    } else if (key == "point") {
      const auto* points = node.as_array();
      if (points == nullptr) wrong_type(key, node, "[[point]], with two brackets, before each point");
      for (const toml::node& point : *points) {
        if (!point.is_table()) wrong_type(key, point, "[[point]] and its keys below it");
        suite.points.push_back(read_point(*point.as_table()));
      }
    } else {
      unknown_key(key, {"name", "description", "trials", "seed", "point"}, "at the top of a suite");
    }
  }

  [[nodiscard]] RunOptions read_point(const toml::table& table) const {
    RunOptions options;
    for (const auto& [key, node] : in_order(table)) {
      if (*key == "set") {
        read_settings(options, *key, *node);
        continue;
      }
      const auto* known = std::find_if(list_options.begin(), list_options.end(),
                                       [name = key->str()](const ListOption& k) { return k.name == name; });
      if (known == list_options.end()) {
        std::vector<std::string> names{"set"};
        for (const ListOption& k : list_options) names.emplace_back(k.name);
        unknown_key(*key, names, "in a point");
      }
      read_values(options.*known->values, *key, *node);
    }
    if (options.names.empty()) fail(table.source(), "the point has no workload; add workload = \"...\".");
    check(options);
    return options;
  }

  // A value, or an array of them; workers are whole numbers, everything else is text.
  void read_values(std::vector<Given>& values, const toml::key& key, const toml::node& node) const {
    const auto read_one = [&](const toml::node& one) {
      if (key == "workers" ? !one.is_integer() : !one.is_string()) {
        wrong_type(key, one, key == "workers" ? "a whole number" : example_of(key.str()));
      }
      values.push_back({value_of(key, one), place(one.source())});
    };
    each_of(key, node, read_one);
  }

  void read_settings(RunOptions& options, const toml::key& set, const toml::node& node) const {
    const auto* table = node.as_table();
    if (table == nullptr) wrong_type(set, node, "a table, such as set = { section = \"100ns\" }");
    for (const auto& [key, values] : in_order(*table)) {
      Setting setting{std::string(key->str()), place(key->source()), {}};
      each_of(*key, *values, [&, name = key](const toml::node& one) {
        setting.values.push_back({value_of(*name, one), place(one.source())});
      });
      options.set.push_back(std::move(setting));
    }
  }

  template <class F>
  void each_of(const toml::key& key, const toml::node& node, F&& take) const {
    const auto* array = node.as_array();
    if (array == nullptr) return take(node);
    if (array->empty()) fail(node.source(), fmt::format("{} has no value; give one at least.", printable(key.str())));
    for (const toml::node& one : *array) take(one);
  }

  [[nodiscard]] json value_of(const toml::key& key, const toml::node& node) const {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* real = node.as_floating_point()) return real->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    wrong_type(key, node, "a string, a number, true or false, or an array of them");
  }

  static const char* example_of(std::string_view key) {
    if (key == "time" || key == "warmup" || key == "deadline" || key == "stutter" || key == "shuffle")
      return "a duration with its unit, such as \"1s\"";
    if (key == "as") return "\"threads\" or \"processes\"";
    return "a string";
  }

  std::string file_;
};

// toml++ ends some sentences with a full stop, and starts all with where it was.
std::string sentence_of(std::string_view description) {
  std::string text = printable(description);
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text + ".";
}

}  // namespace

bool is_suite_path(std::string_view word) {
  return word.ends_with(".toml") || word.find('/') != std::string_view::npos;
}

Suite parse_suite(std::string_view text, const std::string& file) {
  const Reader reader(file);
  try {
    return reader.read(toml::parse(text, file));
  } catch (const toml::parse_error& error) {
    reader.fail(error.source(), fmt::format("not valid TOML: {}", sentence_of(error.description())));
  }
}

Suite read_suite(const std::filesystem::path& file) {
  const std::optional<std::string> text = read_small_file(file, longest_suite);
  if (!text) {
    throw UserError(
        fmt::format("{}: no such suite file, or it can't be read, or is longer than 1 MiB.", printable(file.string())));
  }
  return parse_suite(*text, file.string());
}

std::vector<Point> expand(const Suite& suite, const RunOptions& command_line, const std::vector<WorkloadInfo>& all) {
  std::vector<Point> points;
  for (const RunOptions& options : suite.points) {
    for (Point& point : expand(overridden(options, command_line), all)) points.push_back(std::move(point));
  }
  if (points.size() > most_points) {
    throw UserError(
        fmt::format("The suite spans more than {} points; give fewer values, or several suites.", most_points));
  }
  return points;
}

}  // namespace fairground::plan
