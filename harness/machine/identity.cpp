#include "machine/identity.hpp"

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/text.hpp"
#include "machine/cgroup.hpp"
#include "machine/virtualisation.hpp"

namespace fairground::machine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string trimmed(std::string_view text) {
  constexpr std::string_view white("\0 \t\r\n", 5);  // device trees end their texts with a zero
  const std::size_t begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(white) + 1 - begin));
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

// The line being made. Each set() either finds a value or writes down why there is none.
class Line {
 public:
  explicit Line(fs::path root) : root_(std::move(root)) { line_["null_reasons"] = json::object(); }

  // A file's text without the white space around it; empty if it is not there, unreadable or blank.
  [[nodiscard]] std::string text(const fs::path& file) const {
    return printable(trimmed(read_small_file(root_ / file).value_or("")), true);
  }
  [[nodiscard]] const fs::path& root() const { return root_; }
  [[nodiscard]] bool is_this_machine() const { return root_ == "/"; }

  // `key` may have one dot: within an object.
  void set(const std::string& key, json value) {
    const std::size_t dot = key.find('.');
    json& at = dot == std::string::npos ? line_[key] : line_[key.substr(0, dot)][key.substr(dot + 1)];
    at = std::move(value);
  }
  void unknown(const std::string& key, const std::string& reason) {
    set(key, nullptr);
    line_["null_reasons"][key] = reason;
  }
  void set_text(const std::string& key, const std::string& value, const std::string& reason = "not-shown") {
    if (value.empty()) return unknown(key, reason);
    set(key, value);
  }
  void file_text(const std::string& key, const fs::path& file) { set_text(key, text(file), reason_for(file)); }
  // The number at a file's beginning, times `factor`.
  void file_number(const std::string& key, const fs::path& file, std::int64_t factor = 1) {
    const auto value = number(text(file));
    if (!value) return unknown(key, reason_for(file));
    set(key, *value * factor);
  }
  template <class Value>
  void set_limit(const std::string& key, const std::optional<Value>& value) {
    if (!value) return unknown(key, "no-limit");
    set(key, *value);
  }
  json take() { return std::move(line_); }

 private:
  [[nodiscard]] std::string reason_for(const fs::path& file) const {
    return ::access((root_ / file).c_str(), F_OK) == 0 && ::access((root_ / file).c_str(), R_OK) != 0 ? "not-permitted"
                                                                                                      : "not-shown";
  }

  fs::path root_;
  json line_ = json::object();
};

// The value after "key :" in /proc/cpuinfo, /proc/meminfo and their like; of several the first.
std::string field(const std::string& content, std::string_view key) {
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && trimmed(line.substr(0, colon)) == key) return trimmed(line.substr(colon + 1));
  }
  return "";
}

// x86 and POWER name their processors. ARM says who made what; the numbers are those of the MIDR register.
std::string cpu_model(const std::string& cpuinfo) {
  for (const char* key : {"model name", "cpu", "uarch"}) {
    if (std::string model = field(cpuinfo, key); !model.empty()) return model;
  }
  const std::string part = field(cpuinfo, "CPU part");
  if (part.empty()) return "";
  return "ARM implementer " + field(cpuinfo, "CPU implementer") + ", part " + part + ", variant " +
         field(cpuinfo, "CPU variant") + ", revision " + field(cpuinfo, "CPU revision");
}

void add_processor(Line& line) {
  const std::string cpuinfo = line.text("proc/cpuinfo");
  line.set_text("cpu_model", cpu_model(cpuinfo));
  const std::string vendor = field(cpuinfo, "vendor_id");
  line.set_text("cpu_vendor", vendor.empty() ? field(cpuinfo, "CPU implementer") : vendor);
  const auto whole = [&](const std::string& key, std::string_view name) {
    const auto value = number(field(cpuinfo, name));
    value ? line.set(key, *value) : line.unknown(key, "not-shown");
  };
  whole("cpu_family", "cpu family");
  whole("cpu_model_number", "model");
  whole("cpu_stepping", "stepping");
  const std::string microcode = field(cpuinfo, "microcode");
  line.set_text("microcode",
                microcode.empty() ? line.text("sys/devices/system/cpu/cpu0/microcode/version") : microcode);
  std::string architecture = line.text("proc/sys/kernel/arch");
  utsname names{};
  if (architecture.empty() && line.is_this_machine() && ::uname(&names) == 0) architecture = names.machine;
  line.set_text("architecture", architecture);
}

