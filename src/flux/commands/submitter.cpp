#include "flux/commands/submitter.hpp"

#include <algorithm>

#include "flux/commands/session.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kCopyOptions[] = {
    {0, "cc", Takes::Value, "IDSET",
     "Replicate job for each ID in IDSET. FLUX_JOB_CC=ID will be set for each job submitted"},
    {0, "bcc", Takes::Value, "IDSET",
     "Like --cc, but FLUX_JOB_CC is not set, so all jobs are identical copies"},
    {0, "quiet", Takes::Nothing, "", "Do not print jobid to stdout on submission"},
    {0, "log", Takes::Value, "FILE",
     "Write job ids and output to FILE instead of the terminal; {cc} may be part of its name"},
    {0, "log-stderr", Takes::Value, "FILE",
     "Write stderr to FILE instead of the terminal or --log"},
    {0, "wait", Takes::Nothing, "", "Wait on completion of all jobs before exiting"},
    {0, "wait-event", Takes::Value, "NAME",
     "Set a specific wait event for --wait (default: clean)"},
    {0, "watch", Takes::Nothing, "", "Watch all job output (implies --wait)"},
    {0, "progress", Takes::Nothing, "",
     "Show progress of job submission or completion (with --wait)"},
    {0, "jps", Takes::Nothing, "", "With --progress, show the job throughput (jobs/s)"},
};

/// So many requests are on their way at a time: enough to keep the broker busy, and a bound for
/// what waits in memory.
constexpr size_t kWindow = 128;

JobWaiter::Options waiterOptions(const std::string& program, const Parsed& parsed) {
  JobWaiter::Options options;
  options.program = program;
  options.waitEvent = parsed.valueOr("wait-event", "clean");
  options.output = parsed.has("watch");
  options.labels = parsed.has("label-io");
  return options;
}

}  // namespace

std::span<const Option> copyOptions() {
  return kCopyOptions;
}

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

Submitter::Submitter(client::Handle& handle, std::string program, const Parsed& common,
                     Submissions submissions)
    : handle_(handle),
      program_(std::move(program)),
      common_(common),
      submissions_(std::move(submissions)),
      environment_(submitterEnvironment()),
      waits_(common.has("wait") || common.has("watch") || common.has("wait-event")),
      progress_(common.has("progress"), common.has("jps")),
      waiter_(handle, waiterOptions(program_, common), [this] { update(); }) {}

Submitter::~Submitter() {
  for (const auto& [path, file] : logs_) std::fclose(file);
}

int Submitter::run() {
  handle_.onClosed([this](const base::Error& error) {
    if (done()) return;
    failPython(program_, "lost connection to Flux: " + error.message);
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

bool Submitter::done() const {
  return next_ == submissions_.count && pending_.empty() && waiter_.idle();
}

void Submitter::fill() {
  while (pending_.size() < kWindow && next_ < submissions_.count && !lost_) submitNext();
  if (done()) handle_.loop().stop();
}

// What fails before it is sent would fail for all the others for the same reason.
void Submitter::abandon(int status) {
  status_ = status;
  next_ = submissions_.count;
}

void Submitter::submitNext() {
  const size_t index = next_++;
  const Submission submission = submissions_.at(index);
  const auto payload = makePayload(submission);
  if (!payload) return abandon(failPython(program_, payload.error().message));
  const auto sinks = sinksOf(submission.parsed);
  if (!sinks) return abandon(failPython(program_, sinks.error().message));
  pending_[index] = {
      handle_.rpc("job-ingest.submit", *payload, {},
                  [this, index](const client::Answer& answer) { onAnswer(index, answer); }),
      *sinks};
}

base::Result<boost::json::object> Submitter::makePayload(const Submission& submission) {
  if (!submission.alike) alike_.reset();
  if (!alike_) {
    MC_TRY_ASSIGN(alike_, makeJobRequest(submission.parsed, environment_));
  }
  if (submission.setsVariable)
    formats::setPath(alike_->jobspec, "attributes.system.environment.FLUX_JOB_CC",
                     boost::json::value(submission.copy));
  return submitPayload(*alike_);
}

base::Result<FILE*> Submitter::logFile(const std::string& path) {
  const auto known = logs_.find(path);
  if (known != logs_.end()) return known->second;
  FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return base::failErrno(path);
  return logs_[path] = file;
}

base::Result<JobOutput::Sinks> Submitter::sinksOf(const Parsed& parsed) {
  JobOutput::Sinks sinks;
  if (const auto path = parsed.value("log")) {
    MC_TRY_ASSIGN(sinks.out, logFile(*path));
    sinks.err = sinks.out;
  }
  if (const auto path = parsed.value("log-stderr")) {
    MC_TRY_ASSIGN(sinks.err, logFile(*path));
  }
  return sinks;
}

void Submitter::onAnswer(size_t index, const client::Answer& answer) {
  const auto held = pending_.extract(index);  // this callback lives in it
  const JobOutput::Sinks& sinks = held.mapped().sinks;
  const auto id = answer ? formats::getUnsigned(*answer, "id") : base::Result<uint64_t>(0);
  if (!answer || !id) {
    flushOutput();
    std::fputs((pythonError(answer ? id.error() : answer.error()) + "\n").c_str(), sinks.err);
    status_ = 1;
  } else {
    if (!common_.has("quiet")) std::fputs((jobIdText(*id) + "\n").c_str(), sinks.out);
    ++submitted_;
    if (waits_) waiter_.add(*id, sinks);
  }
  if (pending_.empty() || submitted_ % kWindow == 0) flushOutput();
  update();
  fill();
}

void Submitter::update() {
  if (waits_) {
    progress_.show(waiter_.totals(), submissions_.count);
  } else {
    progress_.show({submitted_, 0, submitted_, 0}, submissions_.count);
  }
  if (done()) handle_.loop().stop();
}

}  // namespace mc::flux::commands
