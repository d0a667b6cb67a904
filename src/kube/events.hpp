#pragma once
// Tells the story of an object in Events, as `kubectl describe` shows them (events.k8s.io/v1).
//
// event() never waits and never fails: a thread of its own sends. Equal events of one object become
// one Event with a series that counts them, and its updates are spaced out, so that a burst costs
// few requests; too many different ones of one object are dropped (25, then one per 5 minutes, as
// client-go does).
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "kube/client.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

enum class Severity { Normal, Warning };

/// What an event is about.
struct ObjectReference {
  std::string apiVersion;
  std::string kind;
  std::string ns;
  std::string name;
  std::string uid;
  std::string resourceVersion = {};
  std::string fieldPath = {};
};

ObjectReference referenceTo(const Object& object);

struct EventOptions {
  std::string controller;  ///< reportingController: "example.com/operator"; "From" in kubectl
  std::string instance;    ///< reportingInstance: the pod
  /// Equal events of this time are one series.
  std::chrono::seconds seriesWindow{360};
  /// Least time between two updates of a series.
  std::chrono::seconds seriesUpdate{30};
  size_t longestQueue = 1000;  ///< more unsent events than this are dropped
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  /// `reason` in CamelCase, why; `action`, what was done ("Create"); `note` for people.
  virtual void event(const ObjectReference& about, Severity severity, const std::string& reason,
                     const std::string& action, const std::string& note) = 0;
};

class EventRecorder final : public EventSink {
 public:
  /// `onError` hears of events that could not be written. All must outlive the recorder.
  EventRecorder(Client& client, Timer& timer, EventOptions options,
                std::function<void(const Error&)> onError = {});
  /// Drops what is not sent.
  ~EventRecorder() override;

  void event(const ObjectReference& about, Severity severity, const std::string& reason,
             const std::string& action, const std::string& note) override;

  /// Waits until all is sent, series included, at most `timeout`. False if something is left.
  bool flush(std::chrono::milliseconds timeout);

  [[nodiscard]] uint64_t dropped() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with callbacks of the timer
  std::jthread sender_;
};

}  // namespace mc::kube
