include("${CMAKE_CURRENT_LIST_DIR}/fairgroundTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/FairgroundPlugin.cmake")
