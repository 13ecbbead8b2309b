// ck-cohort: Concurrency Kit's lock cohort (see kit/ck_cohort.hpp). In order of arrival within a memory node; between
// nodes after at most 10 hand-overs, so that nobody starves.
#include "kit/ck_cohort.hpp"

namespace {
struct CkCohort {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-cohort",
      .group = "queue",
      .summary =
          "Concurrency Kit's lock cohort: a ticket lock per memory node and one for all, up to 10 times in a node",
      .fair = true,
      .processes = true,
  };
  using Options = fairground::kit::NodeOptions;
  struct Local {
    std::uint32_t node = 0;
  };

  void tune(fairground::Host host, const Options& options) { cohorts.setup(host, options); }
  void join(Local& local, fairground::Worker w) { local.node = cohorts.node_of(w); }
  void leave(Local&) {}

  void lock(Local& local) { fairground::kit::ck_cohort_ticket_lock(cohorts[local.node], nullptr, nullptr); }
  void unlock(Local& local) { fairground::kit::ck_cohort_ticket_unlock(cohorts[local.node], nullptr, nullptr); }

  fairground::kit::CkCohorts cohorts;
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_cohort, fairground::kit::Tuned<CkCohort>)
