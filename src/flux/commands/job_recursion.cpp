#include "flux/commands/job_recursion.hpp"

#include <unistd.h>

#include "flux/commands/instance_uri.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

std::optional<std::string> instanceUri(const json::object& job, bool everyone) {
  if (formats::getInteger(job, "state").value_or(0) != formats::kStateRun) return std::nullopt;
  if (!everyone && formats::getInteger(job, "userid").value_or(-1) != int64_t{::getuid()})
    return std::nullopt;
  const auto* uri = formats::getPath(job, "annotations.user.uri");
  if (uri == nullptr || !uri->is_string() || uri->get_string().empty()) return std::nullopt;
  return std::string(uri->get_string());
}

std::optional<Session> openInstance(const std::string& uri) {
  const auto reachable = localUri(uri);
  if (!reachable) return std::nullopt;
  Session session;
  session.loop = base::makeLoop();
  auto handle = client::Handle::open(*session.loop, *reachable);
  if (!handle) return std::nullopt;
  session.handle = std::move(*handle);
  return session;
}

void visitInstances(const json::array& jobs, bool everyone, const VisitInstance& visit) {
  for (const json::value& job : jobs) {
    const auto* object = job.if_object();
    const auto uri = object ? instanceUri(*object, everyone) : std::nullopt;
    if (!uri) continue;
    auto session = openInstance(*uri);
    visit(*object, session ? &*session : nullptr);
  }
}

}  // namespace mc::flux::commands
