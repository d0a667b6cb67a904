#include "flux/commands/instance_uri.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/fd.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::string_view kLocal = "local://";
constexpr std::string_view kSsh = "ssh://";

std::string ownHost() {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return host;
}

/// The host where the broker at `uri` is, as ssh:// URIs have it; empty: this one.
std::string authorityOf(const std::string& uri) {
  if (client::RemoteUri::is(uri))
    return uri.substr(kSsh.size(), uri.find('/', kSsh.size()) - kSsh.size());
  const char* remote = std::getenv("FLUX_PROXY_REMOTE");
  return remote != nullptr && uri == client::brokerUri() ? remote : "";
}

/// An attribute's value as it must be where we are.
std::string fromHost(const std::string& authority, std::string value) {
  if (authority.empty() || !value.starts_with(kLocal)) return value;
  return std::string(kSsh) + authority + value.substr(kLocal.size());
}

// ---- jobid:

base::Result<std::string> jobUri(const std::string& at, const std::string& text) {
  const auto id = formats::parseJobId(text);
  if (!id) return base::fail(ENOENT, "jobid " + text + " not found");
  MC_TRY_ASSIGN(Session session, openAt(at));
  const auto job = findJob(session, *id, {"annotations", "state"});
  if (!job) return base::fail(ENOENT, "jobid " + text + " not found");
  if (formats::getInteger(*job, "state").value_or(0) != formats::kStateRun)
    return base::fail(EINVAL, "jobid " + text + " is not running");
  const auto* uri = formats::getPath(*job, "annotations.user.uri");
  if (uri == nullptr || !uri->is_string())
    return base::fail(EINVAL, "URI not found for job " + text);
  return std::string(uri->get_string());
}

base::Result<std::string> outermost(std::string uri) {
  while (true) {
    const auto parent = attributeAt(uri, "parent-uri");
    const auto level = attributeAt(uri, "instance-level");
    if (!level) return base::pass(level.error());
    if (!parent || *level == "0") return uri;
    uri = *parent;
  }
}

base::Result<std::string> step(const std::string& uri, const std::string& name) {
  if (name == ".") return uri;
  if (name != "..") return jobUri(uri, name);
  const auto parent = attributeAt(uri, "parent-uri");
  if (!parent) return base::fail(ENOENT, "this instance runs in no other");
  return *parent;
}

base::Result<std::string> resolvePath(const std::string& path) {
  std::string uri = client::brokerUri();
  const auto names = formats::splitList(path, '/');
  if (path.starts_with('/')) {
    MC_TRY_ASSIGN(uri, outermost(uri));
  }
  bool moved = false;
  for (const std::string& name : names) {
    if (name.empty()) continue;
    MC_TRY_ASSIGN(uri, step(uri, name));
    moved = moved || name != ".";
  }
  // FLUX_URI may name a proxy's socket.
  if (!moved) return attributeAt(uri, "local-uri");
  return uri;
}

// ---- pid:

std::optional<std::string> variableOf(const std::string& pid, std::string_view name) {
  const auto text = base::readFile("/proc/" + pid + "/environ");
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
      return std::string(entry.substr(name.size() + 1));
  }
  return std::nullopt;
}

bool isBroker(const std::string& pid) {
  const auto command = base::readFile("/proc/" + pid + "/cmdline");
  if (!command) return false;
  const std::string_view text = *command;
  const std::string_view program = text.substr(0, text.find('\0'));
  if (program.ends_with("flux-broker")) return true;
  if (!program.ends_with("flux") || program.size() + 1 >= text.size()) return false;
  const std::string_view rest = text.substr(program.size() + 1);
  const std::string_view word = rest.substr(0, rest.find('\0'));
  return word == "broker" || word == "start";
}

