#include "flux/client/job_watch.hpp"

namespace mc::flux::client {

namespace {
constexpr int kWaitCreate = 1;  // FLUX_JOB_EVENT_WATCH_WAITCREATE
}  // namespace

JobWatch::JobWatch(Handle& handle, formats::JobId id, std::string_view path, bool waitCreate,
                   Handlers handlers)
    : handle_(handle), handlers_(std::move(handlers)) {
  rpc_ = handle_.rpc(
      "job-info.eventlog-watch",
      {{"id", id}, {"path", path}, {"flags", waitCreate ? kWaitCreate : 0}}, {.streaming = true},
      [this](const Answer& answer) { onAnswer(answer); }, matchtag_);
}

JobWatch::~JobWatch() {
  *alive_ = false;
  if (open_ && handle_.isOpen())
    handle_.notify("job-info.eventlog-watch-cancel", {{"matchtag", matchtag_}});
}

void JobWatch::onAnswer(const Answer& answer) {
  const auto alive = alive_;
  const auto finish = [this](const base::Error& error) {
    const auto end = handlers_.end;
    if (end) end(error);
  };
  if (!answer) {
    open_ = false;
    return finish(answer.error());
  }
  const auto text = formats::getString(*answer, "event");
  if (!text) return finish(text.error());
  const std::string copy(*text);  // the answer may go with this object
  std::string_view rest = copy;
  std::string_view line;
  while (*alive && formats::nextLine(rest, line)) {
    const auto event = formats::parseEvent(line);
    if (!event) return finish(event.error());
    if (handlers_.event) handlers_.event(*event, line);
  }
}

}  // namespace mc::flux::client
