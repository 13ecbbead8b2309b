#include "load/plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/parameter.hpp"

namespace fairground::load {
namespace {

using plan::ParameterInfo;
using plan::ParameterType;

// dlerror's reasons are long and name internals; the common cases get a sentence of ours.
std::string why_not_elf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return "there is no such file";
  if (std::filesystem::is_directory(path, error)) return "it is a folder";
  std::ifstream file(path, std::ios::binary);
  if (!file) return "it can't be read";
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  if (file.gcount() == 0) return "the file is empty";
  if (std::memcmp(magic.data(), "\177ELF", 4) != 0) return "it is not a shared object";
  return "";
}

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

bool is_kebab(const std::string& text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z' || text.back() == '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && text[i - 1] != '-'))) return false;
  }
  return true;
}

ParameterType type_of(fg_type type, const std::string& where) {
  switch (type) {
    case FG_INTEGER: return ParameterType::integer;
    case FG_SIZE: return ParameterType::size;
    case FG_DURATION: return ParameterType::duration;
    case FG_RATIO: return ParameterType::ratio;
    case FG_BOOL: return ParameterType::boolean;
    case FG_CHOICE: return ParameterType::choice;
    case FG_TEXT: return ParameterType::text;
  }
  throw UserError(fmt::format("{} has the unknown type {}", where, static_cast<unsigned>(type)));
}

nlohmann::json default_of(const fg_parameter& p, const std::string& where) {
  switch (p.type) {
    case FG_RATIO: return p.default_value.real;
    case FG_BOOL: return p.default_value.integer != 0;
    case FG_CHOICE:
    case FG_TEXT:
      if (p.default_value.text == nullptr) throw UserError(where + " has no default");
      return p.default_value.text;
    default: return p.default_value.integer;
  }
}

ParameterInfo describe(const fg_parameter& p, const std::string& workload) {
  ParameterInfo info;
  info.key = text_of(p.key);
  const std::string where = fmt::format("parameter '{}' of '{}'", info.key, workload);
  if (!is_kebab(info.key)) throw UserError(where + ": the key is not in kebab-case");
  info.type = type_of(p.type, where);
  info.minimum = p.minimum;
  info.maximum = p.maximum;
  info.unit = text_of(p.unit);
  info.help = text_of(p.help);
  info.processes = text_of(p.processes);
  for (const char* const* c = p.choices; p.type == FG_CHOICE && c != nullptr && *c != nullptr; ++c) {
    info.choices.emplace_back(*c);
  }
  if (p.type == FG_CHOICE && info.choices.empty()) throw UserError(where + " is a choice without choices");
  if (!std::isfinite(p.minimum) || !std::isfinite(p.maximum) || p.minimum > p.maximum) {
    throw UserError(where + " has an empty range");
  }
  info.default_value = default_of(p, where);
  try {  // the default has to pass the same checks as what a person types
    info.default_value = plan::parse_value(info, info.default_value, info.key);
  } catch (const UserError& e) {
    throw UserError(fmt::format("the default of {} is not allowed: {}", where, e.what()));
  }
  return info;
}

std::vector<std::string> capability_names(std::uint32_t bits) {
  static constexpr std::pair<std::uint32_t, const char*> names[] = {
      {FG_MAY_BLOCK, "may-block"}, {FG_MAY_HANG, "may-hang"}, {FG_PROCESSES, "processes"}, {FG_NETWORK, "network"},
      {FG_DATABASE, "database"},   {FG_FILES, "files"},       {FG_CONTENDED, "contended"}};
  std::vector<std::string> out;
  for (const auto& [bit, name] : names) {
    if ((bits & bit) != 0) out.emplace_back(name);
  }
  return out;
}

std::vector<std::string> finding_names(std::uint32_t bits) {
  static constexpr const char* names[] = {"deadlock", "livelock", "starvation", "lost-update",
                                          "hang",     "crash",    "leak",       "wrong-result"};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if ((bits >> i & 1) != 0) out.emplace_back(names[i]);
  }
  return out;
}

}  // namespace

