// flux alloc: starts a Flux instance as a job and runs a command or a shell in it.

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "flux/client/job_watch.hpp"
#include "flux/commands/attach.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/nested_job.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-alloc";

constexpr Option kOwnOptions[] = {
    {0, "bg", Takes::Nothing, "", "Wait for new instance to start, but do not attach to it."},
};

/// Waits for the instance of a job to be ready (--bg).
class Background {
 public:
  Background(client::Handle& handle, formats::JobId id, bool verbose)
      : handle_(handle), id_(id), verbose_(verbose) {}

  int run() {
    if (verbose_) tell(0, "waiting for resources");
    const base::Watch interrupt = handle_.loop().signal(SIGINT, [this] { cancel(); });
    watch_ = std::make_unique<client::JobWatch>(
        handle_, id_, "eventlog", false,
        client::JobWatch::Handlers{
            [this](const formats::Event& event, std::string_view) { onEvent(event); },
            [this](const base::Error&) { onEnd(); }});
    while (!stopped_) handle_.loop().run();
    watch_.reset();
    if (uri_.empty()) return gone();
    return canceled_ ? 1 : connect();
  }

 private:
  void stop() {
    stopped_ = true;
    handle_.loop().stop();
  }

  void onEvent(const formats::Event& event) {
    if (start_ == 0) start_ = event.timestamp;
    if (verbose_ && event.name == "alloc") tell(event.timestamp - start_, "resources allocated");
    const auto* uri = event.name == "memo" ? formats::findString(event.context, "uri") : nullptr;
    if (uri == nullptr) return;
    uri_ = *uri;
    if (verbose_) tell(event.timestamp - start_, "waiting for instance");
    stop();
  }

  void onEnd() { stop(); }

  void cancel() {
    complain("\r" + jobIdText(id_) + ": Interrupt: canceling job");
    canceled_ = true;
    handle_.notify(
        "job-manager.raise",
        {{"id", id_}, {"severity", 0}, {"type", "cancel"}, {"note", "interrupted by ctrl-C"}});
    (void)handle_.flush();
    uri_ = "canceled";
    stop();
  }

  /// The job has ended before it was an instance: shows what it has said.
  int gone() {
    AttachOptions options;
    options.readOnly = true;
    Attach(handle_, id_, options).run();
    return failPython(kProgram, jobIdText(id_) + ": unexpectedly exited");
  }

  int connect() {
    const auto child = client::Handle::open(handle_.loop(), nearestUri(uri_));
    if (!child)
      return failPython(
          kProgram, "Unable to connect to " + jobIdText(id_) + ": " + pythonError(child.error()));
    if (!(*child)->call("state-machine.wait"))
      return failPython(kProgram, jobIdText(id_) + ": instance startup failed");
    if (verbose_) tell(handle_.loop().clock().wall() - start_, "ready");
    print(jobIdText(id_) + "\n");
    return 0;
  }

  void tell(double seconds, const char* text) const {
    char time[32];
    std::snprintf(time, sizeof time, "%6.3fs", seconds);
    complain(jobIdText(id_) + ": " + time + ": " + text);
  }

  client::Handle& handle_;
  formats::JobId id_;
  bool verbose_;
  bool stopped_ = false;
  bool canceled_ = false;
  double start_ = 0;
  std::string uri_;
  std::unique_ptr<client::JobWatch> watch_;
};

NestedJob describe(const Parsed& parsed) {
  NestedJob job;
  job.program = parsed.rest;
  const bool background = parsed.has("bg");
  if (background && job.program.empty()) job.brokerOptions.emplace_back("-Sbroker.rc2_none=1");
  // An interactive terminal makes the job wait for somebody to attach, who may never come with
  // --bg.
  if (background)
    job.shellOptions.emplace_back("pty.capture");
  else if (::isatty(STDIN_FILENO) == 1)
    job.shellOptions.emplace_back("pty.interactive");
  return job;
}

AttachOptions attachOptions(const Parsed& parsed) {
  AttachOptions options;
  options.showEvents = parsed.count("verbose") > 1;
  options.showExec = parsed.count("verbose") > 2;
  return options;
}

}  // namespace

int allocMain(const Args& args) {
  const std::vector<Option> options = nestedJobOptions(kOwnOptions, false);
  const Grammar grammar{.program = "flux alloc",
                        .usage = "flux alloc [OPTIONS] [COMMAND...]",
                        .description = "allocate a new Flux instance for interactive use",
                        .options = options,
                        .commandFollows = true,
                        .positionals =
                            "positional arguments:\n"
                            "  COMMAND                      Set the initial COMMAND of "
                            "new Flux instance.\n"
                            "                               (default is an interactive "
                            "shell)\n\n"};
  auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (!exitStatus) exitStatus = checkNestedNumbers(grammar, parsed);
  if (exitStatus) return *exitStatus;
  const auto request = makeNestedJob(parsed, describe(parsed));
  if (!request) return failPython(kProgram, request.error().message);
  if (parsed.has("dry-run")) return showJobspec(*request);
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const auto answer = (*session)->call("job-ingest.submit", submitPayload(*request));
  const auto id = answer ? formats::getUnsigned(*answer, "id")
                         : base::Result<uint64_t>(base::pass(answer.error()));
  if (!id) return failPython(kProgram, pythonError(id.error()));
  if (parsed.has("bg")) return Background(*session->handle, *id, parsed.has("verbose")).run();
  if (parsed.has("verbose")) complain("jobid: " + jobIdText(*id));
  return Attach(*session->handle, *id, attachOptions(parsed)).run();
}

}  // namespace mc::flux::commands
