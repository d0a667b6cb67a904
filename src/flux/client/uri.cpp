#include "flux/client/uri.hpp"

#include <sys/un.h>

#include <cstdlib>

namespace mc::flux::client {

namespace {
constexpr std::string_view kLocal = "local://";
}  // namespace

std::string brokerUri() {
  const char* uri = std::getenv("FLUX_URI");
  return std::string(uri != nullptr && *uri != '\0' ? std::string_view(uri) : kDefaultUri);
}

base::Result<std::string> socketPath(std::string_view uri) {
  if (!uri.starts_with(kLocal))
    return base::fail(EINVAL, "unsupported URI '" + std::string(uri) + "': only local:///PATH");
  const std::string path(uri.substr(kLocal.size()));
  if (!path.starts_with('/') || path.find('\0') != std::string::npos)
    return base::fail(EINVAL, "URI '" + std::string(uri) + "' names no absolute path");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return base::fail(ENAMETOOLONG, "broker socket path " + path + " is too long");
  return path;
}

}  // namespace mc::flux::client
