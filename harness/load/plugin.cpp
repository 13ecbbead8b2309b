#include "load/plugin.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "load/elf_file.hpp"

namespace fairground::load {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw UserError(fmt::format("The plugin {} can't be loaded: {}.", printable(path), why));
}

// The loader's own words, without the path that they begin with.
std::string loader_says(const std::string& path) {
  const char* said = dlerror();
  std::string text = said == nullptr ? "no reason" : said;
  if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
  return printable(text.substr(0, 500));
}

const fg_plugin& exported_table(void* library, const std::string& path) {
  void* symbol = dlsym(library, "fairground_plugin");
  if (symbol == nullptr)
    refuse(path, "it doesn't export the symbol fairground_plugin, so it is no plugin of Fairground");
  Dl_info info{};
  const ElfW(Sym)* entry = nullptr;
  if (dladdr1(symbol, &info, reinterpret_cast<void**>(const_cast<ElfW(Sym)**>(&entry)), RTLD_DL_SYMENT) != 0 &&
      entry != nullptr) {
    // st_info has the same layout for 32 and 64 bits.
    if (ELF64_ST_TYPE(entry->st_info) == STT_FUNC)
      refuse(path, "its fairground_plugin is a function, where data is wanted");
    if (entry->st_size < sizeof(fg_plugin)) {
      refuse(path,
             fmt::format("its fairground_plugin has {} bytes, where {} are wanted", entry->st_size, sizeof(fg_plugin)));
    }
  }
  return *static_cast<const fg_plugin*>(symbol);
}

}  // namespace

const fg_plugin& open_plugin(const std::string& path) {
  if (const std::string why = why_no_shared_object(path); !why.empty()) refuse(path, why);
  // A name without a slash would be looked for on the loader's own search path.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) refuse(path, "the loader says: " + loader_says(file));
  const fg_plugin& plugin = exported_table(library, path);
  if (plugin.magic != FG_MAGIC)
    refuse(path, "its fairground_plugin doesn't hold the number FG_MAGIC, so it is no plugin of Fairground");
  if (plugin.abi_major != FG_ABI_MAJOR || plugin.abi_minor > FG_ABI_MINOR) {
    refuse(path, fmt::format("it is built for plugin interface {}.{}, and this program has {}.{}; build it with the "
                             "headers of this program",
                             plugin.abi_major, plugin.abi_minor, FG_ABI_MAJOR, FG_ABI_MINOR));
  }
  if (plugin.size < sizeof(fg_plugin)) {
    refuse(path, fmt::format("its fairground_plugin says that it has {} bytes, where {} are wanted", plugin.size,
                             sizeof(fg_plugin)));
  }
  if (plugin.workloads == nullptr || plugin.workloads[0] == nullptr) refuse(path, "it has no workloads");
  return plugin;
}

const fg_workload& find_workload(const fg_plugin& plugin, const std::string& id) {
  for (const fg_workload* const* w = plugin.workloads; *w != nullptr; ++w) {
    if ((*w)->id != nullptr && id == (*w)->id) return **w;
  }
  throw UserError(
      fmt::format("The plugin has no workload {}; has it been replaced since it was asked?", in_quotes(id)));
}

Values::Values(const fg_workload& workload, const nlohmann::json& parameters) {
  for (const fg_parameter* const* p = workload.parameters; p != nullptr && *p != nullptr; ++p) {
    fg_value value = (*p)->default_value;
    const auto given = parameters.find((*p)->key);
    if (given != parameters.end()) take(**p, *given, value);
    values_.push_back(value);
  }
}

void Values::take(const fg_parameter& p, const nlohmann::json& given, fg_value& value) {
  if (given.is_boolean()) value.integer = given.get<bool>() ? 1 : 0;
  if (given.is_number_integer()) value.integer = given.get<std::int64_t>();
  if (given.is_number()) value.real = given.get<double>();
  if (!given.is_string()) return;
  texts_.push_back(given.get<std::string>());
  value.text = texts_.back().c_str();
  for (std::int64_t i = 0; p.type == FG_CHOICE && p.choices != nullptr && p.choices[i] != nullptr; ++i) {
    if (texts_.back() == p.choices[i]) value.integer = i;
  }
}

}  // namespace fairground::load
