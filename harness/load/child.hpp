// This program executed anew to be asked something, so that what a plugin does stays in a process that may die of it.
//
//   supervisor --fork, exec--> guard --fork--> loader, which loads a plugin and answers line by line
//
// The guard loads nothing. It ends the loader and all that came of it when the loader ends, when the supervisor says so
// and when the supervisor dies; and it stands between them, for a plugin that kills its parent.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fairground::load {

// The descriptor on which a child answers. Its standard output and error go nowhere, so that a plugin which prints
// can't spoil the answer.
inline constexpr int answer_fd = 3;

struct Question {
  std::vector<std::string> arguments;  // of the program, without its name
  std::string input;                   // what it can read from standard input
};

struct Answer {
  std::vector<nlohmann::json> lines;  // those that arrived whole and are objects
  // How it ended, if not well: "was ended by SIGSEGV (Segmentation fault)", "exited with code 3",
  // "did not answer for 5 s".
  std::string trouble;
  bool silent = false;  // the last of these
  bool started = true;  // false: the machine refused the process
};

// Ask children side by side, at most four for each unit that this process may use; one that says nothing for
// `silence_ns` is ended. The answers are in the order of the questions. Call from the main thread: children die with
// their parent's thread. What can't be started is a trouble like any other.
std::vector<Answer> ask(const std::vector<Question>&, std::uint64_t silence_ns);

// ---- in the child ----

// The calling process becomes the guard and never returns; its child, which may load plugins, goes on here. Only for a
// process with one thread.
void stand_guard();

// One line of the answer.
void say(const nlohmann::json&);

}  // namespace fairground::load
