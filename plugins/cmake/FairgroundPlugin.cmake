# fairground_add_plugin(NAME [FAMILY] SOURCES files... [LIBRARIES targets...])
#   NAME.so, a plugin that exports the one symbol of the contract.
#   With FAMILY, each source file x.cpp defines one workload with FAIRGROUND_WORKLOAD(x, ...), and the table of them is
#   generated; without it, one of the sources says FAIRGROUND_PLUGIN (or defines fairground_plugin in C).
set(FAIRGROUND_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(fairground_add_plugin name)
  cmake_parse_arguments(arg "FAMILY" "" "SOURCES;LIBRARIES" ${ARGN})
  if(arg_FAMILY)
    set(declarations "")
    set(pointers "")
    foreach(source IN LISTS arg_SOURCES)
      get_filename_component(stem ${source} NAME_WE)
      string(APPEND declarations "extern const fg_workload fairground_workload_${stem};\n")
      string(APPEND pointers "    &fairground_workload_${stem},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.c @ONLY CONTENT
"#include <fairground/plugin.h>
${declarations}static const fg_workload* const workloads[] = {
${pointers}    NULL};
const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR, FG_ABI_MINOR, \"${name}\", workloads};
")
    list(APPEND arg_SOURCES ${CMAKE_CURRENT_BINARY_DIR}/${name}_plugin.c)
  endif()
  add_library(plugin_${name} MODULE ${arg_SOURCES})
  set_target_properties(plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${FAIRGROUND_PLUGIN_MAP})
  target_link_options(plugin_${name} PRIVATE -Wl,--version-script=${FAIRGROUND_PLUGIN_MAP} -Wl,-z,defs)
  target_link_libraries(plugin_${name} PRIVATE fairground::plugin ${arg_LIBRARIES})
  target_compile_features(plugin_${name} PRIVATE cxx_std_20 c_std_11)
endfunction()
