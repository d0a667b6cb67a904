#include "fakes/fake_apiserver/request_log.hpp"

#include <algorithm>
#include <chrono>

namespace mc::fakes {

std::string LoggedRequest::text() const {
  if (verb == "raw") return "raw " + path;
  std::string line = verb + " " + resource;
  if (!subresource.empty()) line += "/" + subresource;
  if (ns.empty() && name.empty()) return line;
  return line + " " + (ns.empty() ? name : name.empty() ? ns : ns + "/" + name);
}

size_t RequestLog::add(const RequestInfo& info, const RestRequest& request) {
  LoggedRequest logged{info, request.path, "", request.userAgent};
  for (const auto& [key, value] : request.query)
    logged.query += (logged.query.empty() ? "" : "&") + key + "=" + value;
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(logged));
  arrived_.notify_all();
  return forgotten_ + requests_.size() - 1;
}

void RequestLog::answered(size_t number, int status) {
  const std::lock_guard lock(mutex_);
  if (number >= forgotten_) requests_[number - forgotten_].status = status;
}

std::vector<LoggedRequest> RequestLog::all() const {
  return matching({});
}

std::vector<LoggedRequest> RequestLog::matching(const RequestMatch& match) const {
  const std::lock_guard lock(mutex_);
  std::vector<LoggedRequest> found;
  for (const auto& request : requests_)
    if (match.matches(request)) found.push_back(request);
  return found;
}

size_t RequestLog::countLocked(const RequestMatch& match) const {
  return static_cast<size_t>(
      std::count_if(requests_.begin(), requests_.end(),
                    [&](const LoggedRequest& request) { return match.matches(request); }));
}

size_t RequestLog::count(const RequestMatch& match) const {
  const std::lock_guard lock(mutex_);
  return countLocked(match);
}

std::vector<std::string> RequestLog::lines(const RequestMatch& match) const {
  std::vector<std::string> lines;
  for (const auto& request : matching(match)) lines.push_back(request.text());
  return lines;
}

void RequestLog::forget() {
  const std::lock_guard lock(mutex_);
  forgotten_ += requests_.size();
  requests_.clear();
}

bool RequestLog::await(const RequestMatch& match, size_t count, int seconds) const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, std::chrono::seconds(seconds),
                           [&] { return countLocked(match) >= count; });
}

}  // namespace mc::fakes
