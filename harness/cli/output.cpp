#include "cli/output.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "base/error.hpp"

namespace fairground::cli {

bool nobody_reads() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

void check_output() {
  errno = 0;
  std::cout.flush();
  std::fflush(stdout);
  const int why = errno;  // 0: it was an earlier write that failed
  if ((std::cout.good() && std::ferror(stdout) == 0) || nobody_reads()) return;
  throw UserError(
      fmt::format("Standard output can't be written to{}.", why == 0 ? "" : fmt::format(": {}", std::strerror(why))));
}

}  // namespace fairground::cli
