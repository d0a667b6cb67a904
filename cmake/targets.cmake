# mc_room(NAME SOURCES... USES LIBS...): one static library for a room of src/.
# Include paths start at src/, so an include names its room: "base/status.hpp".
function(mc_room name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  add_library(mc_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(mc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(mc_${name} PUBLIC ${ARG_USES})
  mc_precompile(mc_${name})
endfunction()

# mc_program(NAME SOURCES... USES LIBS...): a static executable in bin/.
function(mc_program name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${ARG_USES})
  if(NOT MINICLUSTER_SANITIZE)
    target_link_options(${name} PRIVATE -static -s)
  endif()
endfunction()

# mc_unit_test(ROOM SOURCES... USES LIBS...): the unit tests of a room.
function(mc_unit_test room)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  add_executable(${room}_test ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${room}_test PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${room}_test PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  mc_precompile(${room}_test)
  gtest_discover_tests(${room}_test
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    TEST_PREFIX ${room}.
    PROPERTIES LABELS unit TIMEOUT 120)
endfunction()
