#pragma once
// What clients asked for, in the order of arrival, so that tests can count requests.
//
// Thread-safety: all methods from any thread.

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/request.hpp"

namespace mc::fakes {

struct LoggedRequest : RequestInfo {
  std::string path = {};
  std::string query = {};  ///< "a=b&c=d"
  std::string userAgent = {};
  int status = 0;  ///< of the answer; 0: none yet, or the connection was cut

  /// "apply jobs/status default/flux-sample"
  [[nodiscard]] std::string text() const;
};

class RequestLog {
 public:
  /// The number under which answered() is told.
  size_t add(const RequestInfo& info, const RestRequest& request);
  void answered(size_t number, int status);

  [[nodiscard]] std::vector<LoggedRequest> all() const;
  [[nodiscard]] std::vector<LoggedRequest> matching(const RequestMatch& match) const;
  [[nodiscard]] size_t count(const RequestMatch& match = {}) const;
  /// One text() per request, for comparisons and messages.
  [[nodiscard]] std::vector<std::string> lines(const RequestMatch& match = {}) const;
  void forget();

  /// Blocks until `count` matching requests have arrived; false if `seconds` pass before.
  bool await(const RequestMatch& match, size_t count, int seconds = 30) const;

 private:
  [[nodiscard]] size_t countLocked(const RequestMatch& match) const;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<LoggedRequest> requests_;
  size_t forgotten_ = 0;
};

}  // namespace mc::fakes
