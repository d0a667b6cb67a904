#pragma once
// Output of containers and sessions in them, as the remote engine needs them: an interface, so that
// tests deliver them without a kubelet. The real one is on kube's streams (kube_streams.cpp).
//
// Errors: the API server's. Thread-safety: any thread.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/engine.hpp"
#include "kube/object.hpp"
#include "kube/session.hpp"

namespace mc::remote {

/// A container of a pod.
struct Place {
  kube::ObjectKey pod;
  std::string container;
};

/// Takes a log's bytes as they come; a failure ends the call with that failure.
using LogSink = std::function<base::Status(std::string_view)>;

class Streams {
 public:
  virtual ~Streams() = default;
  /// Success: the log is at its end, which of a followed one means that the container has ended.
  virtual base::Status logs(const Place& place, const engine::LogOptions& options,
                            const LogSink& sink, const std::stop_token& stop) = 0;
  virtual base::Result<std::unique_ptr<engine::Session>> exec(const Place& place,
                                                              const engine::ExecRequest& request,
                                                              const std::stop_token& stop) = 0;
  virtual base::Result<std::unique_ptr<engine::Session>> attach(const Place& place,
                                                                const engine::ExecRequest& request,
                                                                const std::stop_token& stop) = 0;
  /// See engine::Engine::forward().
  virtual base::Status forward(const kube::ObjectKey& pod, uint16_t port, const base::Fd& local,
                               const std::stop_token& stop) = 0;
};

/// `session` must outlive it.
std::unique_ptr<Streams> makeStreams(kube::Session& session);

}  // namespace mc::remote
