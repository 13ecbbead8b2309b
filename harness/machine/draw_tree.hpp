// A machine's tree as it is drawn: cores with what they have to themselves, in boxes for what they share.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

namespace fairground::machine {

// One core with the caches that it has to itself.
struct Core {
  std::string package;  // "Package 8", where the package holds nothing else
  unsigned index = 0;   // logical
  std::vector<std::string> caches;
  std::vector<unsigned> units, not_allowed;
  int kind = -1;
};

// What holds several cores or memory. A chain of such things that hold nothing but one another is one box.
struct Box {
  std::vector<std::string> names;  // for the title
  std::vector<std::string> facts;  // memory, shared caches
  std::vector<std::variant<Core, Box>> items;
};

// Of Machine::tree. The outermost box is the machine itself, without a name.
Box boxes_of(const nlohmann::json& tree);

// "L2 1 MiB"; the name alone where no size is known.
std::string with_size(const std::string& name, const nlohmann::json& object);

// All cores below, in order.
void collect(const Box& box, std::vector<const Core*>& cores);

// What two boxes must share to be told together: all but numbers, sizes of memory and which units they are.
std::string shape_of(const Box& box);

}  // namespace fairground::machine
