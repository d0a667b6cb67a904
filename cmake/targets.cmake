# mc_room(NAME [SMALL] SOURCES... USES LIBS...): one static library for a room of src/.
# Include paths start at src/, so an include names its room: "base/status.hpp". SMALL is for rooms
# whose functions run a few times in a program's life: they are built for size.
function(mc_room name)
  cmake_parse_arguments(ARG SMALL "" "USES" ${ARGN})
  add_library(mc_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(mc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(mc_${name} PUBLIC ${ARG_USES})
  mc_precompile(mc_${name} ${ARG_SMALL})
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
  mc_precompile(${room}_test FALSE)
  gtest_discover_tests(${room}_test
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    TEST_PREFIX ${room}.
    PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# mc_script_tests(PREFIX LABEL label TIMEOUT seconds [PROPERTIES NAME VALUE...] TESTS NAMES...): the
# tests NAME_test.py in this folder, as PREFIX.NAME. They find the programs by MINICLUSTER_BIN_DIR.
function(mc_script_tests prefix)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "PROPERTIES;TESTS" ${ARGN})
  foreach(test ${ARG_TESTS})
    add_test(NAME ${prefix}.${test}
      COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/${test}_test.py)
    set_tests_properties(${prefix}.${test} PROPERTIES
      LABELS ${ARG_LABEL}
      TIMEOUT ${ARG_TIMEOUT}
      ENVIRONMENT "MINICLUSTER_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};PYTHONDONTWRITEBYTECODE=1"
      ${ARG_PROPERTIES})
  endforeach()
endfunction()
