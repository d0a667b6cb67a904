#pragma once
// The few files that go into and come out of containers, as tar archives.
//
// Format: POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format"). Written: directories and
// regular files with paths of up to 100 characters, which ours are. Read: regular files.
//
// Thread-safety: pure functions; a TarFile belongs to one thread.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::local::docker {

/// Who owns an entry, and its mode.
struct TarOwner {
  mode_t mode = 0644;
  int64_t uid = 0;
  int64_t gid = 0;
};

/// Appends a directory, or a file with its content, to `archive`. EINVAL for a path that is too
/// long.
base::Status addDirectory(std::string& archive, const std::string& path, const TarOwner& owner);
base::Status addFile(std::string& archive, const std::string& path, std::string_view content,
                     const TarOwner& owner);

/// The header alone, for a file whose `size` bytes and padding the caller sends itself.
base::Result<std::string> fileHeader(const std::string& path, uint64_t size, const TarOwner& owner);
/// The zeros that fill the last block of `size` bytes of content.
std::string padding(uint64_t size);
/// What ends an archive.
std::string archiveEnd();

/// The regular files of an archive: path to content. EPROTO if it is damaged.
base::Result<std::map<std::string, std::string>> readFiles(std::string_view archive);

}  // namespace mc::local::docker
