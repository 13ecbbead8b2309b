# What was left out of this build, for `fairground list --missing`: whoever leaves a workload out says so with
#   set_property(GLOBAL APPEND PROPERTY FAIRGROUND_MISSING "ID|DEBIAN-PACKAGE")
get_property(missing GLOBAL PROPERTY FAIRGROUND_MISSING)
list(LENGTH missing missing_count)
set(missing_entries "")
foreach(entry IN LISTS missing)
  string(REPLACE "|" "\", \"" entry "${entry}")
  string(APPEND missing_entries "{\"${entry}\"}, ")
endforeach()
configure_file(cli/missing.hpp.in ${CMAKE_CURRENT_BINARY_DIR}/generated/cli/missing.hpp @ONLY)
target_include_directories(fairground_cli PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)

if(FAIRGROUND_TESTS)  # ten minutes; FAIRGROUND_WATCH_S=20 for a try
  add_test(NAME slow.leaks COMMAND /usr/bin/python3 -m pytest -q -s -p no:cacheprovider
                                   ${CMAKE_CURRENT_SOURCE_DIR}/cli/tests/leak_watch.py)
  set_tests_properties(slow.leaks PROPERTIES LABELS slow TIMEOUT 7200 ENVIRONMENT FAIRGROUND_BIN=$<TARGET_FILE:fairground>)
endif()
