/* The parts of Concurrency Kit whose headers are C and no C++, behind functions. A call is a nanosecond or two dearer
 * than the library inlined. C11 and C++20. */
#ifndef KIT_CK_SHIM_H
#define KIT_CK_SHIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ring for many producers and many consumers. */
typedef struct kit_ck_ring kit_ck_ring;
/* At least so many items, up to 2^30. NULL: no memory. */
kit_ck_ring* kit_ck_ring_create(uint32_t capacity);
void kit_ck_ring_destroy(kit_ck_ring*);            /* NULL: nothing */
int kit_ck_ring_push(kit_ck_ring*, uint64_t item); /* 0: it is full */
int kit_ck_ring_pop(kit_ck_ring*, uint64_t* item); /* 0: it is empty */

/* The central barrier; zeroed memory is a new one. `sense` is a worker's own, 0 in the beginning. */
typedef struct kit_ck_barrier {
  unsigned value, sense;
} kit_ck_barrier;
void kit_ck_barrier_wait(kit_ck_barrier*, unsigned* sense, unsigned workers);

#ifdef __cplusplus
}
#endif

#endif /* KIT_CK_SHIM_H */
