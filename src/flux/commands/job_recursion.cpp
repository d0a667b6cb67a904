#include "flux/commands/job_recursion.hpp"

#include <unistd.h>

#include <algorithm>

#include "flux/commands/instance_uri.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {
constexpr std::string_view kInstance = "instance.";
}  // namespace

JobRow::JobRow(const JobFields& job, Session* session, bool needsInstance) : job_(job) {
  if (needsInstance && session != nullptr) instance_ = InstanceFields::of(*session);
}

FieldValue JobRow::value(const std::string& field) const {
  return field.starts_with(kInstance) ? instance_.value(field.substr(kInstance.size()))
                                      : job_.value(field);
}

std::optional<std::string> jobRowTitle(const std::string& field) {
  return field.starts_with(kInstance) ? instanceFieldTitle(field) : jobFieldTitle(field);
}

bool needsInstance(const std::vector<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return field.starts_with(kInstance); });
}

std::optional<std::string> instanceUri(const json::object& job, bool everyone) {
  if (formats::getInteger(job, "state").value_or(0) != formats::kStateRun) return std::nullopt;
  if (!everyone && formats::getInteger(job, "userid").value_or(-1) != int64_t{::getuid()})
    return std::nullopt;
  const auto* uri = formats::getPath(job, "annotations.user.uri");
  if (uri == nullptr || !uri->is_string() || uri->get_string().empty()) return std::nullopt;
  return std::string(uri->get_string());
}

std::optional<Session> openInstance(const std::string& uri) {
  auto session = openAt(uri);
  return session ? std::optional(std::move(*session)) : std::nullopt;
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
