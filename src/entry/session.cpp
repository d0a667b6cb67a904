#include "entry/session.hpp"

#include <algorithm>

#include "entry/capture.hpp"
#include "entry/stopwatch.hpp"
#include "entry/users.hpp"

namespace mc::entry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// R of the largest clusters is far smaller.
constexpr size_t kMaxResources = 16u << 20;

// A follower's broker that fails is started again after a pause that doubles each time; one that
// ran for a while counts as new.
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{5000};
constexpr seconds kRanWell{10};
constexpr int kMaxFailures = 10;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// With Flux for the hooks, too: the image's, a view's, or, last, the embedded one.
std::string pathOf(const Settings& settings, const std::string& mount,
                   const Environment& environment) {
  const std::string path = withDirectories(environment.get("PATH"), {"/usr/local/bin"});
  const std::string embedded = mount + "/" + kFluxFile;
  return withDirectories(withDirectories(path, settings.searchPath),
                         {embedded.substr(0, embedded.rfind('/'))});
}

}  // namespace

Session::Session(Settings settings, Self self, Environment environment, const Outside& outside)
    : settings_(std::move(settings)),
      self_(std::move(self)),
      environment_(std::move(environment)),
      out_(outside),
      hooks_(out_.processes, out_.loop, out_.files, out_.messages,
             {settings_.quiet, settings_.strict, self_.program}),
      ports_(out_.processes, out_.loop, out_.resolver, out_.messages) {
  environment_.variables["PATH"] = pathOf(settings_, self_.place.mount, environment_);
  if (!settings_.batchLogs.empty())
    environment_.variables.emplace("FLUX_OUTPUT_DIR", settings_.batchLogs);
}

int Session::run() {
  int status = beforeFlux();
  if (status == 0) status = afterFlux(runFlux());
  status = exitStatus(status);
  if (out_.journal != nullptr) out_.journal->end(status);
  return status;
}

void Session::note(const char* phase, const std::string& detail) {
  if (out_.journal != nullptr) out_.journal->phase(phase, detail);
}

void Session::noteError(const std::string& text) {
  if (out_.journal != nullptr) out_.journal->error(text);
}

/// A job that was done is done, also if somebody wanted to stop it just then.
int Session::exitStatus(int status) const {
  if (!settings_.podsReplaced) return status;
  if (!out_.processes.stopping()) return status == kToldToStop ? 1 : status;
  const bool done = status == 0 && self_.index == 0 && settings_.mode != Mode::Interactive;
  const bool late = out_.processes.stopStatus() == kDeadlineExceeded;
  return done || late ? status : kToldToStop;
}

int Session::beforeFlux() {
  const Hooks& hooks = settings_.hooks;
  int status = hook("init", hooks.init, Kind::Hook);
  if (status == 0) status = makeUsers();
  if (status == 0) status = hook("pre", hooks.pre, Kind::Hook);
  if (status == 0 && self_.index == 0) status = hook("brokerPre", hooks.brokerPre, Kind::Hook);
  if (status == 0 && self_.index != 0) status = hook("workerPre", hooks.workerPre, Kind::Hook);
  if (status == 0) status = waitForServers();
  if (status == 0) status = prepare();
  if (status == 0) status = writeResources();
  return status;
}

int Session::failed(const base::Error& error, int status) {
  if (error.errnum == ECANCELED) return out_.processes.stopStatus();
  out_.messages.error(error.message);
  noteError(error.message);
  return status;
}

int Session::hook(const std::string& name, const std::string& text, Kind kind) {
  if (!text.empty()) note(name.c_str());
  const auto status = hooks_.run(name, text, kind, environment_);
  if (!status) return failed(status.error());
  if (*status != 0)
    noteError("hook commands." + name + " failed with exit status " + std::to_string(*status));
  return *status;
}

int Session::makeUsers() {
  note(phase::kUsers);
  const auto passwords = out_.files.read(self_.place.mount + "/" + kUsersFile).value_or("");
  auto identity = entry::makeUsers(settings_, passwords, {self_.place.uid, self_.wall}, out_.files,
                                   out_.messages);
  if (!identity) return failed(identity.error());
  identity_ = std::move(*identity);
  if (out_.journal != nullptr && identity_.owner) out_.journal->giveTo(*identity_.owner);
  return 0;
}

int Session::waitForServers() {
  if (settings_.waitFor.empty()) return 0;
  std::string names;
  for (const auto& server : settings_.waitFor)
    names += (names.empty() ? "" : ",") + server.container;
  note(phase::kServers, names);
  const auto answered =
      ports_.wait(settings_.waitFor, seconds(settings_.waitSeconds),
                  [this](const std::string& missing) { note(phase::kServers, missing); });
  if (answered) return 0;
  const int status = failed(answered.error());
  return settings_.strict || out_.processes.stopping() ? status : 0;
}

