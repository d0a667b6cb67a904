#pragma once
// What a router remembers of each neighbour: a client's connection or the connection to another
// broker.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "flux/wire/message.hpp"

namespace mc::flux::broker {

/// Requests that went over a link and wait for their answers. When the link ends, somebody must
/// answer in the other side's place; and an answer that was not asked for is nobody's.
class RpcTracker {
 public:
  void add(const wire::Message& request);
  /// Whether a request waits for `response`; forgets the request if this is its last answer.
  bool settle(const wire::Message& response);
  /// The requests (without payload) that still wait; there are none afterwards.
  std::vector<wire::Message> takeAll();
  [[nodiscard]] size_t size() const { return waiting_.size(); }

 private:
  std::unordered_map<std::string, wire::Message> waiting_;
};

/// Who has used which service over a link, to tell the services when the link ends.
class Visits {
 public:
  /// More of them from one link are somebody's attempt at our memory.
  static constexpr size_t kMax = 100'000;

  /// False if there are too many.
  bool note(const wire::Message& request);
  /// A disconnect has come this way itself.
  void forget(const wire::Message& disconnect);
  /// The disconnect requests that are due; there are none afterwards.
  std::vector<wire::Message> takeAll();
  [[nodiscard]] size_t size() const { return visits_.size(); }

 private:
  std::unordered_map<std::string, wire::Message> visits_;
};

/// The first part of a topic: "job-ingest" of "job-ingest.submit".
std::string_view serviceOf(std::string_view topic);
/// The rest: "submit".
std::string_view methodOf(std::string_view topic);

struct Link {
  std::function<void(const wire::Message&)> send;
  bool isPeer = false;  ///< another broker, not a client
  RpcTracker tracker;
  Visits visits;
  std::set<std::string, std::less<>> services;  ///< that a client provides
};

}  // namespace mc::flux::broker
