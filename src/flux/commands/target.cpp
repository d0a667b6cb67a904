#include "flux/commands/target.hpp"

#include <unistd.h>

#include "flux/commands/job_listing.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::string_view kSsh = "ssh://";

base::Result<std::string> localUri(const std::string& uri) {
  if (!uri.starts_with(kSsh)) return uri;
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const size_t slash = uri.find('/', kSsh.size());
  if (slash == std::string::npos || uri.substr(kSsh.size(), slash - kSsh.size()) != host)
    return base::fail(EINVAL, uri + ": only instances on this host can be reached");
  return "local://" + uri.substr(slash);
}

}  // namespace

base::Result<std::string> resolveTarget(const std::string& target) {
  if (target.find("://") != std::string::npos) return localUri(target);
  const auto id = formats::parseJobId(target);
  const auto notFound = [&] { return base::fail(ENOENT, "jobid " + target + " not found"); };
  if (!id) return notFound();
  MC_TRY_ASSIGN(Session session, Session::open());
  const auto job = findJob(session, *id, {"annotations"});
  if (!job) return notFound();
  const auto* uri = formats::getPath(*job, "annotations.user.uri");
  if (uri == nullptr || !uri->is_string())
    return base::fail(ENOENT,
                      "jobid " + target + " has no URI: it is no Flux instance or not ready");
  return localUri(std::string(uri->get_string()));
}

}  // namespace mc::flux::commands
