# Debian 12 packages; docs/dependencies.md says what each is for.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_path(BOOST_INCLUDE boost/asio.hpp REQUIRED)

# The static library of each dependency, so that the programs need nothing from
# the machine or image they run on.
function(mc_static_library target archive)
  find_library(${target}_ARCHIVE NAMES ${archive} REQUIRED)
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${${target}_ARCHIVE})
endfunction()

mc_static_library(dep_boost_json libboost_json.a)
mc_static_library(dep_boost_container libboost_container.a)
mc_static_library(dep_yaml libyaml.a)
mc_static_library(dep_sodium libsodium.a)
mc_static_library(dep_sqlite libsqlite3.a)
mc_static_library(dep_z libz.a)
mc_static_library(dep_ssl libssl.a)
mc_static_library(dep_crypto libcrypto.a)
target_link_libraries(dep_boost_json INTERFACE dep_boost_container)
target_link_libraries(dep_ssl INTERFACE dep_crypto)
target_link_libraries(dep_crypto INTERFACE ${CMAKE_DL_LIBS} Threads::Threads)
