#include "cli/report_command.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/exec_path.hpp"

namespace fairground::cli {
namespace {

// Does not return: the program takes this process over.
[[noreturn]] void become(const std::string& name, const std::vector<std::string>& arguments) {
  const std::string program = find_command(name, own_program()).string();
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  throw SystemError("starting " + program, errno);
}

void add_program(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->set_help_flag();
  command->prefix_command();
  command->callback([command, name] { become(name, command->remaining()); });
}

}  // namespace

void add_report_command(CLI::App& app, int&) {
  add_program(app, "report", "Make one HTML page of one or more runs, which opens offline");
}

void add_plot_command(CLI::App& app, int&) { add_program(app, "plot", "Draw figures of one or more runs"); }

}  // namespace fairground::cli
