#include "flux/services/rexec/service.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "flux/broker/environment.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;
using broker::Severity;
using rexec::ExecCommand;
using rexec::Process;

/// Variables that say something about the broker, or whoever asked, that is not true of the
/// process.
constexpr const char* kNotPassedOn[] = {"FLUX_PROXY_REMOTE", "NOTIFY_SOCKET", "INVOCATION_ID"};

std::string baseName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// "NAME[PID]", as background processes appear in the log.
std::string logName(const std::string& label, const ExecCommand& command, pid_t pid) {
  return (label.empty() ? baseName(command.argv[0]) : label) + "[" + std::to_string(pid) + "]";
}

}  // namespace

Rexec::Rexec(broker::Host& host, base::ProcessRunner& runner) : host_(host), runner_(runner) {
  methods_.add("exec", Access::Owner, [this](const auto& r, const auto& p) { return exec(r, p); });
  methods_.add("write", Access::Owner,
               [this](const auto& r, const auto& p) { return write(r, p); });
  methods_.add("kill", Access::Owner, [this](const auto& r, const auto& p) { return kill(r, p); });
  methods_.add("list", Access::Owner, [this](const auto& r, const auto&) { return list(r); });
  methods_.add("wait", Access::Owner, [this](const auto& r, const auto& p) { return wait(r, p); });
}

Rexec::~Rexec() = default;

base::Status Rexec::exec(const Request& request, const Payload& payload) {
  const auto* object = formats::findObject(payload, "cmd");
  if (object == nullptr) return base::fail(EPROTO, "exec without cmd");
  Entry entry;
  MC_TRY_ASSIGN(entry.flags, formats::getInteger(payload, "flags"));
  const auto localFlags = formats::getInteger(payload, "local_flags");
  MC_TRY_ASSIGN(entry.command, ExecCommand::parse(*object));
  entry.background = !request.streaming();
  entry.waitable = (entry.flags & rexec::kWaitable) != 0;
  MC_TRY(checkNew(entry, localFlags ? *localFlags : 0));
  return start(request, std::move(entry), localFlags ? *localFlags : 0);
}

base::Status Rexec::checkNew(const Entry& entry, int64_t localFlags) const {
  if (allGone_) return base::fail(ENOSYS, "subprocess server is shutting down");
  if (entry.background && (entry.flags & rexec::kWriteCredit) != 0)
    return base::fail(EINVAL, "write-credit flag is not allowed in background mode");
  if (entry.background && (localFlags & rexec::kStdioFallthrough) != 0)
    return base::fail(EINVAL, "stdio-fallthrough flag is not allowed in background mode");
  if (entry.background && !entry.command.channels.empty())
    return base::fail(EINVAL, "auxiliary channels are not allowed in background mode");
  if (!entry.background && entry.waitable)
    return base::fail(EINVAL, "waitable flag only supported in background mode");
  const bool taken = std::any_of(entries_.begin(), entries_.end(), [&](const auto& other) {
    return !entry.command.label.empty() && other.second.command.label == entry.command.label;
  });
  if (taken) return base::fail(EEXIST, "command label is not unique");
  return {};
}

base::Status Rexec::start(const Request& request, Entry entry, int64_t localFlags) {
  Process::Options options;
  options.flags = entry.background ? rexec::kForwardStdout | rexec::kForwardStderr : entry.flags;
  options.localFlags = localFlags;
  options.input = !entry.background;
  const Id id = nextId_++;
  auto process = Process::start(host_.loop(), runner_, entry.command, environmentOf(entry.command),
                                options, handlersOf(id));
  if (!process) {
    const int errnum = process.error().errnum;
    return base::fail(errnum, std::string("error launching process: ") + std::strerror(errnum));
  }
  if (!entry.background) entry.client = request;
  entry.process = std::move(*process);
  Entry& kept = entries_[id] = std::move(entry);
  request.respond(json::object{{"type", "started"}, {"pid", kept.process->pid()}});
  if ((kept.flags & rexec::kWriteCredit) != 0)
    for (const auto& [name, pipe] : kept.process->inputs())
      sendCredit(kept, name, kept.command.bufferSize(name));
  return {};
}

