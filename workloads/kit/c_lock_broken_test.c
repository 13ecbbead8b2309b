/* For c_lock_test.cpp: a lock that does nothing at all. */
#define _POSIX_C_SOURCE 200809L
#include "kit/c_lock.h"

static void nothing(void* shared, void* own) { (void)shared, (void)own; }

static const struct kit_lock kit_lock = {
    .lock = nothing,
    .unlock = nothing,
    .lock_shared = nothing,
    .unlock_shared = nothing,
    .shared_bytes = 1,
    .own_bytes = 1,
};

KIT_SHARED_LOCK_WORKLOAD(c_lock_broken, .id = "absent", .group = "reader-writer", .summary = "no lock",
                         .capabilities = FG_CONTENDED | FG_PROCESSES, .expects = FG_EXPECTS(FG_STARVATION))
