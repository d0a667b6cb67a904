#pragma once
// Things that go wrong on purpose.
//
// Thread-safety: all methods from any thread.

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>

#include "fakes/fake_apiserver/request_log.hpp"

namespace mc::fakes {

enum class FaultKind {
  Answer,     ///< refused with `error`, nothing is done
  CutBefore,  ///< the connection ends, nothing is done
  CutAfter,   ///< it is done, but the connection ends without an answer
  Hold,       ///< waits for release(), then goes on as usual
};

struct Fault {
  FaultKind kind = FaultKind::Answer;
  RequestMatch match = {};
  ApiError error = {};
  size_t skip = 0;   ///< matching requests that pass first
  size_t times = 1;  ///< how many are hit; 0: all that follow
};

/// What becomes of one request.
enum class Fate { Carry, CutBefore, CutAfter };

class Faults {
 public:
  void add(Fault fault);
  /// No fault is pending any more; held requests go on.
  void clear();

  /// Lets held requests go on, and holds no more.
  void release();
  /// Blocks until so many requests are held; false if `seconds` pass before.
  bool awaitHeld(size_t count, int seconds = 30);

  /// From the `number`-th write on (1: the next) nothing is heard of the client any more, as if its
  /// process had been killed: that write is carried out or not, all later requests are cut.
  void cutAtWrite(size_t number, bool carriedOut);
  /// Cuts every request from now on.
  void isolate();
  /// Ends cutAtWrite() and isolate(); what was counted starts anew.
  void mend();
  /// Whether requests are being cut.
  [[nodiscard]] bool cut() const;

  /// Called after each write that was carried out, before its answer is sent: with the request and
  /// the number of writes so far (1: the first). No lock is held.
  void onWrite(std::function<void(const LoggedRequest&, size_t)> callback);

  /// For the server: what to do with a request. May block (Hold). An error is the answer.
  Outcome<Fate> decide(const RequestInfo& info, const std::stop_token& stop);
  /// For the server: a write was carried out.
  void wrote(const LoggedRequest& request);

 private:
  struct Pending {
    Fault fault;
    size_t seen = 0;
    size_t hits = 0;
  };
  [[nodiscard]] Pending* hit(const RequestInfo& info);
  Fate countWrite();
  void hold(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Pending> pending_;
  size_t held_ = 0;
  uint64_t releases_ = 0;
  bool isolated_ = false;
  size_t writesUntilCut_ = 0;  ///< 0: no cut is planned
  bool carryCut_ = false;
  size_t writes_ = 0;
  std::function<void(const LoggedRequest&, size_t)> onWrite_;
};

}  // namespace mc::fakes
