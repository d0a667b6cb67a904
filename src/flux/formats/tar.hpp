#pragma once
// Archives of keys and values, as `flux dump` writes them: POSIX ustar, with pax headers for names
// that do not fit, plain or compressed by gzip.
//
// Thread-safety: none.

#include <memory>
#include <optional>
#include <string>

#include "base/status.hpp"

namespace mc::flux::formats {

struct TarEntry {
  std::string path;
  std::string data;                   ///< of a regular file
  std::optional<std::string> target;  ///< set: a symbolic link
};

/// An archive that is being written.
class TarWriter {
 public:
  virtual ~TarWriter() = default;
  virtual base::Status add(const TarEntry& entry) = 0;
  /// The end of the archive; without it the file is not complete.
  virtual base::Status finish() = 0;
};

/// `path` is a file, compressed if its name ends in .tgz or .tar.gz, or "-" for standard output.
/// `time`: seconds since the epoch, of all entries. ENOTSUP for names of other kinds of archives
/// (.zip, .tar.bz2 ...).
base::Result<std::unique_ptr<TarWriter>> createTar(const std::string& path, double time);

/// An archive that is being read. Entries of other kinds (directories) are passed over.
class TarReader {
 public:
  virtual ~TarReader() = default;
  /// Nothing at the end. EINVAL for what is no tar archive, EIO if it is cut off or damaged.
  virtual base::Result<std::optional<TarEntry>> next() = 0;
};

/// Opens a file, or "-" for standard input; whether it is compressed shows in its content.
base::Result<std::unique_ptr<TarReader>> openTar(const std::string& path);

}  // namespace mc::flux::formats
