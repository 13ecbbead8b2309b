// A plugin that does ACT (one of acts.hpp) while it is loaded, or with AT_UNLOAD while its process ends.
#include "acts.hpp"

namespace {

#ifdef AT_UNLOAD
[[gnu::destructor]]
#else
[[gnu::constructor]]
#endif
void misbehave() {
  (void)hostile::perform(hostile::Act::ACT, nullptr);
}

fg_status run(void*, void*, fg_worker* w, void*, fg_error*) {
  while (fg_go(w)) fg_count(w, 1);
  return FG_OK;
}

fg_workload table() {
  fg_workload w{};
  w.size = sizeof w;
  w.version = 1;
  w.id = "hostile-" NAME;
  w.family = "hostile";
  w.group = "hostile";
  w.summary = "misbehaves before it can be asked, or after";
  w.operation = "turn";
  w.invariant = "none: what matters is what becomes of the process";
  w.run = run;
  return w;
}
const fg_workload workload = table();
const fg_workload* const workloads[] = {&workload, nullptr};

}  // namespace

extern "C" const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR,
                                                FG_ABI_MINOR,      NAME,     workloads};
