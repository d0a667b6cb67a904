#include "flux/client/uri.hpp"

#include <sys/un.h>

#include <cstdlib>

namespace mc::flux::client {

namespace {
constexpr std::string_view kLocal = "local://";
constexpr std::string_view kSsh = "ssh://";

bool isWord(std::string_view text) {
  return !text.starts_with('-') && text.find_first_of(std::string_view("\0 \t\n", 4)) == text.npos;
}
}  // namespace

std::string brokerUri() {
  const char* uri = std::getenv("FLUX_URI");
  return std::string(uri != nullptr && *uri != '\0' ? std::string_view(uri) : kDefaultUri);
}

base::Result<std::string> socketPath(std::string_view uri) {
  if (!uri.starts_with(kLocal))
    return base::fail(
        EINVAL, "unsupported URI '" + std::string(uri) + "': only local:///PATH, ssh://HOST/PATH");
  const std::string path(uri.substr(kLocal.size()));
  if (!path.starts_with('/') || path.find('\0') != std::string::npos)
    return base::fail(EINVAL, "URI '" + std::string(uri) + "' names no absolute path");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return base::fail(ENAMETOOLONG, "broker socket path " + path + " is too long");
  return path;
}

base::Result<RemoteUri> RemoteUri::parse(std::string_view uri) {
  if (!is(uri)) return base::fail(EINVAL, "'" + std::string(uri) + "' is no ssh:// URI");
  std::string_view rest = uri.substr(kSsh.size());
  const size_t slash = rest.find('/');
  std::string_view place = rest.substr(0, slash);
  RemoteUri out;
  if (slash != rest.npos) out.path = rest.substr(slash, rest.find('?', slash) - slash);
  if (const size_t at = place.find('@'); at != place.npos) {
    out.user = place.substr(0, at);
    place.remove_prefix(at + 1);
  }
  if (const size_t colon = place.rfind(':'); colon != place.npos) {
    out.port = place.substr(colon + 1);
    place = place.substr(0, colon);
  }
  out.host = place;
  const bool good = !out.host.empty() && !out.path.empty() && isWord(out.user) &&
                    isWord(out.host) && isWord(out.path) &&
                    out.port.find_first_not_of("0123456789") == std::string::npos;
  if (!good)
    return base::fail(EINVAL,
                      "URI '" + std::string(uri) + "' is not ssh://[USER@]HOST[:PORT]/PATH");
  return out;
}

}  // namespace mc::flux::client
