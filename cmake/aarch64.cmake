# Toolchain for arm64 on an amd64 Debian: the compiler is g++-aarch64-linux-gnu, headers and static
# libraries come from MINICLUSTER_SYSROOT, a folder of Debian's arm64 packages (tools/sysroot).

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MINICLUSTER_SYSROOT)

set(MINICLUSTER_SYSROOT "" CACHE PATH "Folder made by tools/sysroot")
if(NOT IS_DIRECTORY "${MINICLUSTER_SYSROOT}/usr/lib/aarch64-linux-gnu")
  message(FATAL_ERROR "MINICLUSTER_SYSROOT: no Debian for arm64 in it; make one with tools/sysroot")
endif()

set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

# The cross compiler looks for linkers of its own prefix, and mold has none.
set(MOLD "" CACHE INTERNAL "")

# Not CMAKE_SYSROOT: Debian's cross compiler has its own C library, and looks for it below that.
set(CMAKE_FIND_ROOT_PATH ${MINICLUSTER_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${MINICLUSTER_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${MINICLUSTER_SYSROOT})

# Behind the compiler's own folders, whose C and C++ headers must be found first.
add_compile_options("SHELL:-idirafter ${MINICLUSTER_SYSROOT}/usr/include"
                    "SHELL:-idirafter ${MINICLUSTER_SYSROOT}/usr/include/aarch64-linux-gnu")
