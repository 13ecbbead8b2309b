#include "cli/usage.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "plan/parameter.hpp"

namespace fairground::cli {
namespace {

// The innermost subcommand that was named; the app itself if none was.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::string full_name(const CLI::App& app, const CLI::App& command) {
  return &app == &command ? app.get_name() : app.get_name() + " " + command.get_name();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

CLI::Option* repeatable(CLI::Option* option) {
  return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_plugin_option(CLI::App& command, std::vector<std::string>& files) {
  repeatable(
      command.add_option("--plugin", files, "a shared object with more workloads (repeatable)")->type_name("FILE"));
}

std::string did_you_mean(const std::vector<std::string>& names, const std::string& wanted) {
  const std::vector<std::string> near = nearest(names, wanted);
  return near.empty() ? "" : fmt::format(" (did you mean {}?)", or_list(near));
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  const std::string help = fmt::format("`{} --help` shows how it is used.", full_name(app, command));
  const std::vector<std::string> left = app.remaining(true);
  if (&command == &app) {
    const std::string names = fmt::format("{}", fmt::join(commands_of(app), ", "));
    if (left.empty()) return fmt::format("Say what to do: {}; {}", names, help);
    if (left.front().front() != '-') {
      return fmt::format("There is no command {}{}; {}", in_quotes(left.front()),
                         did_you_mean(commands_of(app), left.front()), help);
    }
  }
  if (!left.empty() && left.front().size() > 1 && left.front().front() == '-') {
    const std::string name = left.front().substr(0, left.front().find('='));
    const std::string of = &command == &app ? app.get_name() : command.get_name();
    return fmt::format("{} has no option {}{}; {}", of, printable(name), did_you_mean(options_of(command), name), help);
  }
  if (!left.empty())
    return fmt::format("{}: {} was not expected; {}", full_name(app, command), in_quotes(left.front()), help);
  return fmt::format("{}; {}", printable(first_line(error.what())), help);
}

}  // namespace fairground::cli
