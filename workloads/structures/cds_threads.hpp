// libcds with hazard pointers: one reclamation scheme for the whole process, to which each thread that touches a
// container has to be attached, the one that destroys it too.
#pragma once

#include <cds/gc/hp.h>
#include <cds/init.h>

#include <cstdint>

#include "kit/relax.hpp"

namespace fairground::kit {

class CdsThreads {
 public:
  // [control] For so many threads beside this one, which is attached.
  explicit CdsThreads(std::uint32_t threads) : hazards_(0, threads + 1) { attach(); }
  ~CdsThreads() { detach(); }
  CdsThreads(const CdsThreads&) = delete;
  CdsThreads& operator=(const CdsThreads&) = delete;

  // [worker]
  static void attach() { cds::threading::Manager::attachThread(); }
  static void detach() { cds::threading::Manager::detachThread(); }

 private:
  struct Library {
    Library() { cds::Initialize(); }
    ~Library() { cds::Terminate(); }
  };
  Library library_;
  cds::gc::HP hazards_;
};

}  // namespace fairground::kit