/// A broker's own variable names the instance around it; that of its program names its own.
base::Result<std::string> resolvePid(const std::string& pid) {
  int number = 0;
  const auto [end, error] = std::from_chars(pid.data(), pid.data() + pid.size(), number);
  if (error != std::errc() || end != pid.data() + pid.size() || number <= 0)
    return base::fail(EINVAL, "invalid pid '" + pid + "'");
  if (::access(("/proc/" + pid).c_str(), F_OK) != 0)
    return base::fail(ESRCH, "No such process: " + pid);
  if (!isBroker(pid)) {
    if (auto uri = variableOf(pid, "FLUX_URI")) return *uri;
    return base::fail(ENOENT, "PID " + pid + " doesn't seem to have a FLUX_URI");
  }
  const auto children = base::readFile("/proc/" + pid + "/task/" + pid + "/children");
  for (const std::string& child : formats::splitList(children ? *children : "", ' '))
    if (auto uri = variableOf(child, "FLUX_URI")) return *uri;
  return base::fail(ENOENT, "PID " + pid + " is a flux-broker and no child found");
}

base::Result<std::string> resolve(const std::string& target) {
  const size_t colon = target.find(':');
  if (colon == target.npos) return resolvePath(target);
  const std::string scheme = target.substr(0, colon);
  const std::string rest = target.substr(colon + 1);
  if (scheme == "local" || scheme == "ssh") return target;
  if (scheme == "jobid") return resolvePath(rest);
  if (scheme == "pid") return resolvePid(rest);
  return base::fail(EINVAL, "No plugin for URI scheme " + scheme);
}

}  // namespace

base::Result<std::string> brokerAttribute(Session& session, const char* name) {
  MC_TRY_ASSIGN(const auto answer, session->call("attr.get", {{"name", name}}));
  MC_TRY_ASSIGN(const std::string_view value, formats::getString(answer, "value"));
  return std::string(value);
}

base::Result<uint32_t> brokerNumber(Session& session, const char* name) {
  MC_TRY_ASSIGN(const std::string value, brokerAttribute(session, name));
  return static_cast<uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
}

base::Result<Session> openAt(const std::string& uri) {
  Session session;
  session.loop = base::makeLoop();
  MC_TRY_ASSIGN(session.handle, client::Handle::open(*session.loop, nearestUri(uri)));
  return session;
}

base::Result<std::string> attributeAt(const std::string& uri, const char* name) {
  MC_TRY_ASSIGN(Session session, openAt(uri));
  MC_TRY_ASSIGN(std::string value, brokerAttribute(session, name));
  return fromHost(authorityOf(uri), std::move(value));
}

base::Result<std::string> ownAttribute(Session& session, const char* name) {
  MC_TRY_ASSIGN(std::string value, brokerAttribute(session, name));
  return fromHost(authorityOf(client::brokerUri()), std::move(value));
}

std::string asRemote(const std::string& uri) {
  return uri.starts_with(kLocal) ? std::string(kSsh) + ownHost() + uri.substr(kLocal.size()) : uri;
}

std::string asLocal(const std::string& uri) {
  if (!uri.starts_with(kSsh)) return uri;
  const size_t slash = uri.find('/', kSsh.size());
  return std::string(kLocal) + (slash == uri.npos ? "" : uri.substr(slash));
}

std::string nearestUri(const std::string& uri) {
  if (!client::RemoteUri::is(uri)) return uri;
  const std::string host = authorityOf(uri);
  const bool resolvesLocal = std::getenv("FLUX_URI_RESOLVE_LOCAL") != nullptr;
  return host == ownHost() || host == "localhost" || resolvesLocal ? asLocal(uri) : uri;
}

base::Result<std::string> resolveUri(const std::string& target) {
  const size_t query = target.find('?');
  const std::string form = query == target.npos ? "" : target.substr(query + 1);
  if (form != "" && form != "local" && form != "remote")
    return base::fail(EINVAL, "unknown query '" + form + "'");
  MC_TRY_ASSIGN(const std::string uri, resolve(target.substr(0, query)));
  if (form == "local") return asLocal(uri);
  if (form == "remote") return asRemote(uri);
  return std::getenv("FLUX_URI_RESOLVE_LOCAL") != nullptr ? asLocal(uri) : uri;
}

}  // namespace mc::flux::commands