const fg_plugin& open_plugin(const std::string& path) {
  const std::string reason = why_not_elf(path);
  if (!reason.empty()) throw UserError(fmt::format("can't load the plugin {}: {}", path, reason));
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw UserError(fmt::format("can't load the plugin {}: {}", path, printable(text_of(dlerror()))));
  }
  const auto* plugin = static_cast<const fg_plugin*>(dlsym(library, "fairground_plugin"));
  if (plugin == nullptr) {
    throw UserError(fmt::format("{} is no plugin: it does not export the symbol fairground_plugin", path));
  }
  if (plugin->magic != FG_MAGIC) throw UserError(path + " is no plugin: its fairground_plugin has the wrong magic number");
  if (plugin->abi_major != FG_ABI_MAJOR || plugin->abi_minor > FG_ABI_MINOR) {
    throw UserError(fmt::format("{} was built for plugin interface {}.{}, this program has {}.{}; build it again", path,
                                plugin->abi_major, plugin->abi_minor, FG_ABI_MAJOR, FG_ABI_MINOR));
  }
  if (plugin->size < sizeof(fg_plugin) || plugin->workloads == nullptr || plugin->workloads[0] == nullptr) {
    throw UserError(path + " holds no workload");
  }
  return *plugin;
}

const fg_workload& find_workload(const fg_plugin& plugin, const std::string& id) {
  for (const fg_workload* const* w = plugin.workloads; *w != nullptr; ++w) {
    if ((*w)->id != nullptr && id == (*w)->id) return **w;
  }
  throw UserError(fmt::format("the plugin '{}' has no workload '{}'", text_of(plugin.name), id));
}

plan::WorkloadInfo describe(const fg_workload& w, const std::string& plugin_path) {
  plan::WorkloadInfo info;
  if (w.size < sizeof(fg_workload)) throw UserError("a workload of " + plugin_path + " is smaller than the interface says");
  info.id = text_of(w.id);
  if (!is_kebab(info.id)) throw UserError(fmt::format("the workload id '{}' is not in kebab-case", printable(info.id)));
  if (w.run == nullptr) throw UserError(fmt::format("the workload '{}' has no run function", info.id));
  if (w.kind != FG_EACH && w.kind != FG_TEAM) throw UserError(fmt::format("the workload '{}' is of no known kind", info.id));
  info.family = text_of(w.family);
  info.group = text_of(w.group);
  info.control = text_of(w.control);
  info.summary = text_of(w.summary);
  info.operation = text_of(w.operation);
  info.invariant = text_of(w.invariant);
  info.kind = w.kind == FG_TEAM ? "team" : "each";
  info.expects = finding_names(w.expects);
  info.capabilities = capability_names(w.capabilities);
  info.promises_fairness = w.promises_fairness != 0;
  info.version = w.version;
  info.plugin = plugin_path;
  for (const fg_parameter* const* p = w.parameters; p != nullptr && *p != nullptr; ++p) {
    info.parameters.push_back(describe(**p, info.id));
    for (std::size_t i = 0; i + 1 < info.parameters.size(); ++i) {
      if (info.parameters[i].key != info.parameters.back().key) continue;
      throw UserError(fmt::format("the workload '{}' has two parameters '{}'", info.id, info.parameters[i].key));
    }
  }
  for (const fg_counter* const* c = w.counters; c != nullptr && *c != nullptr; ++c) {
    info.counters.push_back({text_of((*c)->key), text_of((*c)->help)});
  }
  return info;
}

Values::Values(const fg_workload& workload, const nlohmann::json& parameters) {
  for (const fg_parameter* const* p = workload.parameters; p != nullptr && *p != nullptr; ++p) {
    fg_value value = (*p)->default_value;
    if (const auto found = parameters.find((*p)->key); found != parameters.end()) {
      const nlohmann::json& json = *found;
      if (json.is_boolean()) value.integer = json.get<bool>() ? 1 : 0;
      if (json.is_number_integer()) value.integer = json.get<std::int64_t>();
      if (json.is_number()) value.real = json.get<double>();
      if (json.is_string()) {
        texts_.push_back(json.get<std::string>());
        value.text = texts_.back().c_str();
        for (std::int64_t i = 0; (*p)->choices != nullptr && (*p)->choices[i] != nullptr; ++i) {
          if (texts_.back() == (*p)->choices[i]) value.integer = i;
        }
      }
    }
    values_.push_back(value);
  }
}

}  // namespace fairground::load
