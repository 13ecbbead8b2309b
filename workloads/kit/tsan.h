/* For ordering that ThreadSanitizer can't see, because it is made by inline assembly: what happened before
 * kit_tsan_release(p) is seen after kit_tsan_acquire(p); between ignore_begin and ignore_end, in a library's own code,
 * plain accesses are not looked at. Nothing in other builds. C11 and C++20. */
#ifndef KIT_TSAN_H
#define KIT_TSAN_H

#if defined(__SANITIZE_THREAD__)
#define KIT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KIT_TSAN 1
#endif
#endif

#ifdef KIT_TSAN
#include <sanitizer/tsan_interface.h>
#ifdef __cplusplus
extern "C" {
#endif
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
#ifdef __cplusplus
}
#endif
static inline void kit_tsan_acquire(void* address) { __tsan_acquire(address); }
static inline void kit_tsan_release(void* address) { __tsan_release(address); }
static inline void kit_tsan_ignore_begin(void) {
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}
static inline void kit_tsan_ignore_end(void) {
  AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}
#else
static inline void kit_tsan_acquire(void* address) { (void)address; }
static inline void kit_tsan_release(void* address) { (void)address; }
static inline void kit_tsan_ignore_begin(void) {}
static inline void kit_tsan_ignore_end(void) {}
#endif

#endif /* KIT_TSAN_H */