std::string distribution(const Line& line) {
  for (const char* file : {"etc/os-release", "usr/lib/os-release"}) {
    std::istringstream lines(line.text(file));
    for (std::string entry; std::getline(lines, entry);) {
      if (!entry.starts_with("PRETTY_NAME=")) continue;
      std::string name = entry.substr(entry.find('=') + 1);
      if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'')) name = name.substr(1, name.size() - 2);
      return name;
    }
  }
  return "";
}

void add_system(Line& line) {
  line.file_text("hostname", "proc/sys/kernel/hostname");
  line.file_text("boot_id", "proc/sys/kernel/random/boot_id");
  line.file_text("kernel", "proc/sys/kernel/osrelease");
  line.file_text("kernel_version", "proc/sys/kernel/version");
  line.file_text("command_line", "proc/cmdline");
  line.set_text("distribution", distribution(line));
  line.set("libc", std::string("glibc ") + gnu_get_libc_version());
  line.file_text("clock_source", "sys/devices/system/clocksource/clocksource0/current_clocksource");
  line.file_text("clock_sources_available", "sys/devices/system/clocksource/clocksource0/available_clocksource");
  line.file_number("address_randomisation", "proc/sys/kernel/randomize_va_space");
  const auto runtime_us = number(line.text("proc/sys/kernel/sched_rt_runtime_us"));
  if (runtime_us && *runtime_us < 0) {
    line.unknown("realtime_runtime_ns", "no-limit");
  } else {
    line.file_number("realtime_runtime_ns", "proc/sys/kernel/sched_rt_runtime_us", 1'000);
  }
}

void add_mitigations(Line& line) {
  const fs::path folder = "sys/devices/system/cpu/vulnerabilities";
  json mitigations = json::object();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(line.root() / folder, error)) {
    const std::string name = entry.path().filename().string();
    if (const std::string text = line.text(folder / name); !text.empty()) mitigations[name] = text;
  }
  if (mitigations.empty()) return line.unknown("mitigations", "not-shown");
  line.set("mitigations", std::move(mitigations));
}

// All policies of CPU frequency that there are, each once: "performance", or "performance + powersave" if they differ.
std::string of_all_policies(const Line& line, const char* file) {
  const fs::path folder = "sys/devices/system/cpu/cpufreq";
  std::set<std::string> values;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(line.root() / folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("policy")) continue;
    if (const std::string value = line.text(folder / name / file); !value.empty()) values.insert(value);
  }
  std::string all;
  for (const std::string& value : values) all.append(all.empty() ? "" : " + ").append(value);
  return all;
}