int Session::prepare() {
  note(phase::kFiles);
  auto flux = findFlux(settings_, self_.place.mount, environment_, out_.files);
  if (!flux) return failed(flux.error(), 127);
  flux_ = std::move(*flux);
  publishFlux(flux_, environment_, out_.files);
  const auto prepared =
      prepareFiles(settings_, self_.place, identity_, environment_, out_.files, out_.messages);
  if (!prepared) return failed(prepared.error());
  const bool archive = !settings_.archivePath.empty();
  context_ = {flux_.path, self_.program, archive && out_.files.exists(settings_.archivePath)};
  if (out_.journal != nullptr) context_.journal = out_.journal->path();
  if (archive && !context_.restore)
    out_.messages.info("nothing to restore at " + settings_.archivePath);
  return 0;
}

int Session::writeResources() {
  if (settings_.paths.resources.empty()) return 0;
  auto capture = Capture::open(out_.loop, kMaxResources);
  if (!capture) return failed(capture.error());
  base::Command command = asFluxUser(resourcesCommand(settings_, context_));
  command.stdoutFd = (*capture)->writeFd();
  const auto status = out_.processes.run(command, Kind::Hook);
  if (!status) return failed(status.error());
  if (out_.processes.stopping()) return out_.processes.stopStatus();
  if (*status != 0)
    return failed(
        {EIO, joined(command.argv) + " failed with exit status " + std::to_string(*status)},
        *status);
  const auto written =
      out_.files.write(settings_.paths.resources, (*capture)->text(), 0644, std::nullopt);
  return written ? 0 : failed(written.error());
}

int Session::runFlux() {
  if (settings_.mode == Mode::Interactive && self_.index == 0 && !settings_.command.empty())
    out_.messages.info("interactive: not running `" + joined(settings_.command) +
                       "`, which is left to you");
  const Stopwatch watch(out_.loop.clock());
  int status = 0;
  if (self_.index == 0) {
    const auto ended = startFlux(leadCommand(settings_, context_));
    status = ended ? *ended : failed(ended.error(), 127);
  } else {
    status = follow();
  }
  if (settings_.timed) out_.messages.output(fluxTime("fluxstart", watch.elapsed()));
  return out_.processes.stopStatus() == kDeadlineExceeded ? kDeadlineExceeded : status;
}

int Session::follow() {
  milliseconds delay = kFirstPause;
  // flux-core notices late that its lead has come up; the embedded Flux at once.
  bool leadFirst = !flux_.embedded;
  for (int failures = 0;;) {
    if (leadFirst && !awaitLead()) return out_.processes.stopStatus();
    const Stopwatch watch(out_.loop.clock());
    const auto status = startFlux(followerCommand(settings_, context_));
    if (!status) return failed(status.error(), 127);
    if (out_.processes.stopping()) return *status;
    if (settings_.completeWorkers) return 0;
    if (*status == 0) {
      if (!settings_.podsReplaced) return 0;
      // Whether the lead is done or was lost is not for a follower to tell: who is done, is
      // stopped.
      failures = 0;
      delay = kFirstPause;
      leadFirst = true;
      if (!pause(delay)) return out_.processes.stopStatus();
      continue;
    }
    if (watch.elapsed() >= kRanWell) {
      failures = 0;
      delay = kFirstPause;
    }
    if (++failures == kMaxFailures)
      return failed({EIO, "flux failed " + std::to_string(failures) +
                              " times, last with exit status " + std::to_string(*status)},
                    *status);
    out_.messages.info("flux ended with exit status " + std::to_string(*status) + "; once more");
    if (!pause(delay)) return out_.processes.stopStatus();
    delay = std::min(delay * 2, kLongestPause);
    leadFirst = true;
  }
}

bool Session::awaitLead() {
  if (settings_.port == 0 || settings_.addresses.empty()) return true;
  return ports_.wait({{"the lead broker", settings_.addresses.front(), settings_.port}}, seconds(0))
      .has_value();
}

bool Session::pause(milliseconds duration) {
  bool over = false;
  const base::Watch timer = out_.loop.after(duration, [this, &over] {
    over = true;
    out_.loop.stop();
  });
  return out_.processes.wait([&over] { return over; });
}

base::Result<int> Session::startFlux(const std::vector<std::string>& argv) {
  base::Command command = asFluxUser(argv);
  command.stdinFd = 0;
  note(phase::kFlux);
  return out_.processes.run(command, settings_.prefix.empty() ? Kind::Flux : Kind::FluxGroup);
}

base::Command Session::asFluxUser(const std::vector<std::string>& argv) const {
  base::Command command;
  command.argv = argv;
  command.environment = environment_.variables;
  command.directory = environment_.directory;
  if (identity_.owner) {
    command.uid = identity_.owner->uid;
    command.gid = identity_.owner->gid;
    command.groups = identity_.groups;
  }
  auto& variables = *command.environment;
  if (!identity_.home.empty()) variables["HOME"] = identity_.home;
  if (!identity_.name.empty()) variables["USER"] = variables["LOGNAME"] = identity_.name;
  return command;
}

/// The job's status is the container's; only after a good job does a failing hook count.
int Session::afterFlux(int status) {
  const int post = hook("post", settings_.hooks.post, Kind::Post);
  return status != 0 ? status : post;
}

}  // namespace mc::entry
