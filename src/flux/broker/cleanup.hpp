#pragma once
// What rank 0 does before an instance ends: no more jobs are started, those that run are canceled,
// and their end is waited for.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>
#include <string>

#include "flux/broker/service.hpp"

namespace mc::flux::broker {

class Cleanup {
 public:
  /// `done` is called once, with whether all went well; not after this object is destroyed.
  Cleanup(Host& host, std::function<void(bool ok)> done);
  void start();

 private:
  void cancelJobs();
  void awaitIdle();
  void request(const char* topic, const boost::json::object& payload, std::function<void()> next);
  void report(const std::string& what, const Answer& answer);

  Host& host_;
  std::function<void(bool)> done_;
  int step_ = 0;
  bool ok_ = true;
  std::chrono::steady_clock::time_point stepStarted_;
  Rpc rpc_;
};

}  // namespace mc::flux::broker
