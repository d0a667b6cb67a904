#include "flux/services/job-ingest/service.hpp"

#include "base/memory.hpp"
#include "flux/formats/json.hpp"
#include "flux/formats/signed_jobspec.hpp"
#include "flux/services/sched/constraint.hpp"

namespace mc::flux::services::ingest {

namespace {

namespace json = boost::json;
using broker::Request;
using manager::Submission;

constexpr uint32_t kKnownFlags =
    manager::kFlagDebug | manager::kFlagWaitable | manager::kFlagNoValidate;

// What only the instance owner may ask for.
base::Status checkGuest(const Submission& submission) {
  if ((submission.flags & manager::kFlagNoValidate) != 0)
    return base::fail(EPERM, "only the instance owner can submit with validation disabled");
  if ((submission.flags & manager::kFlagWaitable) != 0)
    return base::fail(EPERM, "only the instance owner can submit waitable jobs");
  if (submission.urgency > manager::kUrgencyDefault)
    return base::fail(EPERM, "only the instance owner can submit with urgency >" +
                                 std::to_string(manager::kUrgencyDefault));
  return base::fail(EPERM, "only the instance owner can use sign-type=none");
}

// Root may have the owner's role ([access] allow-root-owner), but its jobs could not be run: the
// broker of another user cannot become root.
base::Status checkRoot(uint32_t userid, uint32_t owner) {
  if (userid != 0 || owner == 0) return {};
  return base::fail(EPERM, "submission of jobs as user root not supported");
}

}  // namespace

IngestService::IngestService(manager::Manager& manager, const manager::Dependencies& dependencies)
    : manager_(manager), dependencies_(dependencies), ids_(manager.host().loop().clock()) {
  methods_.add("submit", Access::Anyone,
               [this](const Request& request, const json::object& payload) {
                 return submit(request, payload);
               });
}

base::Status IngestService::submit(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(Submission submission, read(request, payload));
  submission.id = ids_.next();
  const manager::JobId id = submission.id;
  // That of taking the first job in.
  if (manager_.table().activeCount() == 0) base::releaseCode();
  manager_.submit(std::move(submission));
  request.respond(json::object{{"id", id}});
  return {};
}

base::Result<Submission> IngestService::read(const Request& request,
                                             const json::object& payload) const {
  Submission out;
  MC_TRY_ASSIGN(const std::string_view signedJobspec, formats::getString(payload, "J"));
  MC_TRY_ASSIGN(const int64_t urgency, formats::getInteger(payload, "urgency"));
  MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(payload, "flags"));
  if (urgency < manager::kUrgencyHold || urgency > manager::kUrgencyMax)
    return base::fail(EINVAL, "urgency=" + std::to_string(urgency) + " is out of range");
  MC_TRY_ASSIGN(formats::SignedPayload content, formats::unwrapUnsigned(signedJobspec));
  out.userid = request.message().userid;
  if (content.userid != out.userid)
    return base::fail(EPERM, "signer=" + std::to_string(content.userid) +
                                 " != requestor=" + std::to_string(out.userid));
  out.urgency = static_cast<int>(urgency);
  out.flags = static_cast<uint32_t>(flags) & kKnownFlags;
  if (!request.isOwner()) MC_TRY(checkGuest(out));
  MC_TRY(checkRoot(out.userid, manager_.host().owner()));
  out.signedJobspec = signedJobspec;
  out.jobspecText = std::move(content.payload);
  MC_TRY_ASSIGN(out.jobspec, formats::Jobspec::parse(out.jobspecText));
  MC_TRY(checkJobspec(out));
  return out;
}

base::Status IngestService::checkJobspec(const Submission& submission) const {
  const formats::Jobspec& jobspec = submission.jobspec;
  const std::string name = jobspec.systemString("queue").value_or("");
  MC_TRY_ASSIGN(const manager::Queue* queue, manager_.queues().find(name));
  if (!queue->enabled)
    return base::fail(EINVAL, (name.empty() ? "job submission is disabled: "
                                            : "job submission to " + name + " is disabled: ") +
                                  queue->disableReason);
  if (const auto* constraints = jobspec.system("constraints")) {
    const auto* object = constraints->if_object();
    if (object == nullptr) return base::fail(EINVAL, "constraints must be an object");
    MC_TRY(sched::Constraint::parse(*object));
  }
  if (const auto* dependencies = jobspec.system("dependencies"))
    MC_TRY(dependencies_.check(*dependencies, submission.userid));
  return {};
}

}  // namespace mc::flux::services::ingest
