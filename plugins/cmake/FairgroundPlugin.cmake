# fairground_add_plugin(NAME [FAMILY] SOURCES files... [LIBRARIES targets...])
#   NAME.so, a plugin that exports the one symbol of the contract, made by the target plugin_NAME.
#   With FAMILY, each source file x.cpp defines one workload with FAIRGROUND_WORKLOAD(x, ...), and the table of them is
#   generated; without it, one of the sources says FAIRGROUND_PLUGIN (or defines fairground_plugin in C).

function(fairground_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "FAMILY" "" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "fairground_add_plugin(${name}): what is \"${arg_UNPARSED_ARGUMENTS}\"?")
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(arg_FAMILY)
    set(declarations "")
    set(pointers "")
    foreach(source IN LISTS arg_SOURCES)
      get_filename_component(stem ${source} NAME_WE)
      string(APPEND declarations "extern const fg_workload fairground_workload_${stem};\n")
      string(APPEND pointers "    &fairground_workload_${stem},\n")
    endforeach()
    set(table ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.cpp)  # valid in both
    if("C" IN_LIST languages)
      set(table ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.c)
    endif()
    file(CONFIGURE OUTPUT ${table} @ONLY CONTENT
"#include <fairground/plugin.h>
${declarations}static const fg_workload* const workloads[] = {
${pointers}    NULL};
const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR, FG_ABI_MINOR, \"${name}\", workloads};
")
    list(APPEND arg_SOURCES ${table})
  endif()
  add_library(plugin_${name} MODULE ${arg_SOURCES})
  get_property(several GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT CMAKE_BUILD_TYPE AND NOT several)
    message(STATUS "fairground_add_plugin(${name}): no CMAKE_BUILD_TYPE, so it is built as Release is: -O3 -DNDEBUG")
    target_compile_options(plugin_${name} PRIVATE -O3 -DNDEBUG)
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  set_target_properties(plugin_${name} PROPERTIES PREFIX "" SUFFIX .so OUTPUT_NAME ${name}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${map})
  target_link_options(plugin_${name} PRIVATE -Wl,--version-script=${map})
  if(NOT FAIRGROUND_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    # A missing library is found at build time, not at load time. (A sanitizer's symbols are in the program.)
    target_link_options(plugin_${name} PRIVATE -Wl,-z,defs)
  endif()
  target_link_libraries(plugin_${name} PRIVATE fairground::plugin ${arg_LIBRARIES})
  if("CXX" IN_LIST languages)
    target_compile_features(plugin_${name} PRIVATE cxx_std_20)
  endif()
  if("C" IN_LIST languages)
    target_compile_features(plugin_${name} PRIVATE c_std_11)
  endif()
endfunction()
