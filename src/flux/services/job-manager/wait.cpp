#include "flux/services/job-manager/wait.hpp"

#include <sys/wait.h>

#include <cstring>

namespace mc::flux::services::manager {

namespace {

std::string reasonOf(const Job& job) {
  if (job.ended()) return "Fatal exception type=" + job.exception->type + " " + job.exception->note;
  const int status = job.waitStatus.value_or(0);
  if (WIFSIGNALED(status)) return std::string("task(s) ") + strsignal(WTERMSIG(status));
  return "task(s) exited with exit code " + std::to_string(WEXITSTATUS(status));
}

boost::json::object answerFor(const Job& job) {
  return {{"id", job.id},
          {"success", job.success()},
          {"errstr", job.success() ? std::string() : reasonOf(job)}};
}

}  // namespace

Waits::Waits(Manager& manager)
    : manager_(manager), watch_(manager.onEvent([this](Job& job, std::string_view event) {
        if (job.waitable()) onEvent(job, event);
      })) {}

void Waits::onEvent(const Job& job, std::string_view event) {
  if (event == "submit" || event == "restore") running_.insert(job.id);
  if (event == "clean") ended(job);
}

void Waits::ended(const Job& job) {
  running_.erase(job.id);
  if (const auto at = forOne_.find(job.id); at != forOne_.end()) {
    at->second.request.respond(answerFor(job));
    forOne_.erase(at);
  } else if (!forAny_.empty()) {
    forAny_.front().request.respond(answerFor(job));
    forAny_.pop_front();
  } else {
    zombies_.insert(job.id);
  }
  // Whoever waits for "any" must not wait for ever when there are no more jobs to come.
  while (forAny_.size() > running_.size() - forOne_.size()) {
    forAny_.back().request.fail(ECHILD, "there are no more waitable jobs");
    forAny_.pop_back();
  }
}

base::Status Waits::wait(const broker::Request& request, JobId id) {
  if (id == kAny && zombies_.empty()) {
    if (running_.size() - forOne_.size() <= forAny_.size())
      return base::fail(ECHILD, "there are no more waitable jobs");
    forAny_.push_back({request.sender(), request});
    return {};
  }
  if (id == kAny) id = *zombies_.begin();
  if (zombies_.erase(id) > 0) {
    const Job* job = manager_.table().find(id);
    if (job == nullptr) return base::fail(ECHILD, "job was purged");
    request.respond(answerFor(*job));
    return {};
  }
  if (!running_.contains(id))
    return base::fail(ECHILD, "invalid job id, or job may be inactive and not waitable");
  if (!forOne_.try_emplace(id, Waiter{request.sender(), request}).second)
    return base::fail(ECHILD, "job id already has a waiter");
  return {};
}

void Waits::disconnect(const std::string& sender) {
  std::erase_if(forOne_, [&](const auto& entry) { return entry.second.sender == sender; });
  std::erase_if(forAny_, [&](const Waiter& waiter) { return waiter.sender == sender; });
}

}  // namespace mc::flux::services::manager
