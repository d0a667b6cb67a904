#pragma once
// Taking files out of an archive (RFC 37): regular files, directories and symbolic links.
//
// Thread-safety: works on the file system.

#include <functional>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::shell {

struct ExtractOptions {
  bool overwrite = false;  ///< otherwise a file that is there is an error (EEXIST)
  /// Gives the content of a blobref (RFC 10); null: the archive must hold all content itself.
  std::function<base::Result<std::string>(std::string_view blobref)> load;
};

/// Makes one file system object below `directory`. EINVAL for what RFC 37 does not allow: `path`
/// must not lead out of the directory, also not through links that were extracted before.
base::Status extractFile(const std::string& directory, const std::string& path,
                         const boost::json::object& file, const ExtractOptions& options);

}  // namespace mc::flux::shell
