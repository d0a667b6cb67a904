#pragma once
// Files as they stand in an archive (RFC 37); what `flux archive create` reads.
//
// Thread-safety: none; works on the file system.

#include <cstdint>
#include <functional>
#include <string>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

class ArchiveSource {
 public:
  struct Options {
    int64_t chunkSize = 1 << 20;  ///< of a blob at most; 0: no limit
    int64_t smallFile = 1 << 10;  ///< larger files are kept as blobs
    /// Keeps a blob and gives its blobref.
    std::function<base::Result<std::string>(std::string_view blob)> store;
    /// Called with the path of each file that is added.
    std::function<void(const std::string& path)> added;
  };
  explicit ArchiveSource(Options options) : options_(std::move(options)) {}

  /// A file, a symbolic link, or a directory after all that is in it, by names. Fails with the name
  /// of what can't be read, and for files of other kinds.
  base::Status add(const std::string& path);

  /// The files so far.
  [[nodiscard]] boost::json::array& files() { return files_; }

 private:
  base::Status addDirectory(const std::string& path);
  base::Status addContent(const std::string& path, boost::json::object& file);
  base::Result<boost::json::array> storeRegions(int fd, int64_t size);
  base::Status storeRegion(int fd, int64_t begin, int64_t end, boost::json::array& regions);

  Options options_;
  boost::json::array files_;
};

}  // namespace mc::flux::commands
