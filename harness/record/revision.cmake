# cmake -D SOURCE=... -D HEADER=... -P revision.cmake: write the checkout's git revision into a header, if it changed.
# "unknown" outside git; "-dirty" at its end if a file of the checkout was changed.
cmake_minimum_required(VERSION 3.25)
set(revision "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} rev-parse --show-toplevel HEAD WORKING_DIRECTORY ${SOURCE}
                  OUTPUT_VARIABLE answer ERROR_QUIET RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\n" ";" answer "${answer}")
  list(LENGTH answer length)
  if(NOT failed AND length EQUAL 2)
    list(GET answer 0 top)
    file(REAL_PATH "${top}" top)
    file(REAL_PATH "${SOURCE}" source)
    # An unpacked archive inside another project's checkout is not that project.
    if(top STREQUAL source)
      list(GET answer 1 revision)
      execute_process(COMMAND ${GIT} --no-optional-locks status --porcelain --untracked-files=no
                      WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE changes ERROR_QUIET)
      if(changes)
        string(APPEND revision "-dirty")
      endif()
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} @ONLY CONTENT
"// Made at every build: the revision of this checkout.
#pragma once

namespace fairground::record::build_info {
inline constexpr const char* git_revision = \"@revision@\";
}
")
