// error: format
#include <fairground/plugin.h>

fg_status refused(fg_error* error);
fg_status refused(fg_error* error) {
#ifdef REPAIRED
  return fg_fail(error, FG_INTERNAL, "%d bytes", 3);
#else
  return fg_fail(error, FG_INTERNAL, "%s bytes", 3);
#endif
}
