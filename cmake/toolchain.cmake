# Compiler, linker and sanitizer settings shared by every target.

find_program(CCACHE ccache)
if(CCACHE)
  # Paths below the checkout count relatively and the language of messages not at all, so that one
  # checkout's results serve the next; the other sloppiness is what ccache asks for before it caches
  # files with a precompiled header. (PCH_EXTSUM: see precompiled.cmake.)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_PCH_EXTSUM=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime,locale
      ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror=return-type -Werror=unused-result
                    -ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections)

if(MINICLUSTER_SANITIZE)
  add_compile_options(-fsanitize=${MINICLUSTER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${MINICLUSTER_SANITIZE})
endif()
