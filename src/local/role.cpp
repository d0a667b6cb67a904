#include "local/role.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>

namespace mc::local {

namespace {

struct Address {
  sockaddr_un value{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

/// A leading NUL makes the name abstract (unix(7)).
Address addressOf(Role role, const std::string& clusterUid) {
  Address address;
  address.value.sun_family = AF_UNIX;
  const std::string name = std::string(1, '\0') + "minicluster-" +
                           (role == Role::Monitor ? "monitor-" : "remover-") + clusterUid;
  name.copy(address.value.sun_path, sizeof(address.value.sun_path));
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return address;
}

base::Fd datagramSocket() {
  return base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

}  // namespace

base::Result<std::optional<base::Fd>> takeRole(Role role, const std::string& clusterUid) {
  base::Fd fd = datagramSocket();
  if (!fd) return base::failErrno("socket");
  const Address address = addressOf(role, clusterUid);
  if (::bind(fd.get(), address.get(), address.size) == 0) return std::optional(std::move(fd));
  if (errno == EADDRINUSE) return std::optional<base::Fd>();
  return base::failErrno("socket of a role");
}

bool isRoleTaken(Role role, const std::string& clusterUid) {
  const base::Fd fd = datagramSocket();
  const Address address = addressOf(role, clusterUid);
  return ::connect(fd.get(), address.get(), address.size) == 0;
}

}  // namespace mc::local
