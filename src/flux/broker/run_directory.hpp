#pragma once
// The directories that a broker makes for itself and takes away again (attributes rundir,
// statedir).
//
// Thread-safety: none.

#include <string>

#include "base/status.hpp"

namespace mc::flux::broker {

class RunDirectory {
 public:
  /// Uses `wanted`, making it if it is not there. If it is empty or a directory for everybody like
  /// /tmp, makes "flux-XXXXXX" there (empty: in $TMPDIR or /tmp). A directory that was made here
  /// goes with this object, unless setCleanup() says otherwise.
  static base::Result<RunDirectory> open(const std::string& wanted);

  RunDirectory() = default;
  RunDirectory(RunDirectory&& other) noexcept;
  RunDirectory& operator=(RunDirectory&& other) noexcept;
  ~RunDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Whether it was made here.
  [[nodiscard]] bool isOwn() const { return own_; }
  void setCleanup(bool cleanup) { cleanup_ = cleanup; }

 private:
  RunDirectory(std::string path, bool own) : path_(std::move(path)), own_(own), cleanup_(own) {}
  std::string path_;
  bool own_ = false;
  bool cleanup_ = false;
};

/// Removes a directory and all in it, without following links.
void removeTree(const std::string& path);

}  // namespace mc::flux::broker
