# The headers that nearly every file includes, compiled once: they are half of a file's build time.
# Files include what they use all the same; -DMINICLUSTER_PRECOMPILE=OFF proves it.
set(MC_PRECOMPILED
  <boost/json.hpp> <tl/expected.hpp>
  <algorithm> <chrono> <deque> <functional> <map> <memory> <optional> <set> <string> <string_view>
  <utility> <vector>)

option(MINICLUSTER_PRECOMPILE "Use precompiled headers" ON)
if(MINICLUSTER_PRECOMPILE)
  # ccache keys a file on the precompiled header's content instead of on its time.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp
       CONTENT "// Carries the precompiled headers.\n")
  add_library(mc_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_precompile_headers(mc_precompiled PRIVATE ${MC_PRECOMPILED})
endif()

function(mc_precompile target)
  if(MINICLUSTER_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM mc_precompiled)
  endif()
endfunction()
