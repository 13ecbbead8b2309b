#include "machine/virtualisation.hpp"

#include <array>
#include <cstring>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/files.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace fairground::machine {
namespace {

namespace fs = std::filesystem;
using Names = std::pair<std::string_view, std::string_view>;  // what is found, what it is called

std::string content(const fs::path& file) { return read_small_file(file).value_or(""); }

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The flags of the first processor; only x86 has a flag for hypervisors.
std::optional<bool> hypervisor_flag(const std::string& cpuinfo) {
  const std::size_t begin = cpuinfo.find("\nflags\t");
  if (begin == std::string::npos) return std::nullopt;
  std::istringstream words(cpuinfo.substr(begin, cpuinfo.find('\n', begin + 1) - begin));
  for (std::string word; words >> word;) {
    if (word == "hypervisor") return true;
  }
  return false;
}

// The name that a hypervisor gives itself to the processor's question; on bare metal the leaf means nothing.
std::string asked_of_the_processor() {
#if defined(__x86_64__)
  unsigned eax = 0;
  std::array<unsigned, 3> signature{};
  __cpuid(0x40000000, eax, signature[0], signature[1], signature[2]);
  char text[13] = {};
  std::memcpy(text, signature.data(), 12);
  constexpr Names known[] = {{"KVMKVMKVM", "kvm"},           {"Linux KVM Hv", "kvm"},    {"TCGTCGTCGTCG", "qemu"},
                             {"Microsoft Hv", "hyper-v"},    {"VMwareVMware", "vmware"}, {"XenVMMXenVMM", "xen"},
                             {"VBoxVBoxVBox", "virtualbox"}, {"bhyve bhyve ", "bhyve"},  {" lrpepyh  vr", "parallels"},
                             {"ACRNACRNACRN", "acrn"}};
  for (const auto& [found, name] : known) {
    if (found == text) return std::string(name);
  }
#endif
  return "";
}

// Bare metal of the clouds carries their names in DMI too, so that only products that are virtual are taken.
std::string shown_by_files(const fs::path& root) {
  const std::string dmi =
      content(root / "sys/class/dmi/id/sys_vendor") + content(root / "sys/class/dmi/id/product_name");
  constexpr Names products[] = {{"QEMU", "kvm"},
                                {"KVM", "kvm"},
                                {"VMware", "vmware"},
                                {"VirtualBox", "virtualbox"},
                                {"Virtual Machine", "hyper-v"},
                                {"HVM domU", "xen"},
                                {"Google Compute Engine", "kvm"},
                                {"OpenStack", "kvm"},
                                {"Parallels", "parallels"}};
  for (const auto& [found, name] : products) {
    if (contains(dmi, found)) return std::string(name);
  }
  if (contains(content(root / "sys/hypervisor/type"), "xen")) return "xen";
  const std::string tree = content(root / "proc/device-tree/hypervisor/compatible");
  if (contains(tree, "kvm")) return "kvm";
  if (contains(tree, "xen")) return "xen";
  const std::string clocks = content(root / "sys/devices/system/clocksource/clocksource0/available_clocksource");
  constexpr Names paravirtual[] = {{"kvm-clock", "kvm"}, {"hyperv_clocksource", "hyper-v"}, {"xen", "xen"}};
  for (const auto& [found, name] : paravirtual) {
    if (contains(clocks, found)) return std::string(name);
  }
  return "";
}

std::string kind(const fs::path& root, const std::optional<bool>& flag) {
  std::string name = flag.value_or(false) && root == "/" ? asked_of_the_processor() : "";
  if (name.empty() && flag.value_or(true)) name = shown_by_files(root);
  if (!name.empty() || !flag) return name;
  return *flag ? "unnamed" : "none";
}

std::string container(const fs::path& root) {
  std::error_code error;
  if (fs::exists(root / "run/.containerenv", error)) return "podman";
  std::string named = content(root / "run/systemd/container");
  if (named = named.substr(0, named.find('\n')); !named.empty()) return named;
  const std::string groups = content(root / "proc/self/cgroup");
  constexpr Names paths[] = {{"kubepods", "kubernetes"}, {"/docker", "docker"}, {"libpod", "podman"}, {"/lxc", "lxc"}};
  for (const auto& [found, name] : paths) {
    if (contains(groups, found)) return std::string(name);
  }
  return fs::exists(root / ".dockerenv", error) ? "docker" : "";
}

}  // namespace

Virtualisation virtualisation(const fs::path& root) {
  const auto flag = hypervisor_flag(content(root / "proc/cpuinfo"));
  return {kind(root, flag), container(root), flag};
}

}  // namespace fairground::machine
