// Whether this is a virtual machine, a container, or both, and of which kind.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace fairground::machine {

struct Virtualisation {
  std::string kind;                     // none kvm vmware hyper-v xen ..., unnamed if only the flag is set; "": unknown
  std::string container;                // docker podman lxc kubernetes ..., "": no sign of one
  std::optional<bool> hypervisor_flag;  // of /proc/cpuinfo; empty: this architecture has none
};

// From proc, sys, run and etc under `root`; the processor is asked (CPUID leaf 0x40000000) only where that is "/".
Virtualisation virtualisation(const std::filesystem::path& root = "/");

}  // namespace fairground::machine
