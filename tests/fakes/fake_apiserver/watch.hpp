#pragma once
// A running watch: the changes of a selection, from a revision on, one after the other.
//
// Source: "Efficient detection of changes", "Watch bookmarks" and "Streaming lists" of the
// Kubernetes API concepts. Thread-safety: a Watch belongs to one thread; it locks the World itself.

#include <boost/json/object.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "fakes/fake_apiserver/lists.hpp"
#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

struct WatchQuery {
  std::string labelSelector;
  std::string fieldSelector;
  std::string resourceVersion;
  bool bookmarks = false;
  bool sendInitialEvents = false;
  std::string resourceVersionMatch;
  std::optional<int64_t> timeoutSeconds;
};

class Watch {
 public:
  /// An error here is the answer of the request. An expired revision is none: it becomes an ERROR
  /// event, as a real server's.
  static Outcome<std::unique_ptr<Watch>> begin(World& world, const Target& target,
                                               const WatchQuery& query);

  /// The next event ({"type":..., "object":...}), waiting for it; nothing when the watch ends.
  std::optional<boost::json::object> next(const std::stop_token& stop);

 private:
  Watch(World& world, Target target, Selection selection, const WatchQuery& query);
  Outcome<void> start(const WatchQuery& query);
  void sendInitial(bool endMark);
  void expire(int64_t wanted);
  /// Takes up what has happened; false when the watch is over.
  bool collect();
  void take(const Change& change);
  void push(const char* type, const boost::json::object& object);
  void pushBookmark(bool endOfInitial);

  World& world_;
  const Target target_;
  const Selection selection_;
  const bool bookmarks_;
  const std::optional<std::chrono::steady_clock::time_point> deadline_;
  size_t cursor_ = 0;  ///< into the store's history
  uint64_t bookmarksSeen_;
  uint64_t dropsSeen_;
  bool over_ = false;
  std::deque<boost::json::object> pending_;
};

}  // namespace mc::fakes
