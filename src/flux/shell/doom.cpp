#include "flux/shell/doom.hpp"

#include <sys/wait.h>

#include <cmath>

#include "flux/formats/duration.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {
constexpr std::string_view kDefaultTimeout = "30s";
}

Doom::Doom(base::Loop& loop, const Job& job, EventSink& sink,
           std::function<void(const std::string& note)> raise)
    : loop_(loop), job_(job), sink_(sink), raise_(std::move(raise)) {}

void Doom::onTaskExit(const json::object& context) {
  if (++ended_ == job_.tasks.tasks()) timer_.reset();
  if (ended_ == 1) sink_.append(kExecLog, "shell.task-exit", context);
  const int64_t status = formats::getInteger(context, "wait_status").value_or(0);
  const bool othersRun = ended_ < job_.tasks.tasks();
  const std::string who =
      "task " + std::to_string(formats::getInteger(context, "rank").value_or(0));
  if (ended_ == 1 && status != 0 && othersRun && job_.option("exit-on-error") != nullptr) {
    raised_ = true;
    raise_(who + " exited with error, exit-on-error is set");
  }
  if (ended_ == 1 && othersRun && !raised_) startTimer(context);
}

void Doom::startTimer(const json::object& context) {
  const auto* option = job_.option("exit-timeout");
  std::string text(kDefaultTimeout);
  if (option != nullptr)
    text = option->is_string() ? job_.optionText("exit-timeout", "") : formats::toJson(*option);
  const auto seconds = formats::parseDuration(text);
  if (text == "none" || !seconds || std::isinf(*seconds)) return;
  const std::string note = "task " +
                           std::to_string(formats::getInteger(context, "rank").value_or(0)) +
                           " exited and exit-timeout=" + text + " has expired";
  timer_ = loop_.after(std::chrono::nanoseconds(static_cast<int64_t>(*seconds * 1e9)),
                       [this, note] { raise_(note); });
}

json::object taskExitContext(uint32_t localId, uint32_t rank, pid_t pid, int waitStatus) {
  return {{"localid", localId},
          {"rank", rank},
          {"state", "Exited"},
          {"pid", pid},
          {"wait_status", waitStatus},
          {"signaled", WIFSIGNALED(waitStatus) ? WTERMSIG(waitStatus) : 0},
          {"exitcode", WIFEXITED(waitStatus) ? WEXITSTATUS(waitStatus) : -1}};
}

}  // namespace mc::flux::shell
