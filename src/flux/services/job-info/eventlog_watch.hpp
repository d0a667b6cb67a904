#pragma once
// One client's view of one eventlog, sent entry by entry as it grows (job-info.eventlog-watch).
//
// It sits on the KVS value itself and costs nothing while that does not change. The value moves
// from the job's namespace to the job's directory when the job ends; the watch moves with it.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::info {

class EventlogWatch {
 public:
  /// `lastEvent` ends the stream when it has been sent; empty: none does. `onEnd` is called once,
  /// as the last thing the watch does, after the stream was ended; it may destroy the watch.
  EventlogWatch(broker::Request request, std::string lastEvent, std::function<void()> onEnd);

  /// Follows the value, from its first entry on.
  void follow(kvs::Node& value);
  /// Follows the value once it comes into being.
  void awaitCreation(kvs::Store& store, std::string_view ns, std::string_view key);
  /// Ends the stream, with ENODATA unless said otherwise.
  void end(int errnum = ENODATA, std::string_view text = {});

 private:
  void onChange(kvs::Node& value, kvs::Change change);
  void sendNew(const kvs::Node& value);

  broker::Request request_;
  std::string lastEvent_;
  std::function<void()> onEnd_;
  size_t sent_ = 0;  // bytes
  bool ended_ = false;
  base::Watch creation_;
  base::Watch changes_;
};

}  // namespace mc::flux::services::info
