#include "flux/services/job-ingest/service.hpp"

#include <algorithm>

#include "flux/formats/json.hpp"
#include "flux/formats/json_arena.hpp"
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

// [ingest.validator] plugins: of flux-core's, "jobspec" is always on here.
bool validatorHas(const json::object& config, std::string_view plugin) {
  const auto* disable = formats::getPath(config, "ingest.validator.disable");
  const auto* value = formats::getPath(config, "ingest.validator.plugins");
  const auto* plugins = value ? value->if_array() : nullptr;
  if (plugins == nullptr || (disable != nullptr && disable->is_bool() && disable->get_bool()))
    return false;
  return std::any_of(plugins->begin(), plugins->end(), [plugin](const json::value& value) {
    const auto* name = value.if_string();
    return name != nullptr && *name == plugin;
  });
}

int64_t configured(const json::object& config, std::string_view path) {
  const auto* value = formats::getPath(config, path);
  return value ? formats::toInteger(*value).value_or(0) : 0;
}

// Whether a job is a Flux instance of its own (flux batch, alloc, or "flux start|broker").
bool isInstance(const formats::Jobspec& jobspec) {
  if (jobspec.system("batch") != nullptr) return true;
  const std::string& program = jobspec.command.front();
  return program.substr(program.rfind('/') + 1) == "flux" && jobspec.command.size() > 1 &&
         (jobspec.command[1] == "broker" || jobspec.command[1] == "start");
}

// The validator "require-instance": jobs of some size must be instances.
base::Status validate(const json::object& config, const formats::Jobspec& jobspec) {
  constexpr int64_t kCoresPerNode = 16;  // flux-core's guess, where only minnodes is given
  if (!validatorHas(config, "require-instance") || isInstance(jobspec)) return {};
  const int64_t nodes = configured(config, "ingest.validator.require-instance.minnodes");
  int64_t cores = configured(config, "ingest.validator.require-instance.mincores");
  if (nodes > 0 && cores == 0) cores = kCoresPerNode * nodes;
  const auto wanted = static_cast<int64_t>(jobspec.shape.totalSlots() * jobspec.shape.coresPerSlot);
  const bool manyNodes = jobspec.shape.nodes > 0 && jobspec.shape.nodes >= nodes;
  if (!manyNodes && wanted < cores) return {};
  std::string text = "Direct job submission disabled for ";
  if (nodes == 0 && cores == 0) text += "all jobs in this instance";
  if (nodes > 0) text += "jobs >= " + std::to_string(nodes) + " nodes or ";
  if (cores > 0) text += (nodes > 0 ? "" : "jobs >= ") + std::to_string(cores) + " cores";
  return base::fail(EINVAL, text + ". Please use flux-batch(1) or flux-alloc(1)");
}

}  // namespace

IngestService::IngestService(manager::Manager& manager, const manager::Dependencies& dependencies,
                             manager::Updates::Feasible feasible)
    : manager_(manager),
      dependencies_(dependencies),
      feasible_(std::move(feasible)),
      ids_(manager.host().loop().clock()) {
  methods_.add("submit", Access::Anyone,
               [this](const Request& request, const json::object& payload) {
                 return submit(request, payload);
               });
}

base::Status IngestService::submit(const Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(Submission submission, read(request, payload));
  submission.id = ids_.next();
  const manager::JobId id = submission.id;
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
  MC_TRY(readJobspec(out));
  MC_TRY(checkJobspec(out));
  return out;
}

// Completed as the configuration says. J stays as it was submitted.
base::Status IngestService::readJobspec(Submission& submission) const {
  auto document = formats::parseJsonObjectAtOnce(submission.jobspecText);
  if (!document) return base::fail(EINVAL, "Invalid jobspec: " + document.error().message);
  MC_TRY_ASSIGN(submission.completed,
                manager::Policy(manager_.host().config()).complete(*document));
  if (submission.completed)
    submission.jobspecText = formats::toJson(*document, formats::JsonStyle::Spaced);
  MC_TRY_ASSIGN(submission.jobspec, formats::Jobspec::parse(std::move(*document)));
  return {};
}

base::Status IngestService::checkJobspec(const Submission& submission) const {
  const formats::Jobspec& jobspec = *submission.jobspec;
  const std::string name = jobspec.systemString("queue").value_or("");
  MC_TRY_ASSIGN(const manager::Queue* queue, manager_.queues().find(name));
  if (!queue->enabled)
    return base::fail(EINVAL, (name.empty() ? "job submission is disabled: "
                                            : "job submission to " + name + " is disabled: ") +
                                  queue->disableReason);
  const auto* constraints = jobspec.system("constraints");
  const auto* object = constraints ? constraints->if_object() : nullptr;
  if (constraints != nullptr && object == nullptr)
    return base::fail(EINVAL, "constraints must be an object");
  if (object != nullptr) MC_TRY(sched::Constraint::parse(*object));
  const json::object& config = manager_.host().config();
  MC_TRY(validate(config, jobspec));
  if (validatorHas(config, "feasibility"))
    MC_TRY(feasible_(jobspec.shape, object ? *object : json::object()));
  MC_TRY(manager::Policy(config).checkLimits(jobspec.shape, jobspec.duration, name));
  if (const auto* dependencies = jobspec.system("dependencies"))
    MC_TRY(dependencies_.check(*dependencies, submission.userid));
  return {};
}

}  // namespace mc::flux::services::ingest