std::map<std::string, std::string> Rexec::environmentOf(const ExecCommand& command) const {
  auto environment = command.environment.empty() ? broker::ownEnvironment() : command.environment;
  for (const char* name : kNotPassedOn) environment.erase(name);
  if (const auto uri = host_.attribute("local-uri")) environment["FLUX_URI"] = *uri;
  return environment;
}

Process::Handlers Rexec::handlersOf(Id id) {
  return {[this, id](const std::string& stream, const std::string& data, bool eof) {
            onOutput(entries_.at(id), stream, data, eof);
          },
          [this, id](const std::string& stream, size_t bytes) {
            const Entry& entry = entries_.at(id);
            if ((entry.flags & rexec::kWriteCredit) != 0) sendCredit(entry, stream, bytes);
          },
          [this, id](int status) { onExited(entries_.at(id), status); },
          // Not from within a callback of the process itself.
          [this, id] {
            host_.loop().post([this, id, alive = std::weak_ptr<bool>(alive_)] {
              if (!alive.expired()) onDone(id);
            });
          }};
}

void Rexec::sendCredit(const Entry& entry, const std::string& stream, size_t bytes) {
  if (entry.client)
    entry.client->respond(
        json::object{{"type", "add-credit"}, {"channels", json::object{{stream, bytes}}}});
}

void Rexec::onOutput(Entry& entry, const std::string& stream, const std::string& data, bool eof) {
  if (entry.background) return logOutput(entry, stream, data);
  const bool standard = stream == "stdout" || stream == "stderr";
  if (!entry.client || (!standard && (entry.flags & rexec::kForwardChannels) == 0)) return;
  const auto send = [&](const std::string& part, bool end) {
    const formats::IoData io{stream, std::to_string(host_.rank()), part, end};
    entry.client->respond(json::object{
        {"type", "output"}, {"pid", entry.process->pid()}, {"io", formats::encodeIo(io)}});
  };
  // Clients of flux-core take data and the end as two messages.
  if (!data.empty()) send(data, false);
  if (eof) send({}, true);
}

void Rexec::logOutput(const Entry& entry, const std::string& stream, const std::string& data) {
  const std::string name = logName(entry.command.label, entry.command, entry.process->pid());
  size_t begin = 0;
  while (begin < data.size()) {
    const size_t end = std::min(data.find('\n', begin), data.size());
    host_.log(stream == "stderr" ? Severity::Error : Severity::Info, "rexec",
              name + ": " + data.substr(begin, end - begin));
    begin = end + 1;
  }
}

void Rexec::onExited(Entry& entry, int status) {
  if (entry.client) entry.client->respond(json::object{{"type", "finished"}, {"status", status}});
  if (!entry.background) return;
  const std::string name = logName(entry.command.label, entry.command, entry.process->pid());
  host_.log(Severity::Info, "rexec",
            name + (WIFSIGNALED(status) ? ": Killed by signal " + std::to_string(WTERMSIG(status))
                                        : ": Exit " + std::to_string(WEXITSTATUS(status))));
}

void Rexec::onDone(Id id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.client) entry.client->fail(ENODATA);
  answerWaiter(entry);
  // A waitable process stays until somebody has asked for its status.
  if (!entry.waitable) entries_.erase(found);
  checkAllGone();
}

void Rexec::answerWaiter(Entry& entry) {
  if (!entry.waiter || !entry.process->waitStatus()) return;
  entry.waiter->respond(json::object{{"status", *entry.process->waitStatus()}});
  entry.waiter.reset();
  entry.waitable = false;
}

base::Status Rexec::write(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int64_t matchtag, formats::getInteger(payload, "matchtag"));
  const auto* object = formats::findObject(payload, "io");
  if (object == nullptr) return base::fail(EPROTO, "write without io");
  MC_TRY_ASSIGN(formats::IoData io, formats::decodeIo(*object));
  const auto* label = formats::findString(payload, "label");
  Entry* entry =
      label != nullptr ? findByLabel(std::string(*label)) : findByClient(request, matchtag);
  // It may have ended with data on the way to it: nobody's mistake.
  if (entry == nullptr) return {};
  auto written = entry->process->write(io.stream, std::move(io.data), io.eof);
  if (written) return {};
  host_.log(Severity::Error, "rexec", written.error().message);
  return entry->process->kill(SIGKILL);
}

