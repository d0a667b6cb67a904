// minicluster-entry: the first process of a Flux container. See session.hpp for what it does.

#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/asio_loop.hpp"
#include "base/fd.hpp"
#include "entry/connect.hpp"
#include "entry/enter.hpp"
#include "entry/forwarder.hpp"
#include "entry/journal.hpp"
#include "entry/pod_index.hpp"
#include "entry/probe.hpp"
#include "entry/record.hpp"
#include "entry/session.hpp"
#include "entry/subcommands.hpp"
#include "entry/supervisor.hpp"

namespace mc::entry {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kUsage =
    "Usage: minicluster-entry [--mount DIRECTORY]      run as a Flux container's process\n"
    "       minicluster-entry pause                    hold a pod's namespaces\n"
    "       minicluster-entry connect PORT             join stdin and stdout to a port of the pod\n"
    "       minicluster-entry forward PORT=TARGET... -- NAME...\n"
    "                                                  pass connections on to a Service's pods\n"
    "       minicluster-entry probe JSON               ask a container's probes\n"
    "       minicluster-entry install DIRECTORY        copy itself and flux there\n"
    "       minicluster-entry timed NAME -- COMMAND... run, and print how long it took\n"
    "       minicluster-entry exec -- COMMAND...       become COMMAND\n"
    "       minicluster-entry enter [-- COMMAND...]    become COMMAND, or a shell, in the Flux "
    "instance\n"
    "       minicluster-entry record JOURNAL FLUX -- COMMAND...\n"
    "                                                  run in Flux, and note what its jobs did\n"
    "       minicluster-entry jobs                     print that of the Flux instance\n"
    "       minicluster-entry journal                  print what this container noted\n"
    "       minicluster-entry environment FILE         write the environment to FILE\n"
    "       minicluster-entry version\n";

int usageError(const std::string& message) {
  std::fprintf(stderr, "minicluster-entry: %s\n%s", message.c_str(), kUsage);
  return 2;
}

/// A descriptor below 3 that is closed would be given to the next file that is opened.
void openStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0) [[maybe_unused]]
      const int opened = ::open("/dev/null", O_RDWR);
}

std::string ownPath() {
  char path[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<size_t>(length))
                    : std::string(kMountPath) + "/" + kEntryFile;
}

std::string hostname() {
  char name[HOST_NAME_MAX + 1] = {};
  return ::gethostname(name, HOST_NAME_MAX) == 0 ? name : "";
}

base::Result<Settings> readSettings(const std::string& mount) {
  const std::string path = mount + "/" + kSettingsFile;
  MC_TRY_ASSIGN(const std::string text, base::readFile(path));
  return parse(text).prefixed(path);
}

int runSession(const std::string& mount, const Messages::Sink& sink) {
  auto settings = readSettings(mount);
  if (!settings) return Messages(sink, false).error(settings.error().message), 1;
  const Messages messages(sink, settings->quiet);
  Environment environment = currentEnvironment();
  const auto index = podIndex(environment.get(kIndexVariable), hostname(), settings->cluster);
  if (!index) return messages.error(index.error().message), 1;
  const auto loop = base::makeAsioLoop();
  base::SystemProcessRunner runner;
  Supervisor supervisor(*loop, runner, messages,
                        {std::chrono::seconds(settings->graceSeconds),
                         std::chrono::seconds(settings->deadlineSeconds)});
  SystemFiles files;
  const auto journal = openJournal(loop->clock(), journalPaths(mount));
  const auto resolver = makeResolver(*loop);
  const Self self{*index, ownPath(), {mount, ::geteuid()}, loop->clock().wall()};
  Session session(std::move(*settings), self, std::move(environment),
                  {supervisor, *loop, files, *resolver, messages, journal.get()});
  const int status = session.run();
  supervisor.endChildren();
  // Not waiting for a lookup of a name that may still be under way.
  ::_exit(status);
}

int runContainer(const Words& words) {
  std::string mount = kMountPath;
  if (words.size() == 2 && words[0] == "--mount")
    mount = words[1];
  else if (!words.empty())
    return usageError("unknown argument '" + words[0] + "'");
  return runSession(mount, [](std::string_view text) {
    // Nobody is left to be told where stderr fails.
    (void)base::writeAll(STDERR_FILENO, text).has_value();
  });
}

/// The words after "--", which come at `place`.
Words commandAfter(const Words& words, size_t place) {
  if (words.size() < place + 2 || words[place] != "--") return {};
  return {words.begin() + static_cast<long>(place) + 1, words.end()};
}

int runSubcommand(const Words& words) {
  const std::string& name = words[0];
  if (name == "pause" && words.size() == 1) return pauseUntilTold();
  if (name == "connect" && words.size() == 2) return connectTo(words[1]);
  if (name == "forward") return runForwarder({words.begin() + 1, words.end()});
  if (name == "probe" && words.size() == 2) return runProbes(words[1]);
  if (name == "install" && words.size() == 2) return install(ownPath(), words[1]);
  if (name == "environment" && words.size() == 2) return writeEnvironment(words[1]);
  if (name == "version" && words.size() == 1) return std::puts(MINICLUSTER_VERSION), 0;
  if (name == "jobs" && words.size() == 1) return printRecord();
  if (name == "journal" && words.size() == 1) return printJournal();
  const Words command = commandAfter(words, name == "record" ? 3 : name == "timed" ? 2 : 1);
  if (name == "record" && !command.empty()) return runRecorded(words[1], words[2], command);
  if (name == "timed" && !command.empty()) return runTimed(words[1], command);
  if (name == "exec" && !command.empty()) return becomeCommand(command);
  if (name == "enter" && (words.size() == 1 || !command.empty())) return enterInstance(command);
  if (name == "--help" || name == "-h") return std::fputs(kUsage, stdout), 0;
  return usageError("bad arguments for '" + name + "'");
}

}  // namespace
}  // namespace mc::entry

int main(int argc, char** argv) {
  using namespace mc::entry;
  openStandardDescriptors();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty() || words[0] == "--mount") return runContainer(words);
  return runSubcommand(words);
}
