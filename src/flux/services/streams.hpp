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
#include "flux/formats/json.hpp"

namespace mc::flux::services {

/// For streams that have nothing of the service's own.
struct Nothing {};

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

  /// Ends, with ENODATA, the stream that the sender of `request` opened with the matchtag that the
  /// payload names. EPROTO if it names none.
  base::Status cancel(const broker::Request& request, const boost::json::object& payload) {
    MC_TRY_ASSIGN(const uint64_t matchtag, formats::getUnsigned(payload, "matchtag"));
    const std::string sender = request.sender();
    drop([&](const Stream& s) {
      if (s.request.message().matchtag() != matchtag || s.request.sender() != sender) return false;
      s.request.fail(ENODATA);
      return true;
    });
    return {};
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
