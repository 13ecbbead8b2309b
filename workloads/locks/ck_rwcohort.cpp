// ck-rwcohort: Concurrency Kit's reader-writer lock over a lock cohort (I. Calciu et al., "NUMA-Aware Reader-Writer
// Locks", PPoPP 2013): writers hold the cohort's lock, readers count themselves in. `prefer` says who goes first:
// neutral, where a reader passes through the cohort's lock, readers, or writers; the other class is let in when it has
// looked 1,000 times in vain.
#include "kit/ck_cohort.hpp"

namespace {
using namespace fairground::kit;

struct CkRwcohort {
  static constexpr LockInfo info{
      .id = "ck-rwcohort",
      .group = "reader-writer",
      .summary = "Concurrency Kit's reader-writer lock over a lock cohort, neutral or with a preference",
      .processes = true,
  };
  enum Preference : std::int64_t { neutral, readers, writers };
  static constexpr const char* preferences[] = {"neutral", "readers", "writers", nullptr};
  struct Options : NodeOptions {
    std::int64_t prefer = neutral;
    static constexpr auto parameters() {
      return std::tuple_cat(
          NodeOptions::parameters(),
          std::make_tuple(fairground::choice("prefer", &Options::prefer, preferences, neutral, "who goes first")));
    }
  };
  struct Local {
    std::uint32_t node = 0;
    std::int64_t prefer = neutral;
  };

  void tune(fairground::Host host, const Options& options) {
    cohorts.setup(host, options);
    prefer = options.prefer;
    ck_rwcohort_neutral_ticket_init(&as_neutral);
    ck_rwcohort_rp_ticket_init(&for_readers, CK_RWCOHORT_RP_DEFAULT_WAIT_LIMIT);
    ck_rwcohort_wp_ticket_init(&for_writers, CK_RWCOHORT_WP_DEFAULT_WAIT_LIMIT);
  }
  void join(Local& local, fairground::Worker w) { local = {cohorts.node_of(w), prefer}; }
  void leave(Local&) {}

  void lock(Local& local) {
    CkCohorts::Cohort* cohort = cohorts[local.node];
    if (local.prefer == neutral) ck_rwcohort_neutral_ticket_write_lock(&as_neutral, cohort, nullptr, nullptr);
    if (local.prefer == readers) ck_rwcohort_rp_ticket_write_lock(&for_readers, cohort, nullptr, nullptr);
    if (local.prefer == writers) ck_rwcohort_wp_ticket_write_lock(&for_writers, cohort, nullptr, nullptr);
    kit_tsan_acquire(this);
  }
  void unlock(Local& local) {
    kit_tsan_release(this);
    ck_cohort_ticket_unlock(cohorts[local.node], nullptr, nullptr);  // what all three do
  }
  void lock_shared(Local& local) {
    CkCohorts::Cohort* cohort = cohorts[local.node];
    if (local.prefer == neutral) ck_rwcohort_neutral_ticket_read_lock(&as_neutral, cohort, nullptr, nullptr);
    if (local.prefer == readers) ck_rwcohort_rp_ticket_read_lock(&for_readers, cohort, nullptr, nullptr);
    if (local.prefer == writers) ck_rwcohort_wp_ticket_read_lock(&for_writers, cohort, nullptr, nullptr);
    kit_tsan_acquire(this);
  }
  void unlock_shared(Local& local) {
    kit_tsan_release(this);
    if (local.prefer == neutral) ck_rwcohort_neutral_ticket_read_unlock(&as_neutral);
    if (local.prefer == readers) ck_rwcohort_rp_ticket_read_unlock(&for_readers);
    if (local.prefer == writers) ck_rwcohort_wp_ticket_read_unlock(&for_writers);
  }

  CkCohorts cohorts;
  std::int64_t prefer = neutral;
  alignas(line) CK_RWCOHORT_NEUTRAL_INSTANCE(ticket) as_neutral;
  CK_RWCOHORT_RP_INSTANCE(ticket) for_readers;
  CK_RWCOHORT_WP_INSTANCE(ticket) for_writers;
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_rwcohort, Tuned<CkRwcohort>)
