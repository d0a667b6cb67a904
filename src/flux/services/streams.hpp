#pragma once
// Requests of a service that wait for more answers, and how they end: by the client's cancel, by
// its going, or by the service.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "flux/broker/service.hpp"

namespace mc::flux::services {

/// Requests kept with something of the service's own (a watch, a filter).
template <class Extra>
class Streams {
 public:
  struct Stream {
    broker::Request request;
    Extra extra;
  };

  void add(const broker::Request& request, Extra extra) {
    streams_.push_back({request, std::move(extra)});
  }
  [[nodiscard]] bool empty() const { return streams_.empty(); }
  [[nodiscard]] std::vector<Stream>& all() { return streams_; }

  /// Ends, with ENODATA, the stream that `sender` opened with `matchtag`.
  void cancel(const std::string& sender, uint64_t matchtag) {
    drop([&](const Stream& s) {
      if (s.request.message().matchtag() != matchtag || s.request.sender() != sender) return false;
      s.request.fail(ENODATA);
      return true;
    });
  }
  /// Forgets what a client that has gone was waiting for.
  void disconnect(const std::string& sender) {
    drop([&](const Stream& s) { return s.request.sender() == sender; });
  }
  /// Forgets those for which `predicate` holds; it may answer them first.
  template <class Predicate>
  void drop(Predicate predicate) {
    std::erase_if(streams_, predicate);
  }

 private:
  std::vector<Stream> streams_;
};

}  // namespace mc::flux::services
