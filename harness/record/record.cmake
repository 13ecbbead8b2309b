# What the record says of the build: fixed when configured, but for the git revision, which is looked up at every build.
find_package(TBB QUIET)  # only some workloads need it
if(NOT TBB_FOUND)
  set(TBB_VERSION none)
endif()
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
get_directory_property(options COMPILE_OPTIONS)
string(JOIN " " FAIRGROUND_FLAGS ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${options})
string(REPLACE "\\" "\\\\" FAIRGROUND_FLAGS "${FAIRGROUND_FLAGS}")
string(REPLACE "\"" "\\\"" FAIRGROUND_FLAGS "${FAIRGROUND_FLAGS}")
set(generated ${CMAKE_CURRENT_BINARY_DIR}/record)
configure_file(record/build_info.hpp.in ${generated}/build_info.hpp @ONLY)
add_custom_target(fairground_revision
  COMMAND ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D HEADER=${generated}/git_revision.hpp
          -P ${CMAKE_CURRENT_SOURCE_DIR}/record/revision.cmake
  BYPRODUCTS ${generated}/git_revision.hpp COMMENT "Looking up the git revision" VERBATIM)
add_dependencies(fairground_record fairground_revision)
target_include_directories(fairground_record PRIVATE ${generated})

if(FAIRGROUND_TESTS AND TARGET record_test)
  # The lines that the tests make, held against the schema.
  set(samples ${CMAKE_CURRENT_BINARY_DIR}/record-samples)
  add_test(NAME record.samples COMMAND record_test --gtest_filter=Samples.*)
  set_tests_properties(record.samples PROPERTIES LABELS unit FIXTURES_SETUP record_samples
                       ENVIRONMENT FAIRGROUND_RECORD_SAMPLES=${samples})
  add_test(NAME record.schema COMMAND ${PROJECT_SOURCE_DIR}/scripts/validate-record ${samples}
                                      --require header,machine,build,plugin,plan,trial,warning,footer
                                      ${PROJECT_SOURCE_DIR}/results/schema/example.jsonl)
  set_tests_properties(record.schema PROPERTIES LABELS unit FIXTURES_REQUIRED record_samples)
  # And that what is wrong would have been seen: each line of this file is, in another way.
  add_test(NAME record.schema.refuses COMMAND ${PROJECT_SOURCE_DIR}/scripts/validate-record
                                              ${CMAKE_CURRENT_SOURCE_DIR}/record/testdata/broken.jsonl)
  set_tests_properties(record.schema.refuses PROPERTIES LABELS unit PASS_REGULAR_EXPRESSION
    ":1: is no JSON: NaN.*:2: .*'schema' is a required.*:3: .*'good' is not one of.*:4: .*without a reason.*:5: .*no whole number.*:6: .*hash.*:7: .*which is not null.*:8: .*half written")
endif()
