#pragma once
// The container's files, as far as entry touches them.
//
// Behind an interface, so that tests keep them in memory (tests/fakes/fake_files.hpp).
// Thread-safety: none.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::entry {

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};

class Files {
 public:
  virtual ~Files() = default;

  virtual base::Result<std::string> read(const std::string& path) const = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;

  /// Replaces a file in one step; nobody sees a part of it, or its content with other rights than
  /// these. Without an owner it is the process's.
  virtual base::Status write(const std::string& path, std::string_view content, mode_t mode,
                             std::optional<Owner> owner) = 0;
  /// The same, but keeps owner and rights of the file that is there; a new one gets `mode`.
  virtual base::Status rewrite(const std::string& path, std::string_view content, mode_t mode) = 0;

  /// Makes a directory with its parents (mode 0755). One that is there stays as it is.
  virtual base::Status makeDirectory(const std::string& path, mode_t mode,
                                     std::optional<Owner> owner) = 0;
  /// Gives one of our own directories, but nothing in it, to its user.
  virtual base::Status setOwner(const std::string& path, Owner owner) = 0;
  /// Makes a symbolic link. EEXIST: something is there.
  virtual base::Status link(const std::string& target, const std::string& path) = 0;

  /// Where a program is in a colon-separated list of directories.
  [[nodiscard]] virtual std::optional<std::string> findProgram(const std::string& name,
                                                               const std::string& path) const = 0;
  /// The path without symbolic links; as it is if it leads nowhere.
  [[nodiscard]] virtual std::string realPath(const std::string& path) const = 0;
};

/// The real ones. They live and die with the container, so writes are not forced to the disk.
class SystemFiles final : public Files {
 public:
  base::Result<std::string> read(const std::string& path) const override;
  [[nodiscard]] bool exists(const std::string& path) const override;
  base::Status write(const std::string& path, std::string_view content, mode_t mode,
                     std::optional<Owner> owner) override;
  base::Status rewrite(const std::string& path, std::string_view content, mode_t mode) override;
  base::Status makeDirectory(const std::string& path, mode_t mode,
                             std::optional<Owner> owner) override;
  base::Status setOwner(const std::string& path, Owner owner) override;
  base::Status link(const std::string& target, const std::string& path) override;
  [[nodiscard]] std::optional<std::string> findProgram(const std::string& name,
                                                       const std::string& path) const override;
  [[nodiscard]] std::string realPath(const std::string& path) const override;
};

}  // namespace mc::entry
