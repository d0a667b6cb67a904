#include "flux/commands/relay_route.hpp"

#include <cstdlib>

#include "flux/client/uri.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/formats/hostlist.hpp"

namespace mc::flux::commands {

namespace {

/// Never one that would need a route itself.
std::string firstUri() {
  std::string uri = client::brokerUri();
  if (!client::RemoteUri::is(uri)) return uri;
  const char* via = std::getenv(kViaVariable);
  return via != nullptr && !client::RemoteUri::is(via) ? via : std::string(client::kDefaultUri);
}

base::Result<std::optional<uint32_t>> rankOf(Session& session, const std::string& host) {
  MC_TRY_ASSIGN(const std::string text, brokerAttribute(session, "hostlist"));
  MC_TRY_ASSIGN(const auto hosts, formats::Hostlist::parse(text));
  const auto at = hosts.find(host);
  return at ? std::optional(static_cast<uint32_t>(*at)) : std::nullopt;
}

}  // namespace

base::Result<Route> findRoute(const std::string& host) {
  std::string uri = firstUri();
  ::setenv("FLUX_URI", uri.c_str(), 1);  // what is on other hosts is reached from here
  while (true) {
    auto session = openAt(uri);
    if (!session) return base::fail(EHOSTUNREACH, host + ": " + session.error().message);
    MC_TRY_ASSIGN(const auto rank, rankOf(*session, host));
    if (rank) return Route{std::move(*session), *rank};
    auto parent = attributeAt(uri, "parent-uri");
    if (!parent) return base::fail(EHOSTUNREACH, host + " is no host of this instance");
    uri = std::move(*parent);
  }
}

void replaceBrokerUri(const std::string& uri) {
  if (client::RemoteUri::is(uri)) ::setenv(kViaVariable, firstUri().c_str(), 1);
  ::setenv("FLUX_URI", uri.c_str(), 1);
  ::unsetenv("FLUX_PROXY_REMOTE");
}

}  // namespace mc::flux::commands
