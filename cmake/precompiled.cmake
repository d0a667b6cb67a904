# The headers that nearly every file includes, compiled once: they are half of a file's build time.
# Files include what they use all the same; -DMINICLUSTER_PRECOMPILE=OFF proves it.
set(MC_PRECOMPILED
  <boost/json.hpp> <tl/expected.hpp>
  <algorithm> <chrono> <deque> <functional> <map> <memory> <optional> <set> <string> <string_view>
  <utility> <vector>)

# Clang's precompiled header has the paths of this checkout in it: it must not come from another
# one's cache, and ccache is given a sum of what it stands for (NAME.sum, see pch_external_checksum
# in ccache(1)), so that the files that use it can.
function(mc_sum_of_precompiled)
  set_target_properties(mc_precompiled PROPERTIES CXX_COMPILER_LAUNCHER "")
  list(TRANSFORM MC_PRECOMPILED PREPEND "#include " OUTPUT_VARIABLE includes)
  list(JOIN includes "\n" includes)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled_sum.cpp CONTENT "${includes}\n")
  execute_process(
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -idirafter ${BOOST_INCLUDE} -E -P
      ${CMAKE_BINARY_DIR}/precompiled_sum.cpp
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(SHA256 sum "${CMAKE_CXX_COMPILER_VERSION}${text}")
  file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/mc_precompiled.dir/cmake_pch.hxx.pch.sum ${sum})
endfunction()

function(mc_carry_precompiled name)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_compile_options(${name} PRIVATE ${ARGN})
  target_precompile_headers(${name} PRIVATE ${MC_PRECOMPILED})
endfunction()

option(MINICLUSTER_PRECOMPILE "Use precompiled headers" ON)
if(MINICLUSTER_PRECOMPILE)
  # ccache keys a file on the precompiled header's content instead of on its time.
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp
       CONTENT "// Carries the precompiled headers.\n")
  mc_carry_precompiled(mc_precompiled)
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    mc_carry_precompiled(mc_precompiled_small -Os)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    mc_sum_of_precompiled()
  endif()
endif()

# mc_precompile(TARGET SMALL): TARGET uses the precompiled headers. SMALL, a truth value: it is
# built for size, in a release; GCC keeps the optimization in a precompiled header, so that this
# takes another one.
function(mc_precompile target small)
  set(carrier mc_precompiled)
  if(small AND CMAKE_BUILD_TYPE STREQUAL Release)
    set(carrier mc_precompiled_small)
    target_compile_options(${target} PRIVATE -Os)
  endif()
  if(MINICLUSTER_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${carrier})
  endif()
endfunction()
