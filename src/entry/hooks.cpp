#include "entry/hooks.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace mc::entry {
namespace {

/// How much of a failed hook's output is shown.
constexpr size_t kShownOutput = 64u << 10;

/// A shell's statuses for a program that is not there and one that can't be run.
constexpr int kNotFound = 127;
constexpr int kNotExecutable = 126;

/// Evaluates the hook, $1, and has this program, $2, write the environment it leaves to $3. The
/// hook is an argument and never part of this text.
constexpr const char* kShellText = R"(mc_self=$2 mc_report=$3
eval "$1"
mc_status=$?
"$mc_self" environment "$mc_report" || :
exit "$mc_status")";

/// A file in memory that the hook's shell can open by its path.
base::Result<base::Fd> openReport() {
  base::Fd fd(::memfd_create("environment", MFD_CLOEXEC));
  if (!fd) return base::failErrno("memfd_create");
  return fd;
}

std::string pathOf(const base::Fd& fd) {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd.get());
}

}  // namespace

base::Result<int> HookRunner::run(const std::string& name, const std::string& text, Kind kind,
                                  Environment& environment) {
  if (text.find_first_not_of(" \t\n") == std::string::npos) return 0;
  messages_.info("running hook commands." + name);
  const auto status = execute(text, kind, environment);
  if (!status) return notRun(name, status.error(), environment.get("PATH"));
  return *status == 0 ? 0 : failed(name, *status);
}

base::Result<int> HookRunner::execute(const std::string& text, Kind kind,
                                      Environment& environment) {
  MC_TRY_ASSIGN(const base::Fd report, openReport());
  base::Command shell = command(text, pathOf(report), environment);
  if (rules_.quiet) {
    MC_TRY_ASSIGN(auto capture, Capture::open(loop_, kShownOutput));
    shell.stdoutFd = shell.stderrFd = capture->writeFd();
    captures_.push_back(std::move(capture));
  }
  MC_TRY_ASSIGN(const int status, processes_.run(shell, kind));
  ::lseek(report.get(), 0, SEEK_SET);
  const auto left = base::readAll(report.get(), "environment");
  if (left && !left->empty())
    if (auto decoded = decodeEnvironment(*left)) environment = std::move(*decoded);
  return status;
}

/// bash where the image has it: hooks written for the Go operator may rely on it.
base::Command HookRunner::command(const std::string& text, const std::string& report,
                                  const Environment& environment) const {
  const bool bash = files_.findProgram("bash", environment.get("PATH")).has_value();
  base::Command shell;
  shell.argv = {bash ? "bash" : "sh"};
  if (rules_.strict) shell.argv.emplace_back("-e");
  for (const auto& word :
       {std::string("-c"), std::string(kShellText), shell.argv.front(), text, rules_.self, report})
    shell.argv.push_back(word);
  shell.environment = environment.variables;
  shell.directory = environment.directory;
  return shell;
}

int HookRunner::failed(const std::string& name, int status) {
  if (processes_.stopping()) return processes_.stopStatus();
  if (rules_.quiet) {
    if (!captures_.back()->complete()) messages_.output("[...]\n");
    messages_.output(captures_.back()->text());
  }
  messages_.error("hook commands." + name + " failed with exit status " + std::to_string(status) +
                  (rules_.strict ? "" : "; going on, because logging.strict is false"));
  return rules_.strict ? status : 0;
}

base::Result<int> HookRunner::notRun(const std::string& name, const base::Error& error,
                                     const std::string& path) {
  if (error.errnum == ECANCELED) return base::pass(error);
  const bool noShell = error.errnum == ENOENT && !files_.findProgram("sh", path);
  messages_.error("hook commands." + name +
                  " can't be run: " + (noShell ? "the image has no shell (sh)" : error.message));
  if (!rules_.strict) return 0;
  return noShell ? kNotFound : kNotExecutable;
}

}  // namespace mc::entry
