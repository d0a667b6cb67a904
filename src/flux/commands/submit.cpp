// flux submit: enqueues jobs, prints their ids, waits for them if asked.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_options.hpp"
#include "flux/commands/job_waiter.hpp"
#include "flux/commands/progress.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-submit";

constexpr Option kOwnOptions[] = {
    {0, "cc", Takes::Value, "IDSET",
     "Replicate job for each ID in IDSET. FLUX_JOB_CC=ID will be set for each job submitted"},
    {0, "bcc", Takes::Value, "IDSET",
     "Like --cc, but FLUX_JOB_CC is not set, so all jobs are identical copies"},
    {0, "quiet", Takes::Nothing, "", "Do not print jobid to stdout on submission"},
    {0, "wait", Takes::Nothing, "", "Wait on completion of all jobs before exiting"},
    {0, "wait-event", Takes::Value, "NAME",
     "Set a specific wait event for --wait (default: clean)"},
    {0, "watch", Takes::Nothing, "", "Watch all job output (implies --wait)"},
    {0, "progress", Takes::Nothing, "",
     "Show progress of job submission or completion (with --wait)"},
};

/// So many requests are on their way at a time: enough to keep the broker busy, and a bound for
/// what waits in memory.
constexpr size_t kWindow = 128;

class Submitter {
 public:
  Submitter(client::Handle& handle, const Parsed& parsed, std::vector<std::string> copies, bool cc)
      : handle_(handle),
        parsed_(parsed),
        copies_(std::move(copies)),
        setsCc_(cc),
        environment_(submitterEnvironment()),
        waits_(parsed.has("wait") || parsed.has("watch") || parsed.has("wait-event")),
        progress_(parsed.has("progress")),
        waiter_(handle,
                {kProgram, parsed.valueOr("wait-event", "clean"), parsed.has("watch"),
                 parsed.has("label-io")},
                [this] { update(); }) {}

  int run() {
    handle_.onClosed([this](const base::Error& error) {
      if (done()) return;
      failPython(kProgram, "lost connection to Flux: " + error.message);
      status_ = 1;
      lost_ = true;
      handle_.loop().stop();
    });
    fill();
    while (!lost_ && !done()) handle_.loop().run();
    progress_.finish();
    flushOutput();
    return std::max(status_, waiter_.exitStatus());
  }

 private:
  [[nodiscard]] bool done() const {
    return next_ == copies_.size() && pending_.empty() && waiter_.idle();
  }

  void fill() {
    while (pending_.size() < kWindow && next_ < copies_.size() && !lost_) submitNext();
    if (done()) handle_.loop().stop();
  }

  void submitNext() {
    const size_t index = next_++;
    auto request = makeCopy(copies_[index]);
    if (!request) {
      status_ = failPython(kProgram, request.error().message);
      next_ = copies_.size();  // the others would fail for the same reason
      return;
    }
    pending_[index] =
        handle_.rpc("job-ingest.submit", submitPayload(*request), {},
                    [this, index](const client::Answer& answer) { onAnswer(index, answer); });
  }

  base::Result<JobRequest> makeCopy(const std::string& id) const {
    if (id.empty()) return makeJobRequest(parsed_, environment_);
    if (!setsCc_) return makeJobRequest(substituteCopy(parsed_, id), environment_);
    Environment environment = environment_;
    environment["FLUX_JOB_CC"] = id;
    return makeJobRequest(substituteCopy(parsed_, id), environment);
  }

  void onAnswer(size_t index, const client::Answer& answer) {
    const auto held = pending_.extract(index);  // this callback lives in it
    const auto id = answer ? formats::getUnsigned(*answer, "id") : base::Result<uint64_t>(0);
    if (!answer || !id) {
      complain(pythonError(answer ? id.error() : answer.error()));
      status_ = 1;
    } else {
      if (!parsed_.has("quiet")) print(jobIdText(*id) + "\n");
      ++submitted_;
      if (waits_) waiter_.add(*id);
    }
    if (pending_.empty() || submitted_ % kWindow == 0) flushOutput();
    update();
    fill();
  }

  void update() {
    if (waits_) {
      progress_.show(waiter_.totals(), copies_.size());
    } else {
      progress_.show({submitted_, 0, submitted_, 0}, copies_.size());
    }
    if (done()) handle_.loop().stop();
  }

  client::Handle& handle_;
  const Parsed& parsed_;
  std::vector<std::string> copies_;
  bool setsCc_;
  Environment environment_;
  bool waits_;
  bool lost_ = false;
  Progress progress_;
  JobWaiter waiter_;
  std::map<size_t, client::Watch> pending_;
  size_t next_ = 0;
  size_t submitted_ = 0;
  int status_ = 0;
};

int dryRun(const Parsed& parsed) {
  const auto request = makeJobRequest(parsed, submitterEnvironment());
  if (!request) return failPython(kProgram, request.error().message);
  print(formats::toJson(request->jobspec, formats::JsonStyle::Spaced) + "\n");
  return 0;
}

// The ids of --cc or --bcc; a single empty one without them.
base::Result<std::vector<std::string>> copiesOf(const Parsed& parsed) {
  if (parsed.has("cc") && parsed.has("bcc"))
    return base::fail(EINVAL, "specify only one of --cc or --bcc");
  const auto text = parsed.has("cc") ? parsed.value("cc") : parsed.value("bcc");
  std::vector<std::string> copies;
  if (!text) return std::vector<std::string>{""};
  const auto ids = formats::Idset::parse(*text);
  if (!ids || ids->empty()) return base::fail(EINVAL, "--cc: invalid idset '" + *text + "'");
  for (const uint32_t id : *ids) copies.push_back(std::to_string(id));
  return copies;
}

}  // namespace

int submitMain(const Args& args) {
  const std::vector<Option> options = withJobOptions(kOwnOptions);
  const Grammar grammar{.program = "flux submit",
                        .usage = "flux submit [OPTIONS...] COMMAND [ARGS...]",
                        .description = "enqueue a job",
                        .options = options,
                        .commandFollows = true,
                        .positionals = kCommandPositional};
  auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (!exitStatus) exitStatus = checkJobNumbers(grammar, parsed);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageError(grammar, "job command and arguments are missing");
  const auto copies = copiesOf(parsed);
  if (!copies) return failPython(kProgram, copies.error().message);
  if (parsed.has("dry-run")) return dryRun(parsed);
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  return Submitter(*session->handle, parsed, *copies, parsed.has("cc")).run();
}

}  // namespace mc::flux::commands
