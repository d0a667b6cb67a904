#pragma once
// The users that a manifest asks for, made in the container if its image lacks them.
//
// Thread-safety: none.

#include <optional>
#include <string>
#include <vector>

#include "entry/files.hpp"
#include "entry/messages.hpp"
#include "entry/settings.hpp"

namespace mc::entry {

/// Whom Flux runs as.
struct Identity {
  /// Absent: whoever entry runs as.
  std::optional<Owner> owner;
  std::vector<gid_t> groups;  ///< besides the owner's
  std::string name;           ///< empty: not known
  std::string home;
};

/// What entry runs as, and when.
struct Caller {
  uid_t uid = 0;
  double wall = 0;  ///< Unix time
};

/// Makes the Flux user and the others of the settings with their home directories, and says whom
/// Flux runs as. `passwords` holds "NAME:PASSWORD" lines. Accounts that the image has are left as
/// they are. Only root makes users; any other caller runs Flux as itself. Where the image's files
/// can't be written, Flux runs under the user's number without an account.
/// Fails if an account can't be made although the image can be written.
base::Result<Identity> makeUsers(const Settings& settings, const std::string& passwords,
                                 const Caller& caller, Files& files, const Messages& messages);

}  // namespace mc::entry
