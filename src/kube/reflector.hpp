#pragma once
// Keeps following one resource: lists it, watches from there, resumes a broken watch where it was,
// and lists again when the server no longer knows that place (410).
//
// Thread-safety: run() belongs to one thread, which also calls the sink.

#include <chrono>
#include <random>
#include <stop_token>
#include <string>

#include "kube/backoff.hpp"
#include "kube/client.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

/// Who gets what a reflector sees.
class ReflectorSink {
 public:
  virtual ~ReflectorSink() = default;
  /// A list begins: what it does not bring by endList() is gone.
  virtual void beginList() = 0;
  virtual void listed(Object object) = 0;
  /// Only after a list that came to its end; one that broke off is begun anew.
  virtual void endList() = 0;
  virtual void changed(WatchEvent event) = 0;  ///< never a Bookmark
  /// A list or watch failed and will be tried again; for logs.
  virtual void failed(const Error& error) = 0;
};

struct ReflectorOptions {
  std::string ns = {};  ///< empty: all namespaces
  std::string labelSelector = {};
  std::string fieldSelector = {};
  bool metadataOnly = false;  ///< PartialObjectMetadata: less to send and to keep
  int pageSize = 500;
  /// Between this and twice this the server ends a watch, so that load spreads over replicas.
  std::chrono::seconds watchTimeout{300};
  BackoffOptions backoff = {.first = std::chrono::milliseconds(800),
                            .longest = std::chrono::seconds(30)};
};

class Reflector {
 public:
  /// All must outlive the reflector.
  Reflector(Client& client, Timer& timer, Resource resource, ReflectorOptions options,
            ReflectorSink& sink);

  /// Returns when `stop` is requested.
  void run(const std::stop_token& stop);

 private:
  Status list(const std::stop_token& stop);
  Status watch(const std::stop_token& stop);
  void take(WatchEvent event);
  /// After a 410. False if the one before was a 410, too: then there must be a pause.
  bool relistsAtOnce();

  Client& client_;
  Timer& timer_;
  Resource resource_;
  ReflectorOptions options_;
  ReflectorSink& sink_;
  std::string resourceVersion_;  ///< empty: list first
  Backoff backoff_;
  std::minstd_rand random_{std::random_device{}()};
  bool progress_ = false;  ///< the list or watch at work has brought something
  bool gone_ = false;      ///< there was a 410 and no event since
};

}  // namespace mc::kube
