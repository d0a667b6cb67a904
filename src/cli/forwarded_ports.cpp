#include "cli/forwarded_ports.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mc::cli {

namespace {

constexpr int32_t kHighestPort = 65535;

std::optional<uint16_t> parseNumber(const std::string& text) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool looksLikeNumber(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos;
}

bool isAddress(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

base::Result<std::optional<engine::Backend::Port>> findPort(const PortRequest& request,
                                                            engine::Forwarded kind,
                                                            const std::string& name,
                                                            const engine::Backend& backend) {
  const bool named = !looksLikeNumber(request.remote);
  const auto found =
      std::find_if(backend.ports.begin(), backend.ports.end(), [&](const auto& port) {
        return named ? port.name == request.remote : std::to_string(port.port) == request.remote;
      });
  if (found != backend.ports.end()) return *found;
  const bool service = kind == engine::Forwarded::Service;
  if (named)
    return base::fail(EINVAL, std::string(service ? "Service" : "Pod") + " '" + name +
                                  "' does not have a named port '" + request.remote + "'");
  // A headless Service need not name the ports of its pods.
  if (service && !backend.ports.empty())
    return base::fail(EINVAL,
                      "Service " + name + " does not have a service port " + request.remote);
  return std::nullopt;
}

}  // namespace

base::Result<PortRequest> parsePort(const std::string& word) {
  PortRequest request;
  const size_t colon = word.find(':');
  request.remote = colon == std::string::npos ? word : word.substr(colon + 1);
  if (request.remote.empty() || request.remote.find(':') != std::string::npos)
    return base::fail(EINVAL, "invalid port format '" + word + "'");
  if (colon != std::string::npos) {
    const std::string local = word.substr(0, colon);
    request.local = local.empty() ? 0 : parseNumber(local);
    if (!request.local)
      return base::fail(EINVAL, "error parsing local port '" + local + "': it is no port");
  }
  if (looksLikeNumber(request.remote)) {
    const auto remote = parseNumber(request.remote);
    if (!remote)
      return base::fail(EINVAL,
                        "error parsing remote port '" + request.remote + "': it is no port");
    if (*remote == 0) return base::fail(EINVAL, "remote port must be > 0");
    request.remote = std::to_string(*remote);
  }
  return request;
}

base::Result<http::PortPair> resolvePort(const PortRequest& request, engine::Forwarded kind,
                                         const std::string& name, const engine::Backend& backend) {
  MC_TRY_ASSIGN(const auto port, findPort(request, kind, name, backend));
  const int32_t number = port ? port->port : parseNumber(request.remote).value_or(0);
  const int32_t target = port ? port->target : number;
  if (target < 1 || target > kHighestPort)
    return base::fail(
        EINVAL, "Service " + name + ": the pod has no port that " + request.remote + " stands for");
  return http::PortPair{request.local.value_or(static_cast<uint16_t>(number)),
                        static_cast<uint16_t>(target)};
}

base::Result<std::vector<std::string>> parseAddresses(const std::vector<std::string>& words) {
  std::vector<std::string> addresses;
  const auto add = [&](const std::string& address) {
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  };
  for (const auto& word : words) {
    for (size_t begin = 0; begin <= word.size();) {
      const size_t end = std::min(word.find(',', begin), word.size());
      const std::string address = word.substr(begin, end - begin);
      begin = end + 1;
      if (address == "localhost") {
        add("127.0.0.1");
        add("::1");
      } else if (isAddress(address)) {
        add(address);
      } else {
        return base::fail(EINVAL,
                          "--address: '" + address + "' is neither an IP address nor localhost");
      }
    }
  }
  return addresses;
}

std::string placeText(const std::string& address, uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace mc::cli
