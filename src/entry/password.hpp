#pragma once
// Passwords for /etc/shadow.
//
// Thread-safety: safe from any thread.

#include <string>

#include "base/status.hpp"

namespace mc::entry {

/// SHA-512 crypt ("$6$", crypt(5)) with a random salt. EIO if the machine gives no random numbers.
base::Result<std::string> hashPassword(const std::string& password);

}  // namespace mc::entry