// The extreme over all policies, in Hz; the files are in kHz.
void add_frequency(Line& line, const std::string& key, const char* file, bool highest) {
  std::istringstream values(of_all_policies(line, file));
  std::optional<std::int64_t> extreme;
  for (std::string word; values >> word;) {
    const auto khz = number(word);
    if (khz && (!extreme || (highest ? *khz > *extreme : *khz < *extreme))) extreme = khz;
  }
  extreme ? line.set(key, *extreme * 1'000) : line.unknown(key, "not-shown");
}

void add_power(Line& line) {
  line.set_text("governor", of_all_policies(line, "scaling_governor"));
  line.set_text("frequency_driver", of_all_policies(line, "scaling_driver"));
  line.set_text("energy_preference", of_all_policies(line, "energy_performance_preference"));
  add_frequency(line, "frequency_minimum_hz", "scaling_min_freq", false);
  add_frequency(line, "frequency_maximum_hz", "scaling_max_freq", true);
  const auto no_turbo = number(line.text("sys/devices/system/cpu/intel_pstate/no_turbo"));
  const auto boost = number(line.text("sys/devices/system/cpu/cpufreq/boost"));
  if (no_turbo || boost) {
    line.set("turbo", no_turbo ? *no_turbo == 0 : *boost != 0);
  } else {
    line.unknown("turbo", "not-shown");
  }
  line.file_text("idle_driver", "sys/devices/system/cpu/cpuidle/current_driver");
  line.file_text("idle_governor", "sys/devices/system/cpu/cpuidle/current_governor");
  line.file_text("smt", "sys/devices/system/cpu/smt/control");
  const std::string active = line.text("sys/devices/system/cpu/smt/active");
  active.empty() ? line.unknown("smt_active", "not-shown") : line.set("smt_active", active == "1");
  // An empty list is an answer: the kernel keeps no unit for anybody.
  for (const auto& [key, file] : {std::pair{"isolated_units", "isolated"}, std::pair{"tickless_units", "nohz_full"}}) {
    const fs::path path = fs::path("sys/devices/system/cpu") / file;
    const std::string list = line.text(path);
    if (fs::exists(line.root() / path)) {
      line.set(key, list == "(null)" ? "" : list);
    } else {
      line.unknown(key, "not-shown");
    }
  }
}

// "always [madvise] never": the one in brackets.
std::string chosen(const std::string& choices) {
  const std::size_t open = choices.find('['), close = choices.find(']', open);
  return close == std::string::npos ? "" : choices.substr(open + 1, close - open - 1);
}

void add_memory(Line& line) {
  const std::string meminfo = line.text("proc/meminfo");
  const auto kib = [&](const std::string& key, std::string_view name) {
    const auto value = number(field(meminfo, name));
    value ? line.set(key, *value * 1'024) : line.unknown(key, "not-shown");
  };
  kib("memory_bytes", "MemTotal");
  kib("swap_bytes", "SwapTotal");
  kib("huge_page_bytes", "Hugepagesize");
  const auto reserved = number(field(meminfo, "HugePages_Total"));
  reserved ? line.set("huge_pages", *reserved) : line.unknown("huge_pages", "not-shown");
  line.set_text("transparent_huge_pages", chosen(line.text("sys/kernel/mm/transparent_hugepage/enabled")));
  line.set_text("transparent_huge_page_defrag", chosen(line.text("sys/kernel/mm/transparent_hugepage/defrag")));
  line.file_number("numa_balancing", "proc/sys/kernel/numa_balancing");
}

void add_cgroup(Line& line) {
  const CgroupLimits limits = cgroup_limits(line.root());
  if (!limits.version_1 && !limits.version_2) return line.unknown("cgroup", "not-shown");
  line.set("cgroup.versions", limits.version_1 && limits.version_2 ? "1 and 2" : limits.version_1 ? "1" : "2");
  line.set_limit("cgroup.cpu_quota_ns", limits.cpu_quota_ns);
  line.set_limit("cgroup.cpu_period_ns", limits.cpu_period_ns);
  line.set_limit("cgroup.memory_limit_bytes", limits.memory_limit_bytes);
  if (limits.cpuset) {
    line.set("cgroup.cpuset", *limits.cpuset);
  } else {
    line.unknown("cgroup.cpuset", "not-shown");
  }
}

void add_virtualisation(Line& line) {
  const Virtualisation found = virtualisation(line.root());
  line.set_text("virtualisation", found.kind);
  found.hypervisor_flag ? line.set("hypervisor_flag", *found.hypervisor_flag)
                        : line.unknown("hypervisor_flag", "not-shown");
  line.set_text("container", found.container, "no-sign");
  const char* names[] = {"sys_vendor", "product_name", "product_version", "board_vendor",
                         "board_name", "bios_version", "bios_date"};
  for (const char* name : names) line.file_text(std::string("dmi.") + name, fs::path("sys/class/dmi/id") / name);
}

void add_topology(Line& line, const Machine& machine) {
  json units = json::array();
  for (const Unit& unit : machine.units) units.push_back(unit.os_index);
  line.set("packages", machine.packages);
  line.set("nodes", machine.nodes);
  line.set("caches", machine.caches);
  line.set("cores", machine.cores);
  line.set("units", machine.units.size());
  line.set("kinds", machine.kinds);
  line.set("allowed_units", std::move(units));
  line.set_limit("quota_units", machine.quota_units);
  line.set("topology", machine.tree);
  line.set_text("topology_xml", machine.xml);
}

}  // namespace

json identity(const Machine& machine, const fs::path& root) {
  Line line(root);
  add_processor(line);
  add_system(line);
  add_mitigations(line);
  add_power(line);
  add_memory(line);
  add_cgroup(line);
  add_virtualisation(line);
  add_topology(line, machine);
  return line.take();
}

}  // namespace fairground::machine