base::Status Rexec::kill(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int64_t signum, formats::getInteger(payload, "signum"));
  if (signum < 0 || signum >= NSIG) return base::fail(EINVAL, "no such signal");
  MC_TRY_ASSIGN(Entry * entry, find(payload));
  MC_TRY(entry->process->kill(static_cast<int>(signum)));
  request.respond();
  return {};
}

base::Status Rexec::list(const Request& request) {
  json::array processes;
  for (const auto& [id, entry] : entries_) {
    const bool ended = entry.process->waitStatus().has_value();
    processes.push_back(json::object{{"pid", entry.process->pid()},
                                     {"cmd", entry.command.argv[0]},
                                     {"label", entry.command.label},
                                     {"state", ended ? "Z" : "R"},
                                     {"bg", entry.background},
                                     {"waitable", entry.waitable},
                                     {"attached", entry.client || entry.waiter}});
  }
  request.respond(json::object{{"rank", host_.rank()}, {"procs", std::move(processes)}});
  return {};
}

base::Status Rexec::wait(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(Entry * entry, find(payload));
  if (!entry->waitable) return base::fail(EINVAL, "process is not waitable");
  if (entry->waiter) return base::fail(EINVAL, "process is already being waited on");
  entry->waiter = request;
  if (!entry->process->waitStatus()) return {};
  answerWaiter(*entry);
  std::erase_if(entries_, [entry](const auto& e) { return &e.second == entry; });
  return {};
}

base::Result<Rexec::Entry*> Rexec::find(const Payload& payload) {
  if (const auto* text = formats::findString(payload, "label")) {
    const std::string label(*text);
    if (Entry* entry = findByLabel(label)) return entry;
    return base::fail(ESRCH, "label " + label + " does not belong to any subprocess");
  }
  MC_TRY_ASSIGN(const int64_t pid, formats::getInteger(payload, "pid"));
  for (auto& [id, entry] : entries_)
    if (entry.process->pid() == pid) return &entry;
  return base::fail(ESRCH, "pid " + std::to_string(pid) + " does not belong to any subprocess");
}

Rexec::Entry* Rexec::findByLabel(const std::string& label) {
  for (auto& [id, entry] : entries_)
    if (!label.empty() && entry.command.label == label) return &entry;
  return nullptr;
}

Rexec::Entry* Rexec::findByClient(const Request& request, int64_t matchtag) {
  const std::string sender = request.sender();
  for (auto& [id, entry] : entries_)
    if (entry.client && entry.client->message().matchtag() == matchtag &&
        entry.client->sender() == sender)
      return &entry;
  return nullptr;
}

void Rexec::disconnect(const std::string& sender) {
  for (auto& [id, entry] : entries_) {
    if (entry.waiter && entry.waiter->sender() == sender) entry.waiter.reset();
    if (!entry.client || entry.client->sender() != sender) continue;
    entry.client.reset();
    (void)entry.process->kill(SIGKILL).has_value();  // it may have exited just now
  }
}

size_t Rexec::running() const {
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& e) {
    return !e.second.process->waitStatus();
  }));
}

void Rexec::shutDown(std::chrono::milliseconds grace, std::function<void()> done) {
  allGone_ = std::move(done);
  for (auto& [id, entry] : entries_) (void)entry.process->kill(SIGTERM).has_value();
  grace_ = host_.loop().after(grace, [this] {
    for (auto& [id, entry] : entries_) (void)entry.process->kill(SIGKILL).has_value();
    grace_ = host_.loop().after(std::chrono::seconds(1), [this] {
      entries_.clear();
      checkAllGone();
    });
  });
  checkAllGone();
}

void Rexec::checkAllGone() {
  if (!allGone_ || running() > 0) return;
  grace_.reset();
  host_.loop().post(std::exchange(allGone_, [] {}));
}

}  // namespace mc::flux::services
