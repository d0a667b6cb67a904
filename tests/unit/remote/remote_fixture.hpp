#pragma once
// A remote engine at a fake API server, and somebody who plays the operator and the kubelets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/read.hpp"
#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "plan/plan.hpp"
#include "remote/remote_engine.hpp"

namespace mc::remote {

/// A manifest of "flux-sample" in namespace "default".
api::Document document(int size = 2, const std::string& command = "hostname");

boost::json::object parsed(std::string_view text);

/// Logs that a test writes, piece by piece.
class FakeStreams final : public Streams {
 public:
  /// Adds to the log of "POD/CONTAINER".
  void write(const std::string& place, const std::string& text);
  /// The container has ended: followers come to the end of its log.
  void end(const std::string& place);
  /// Breaks the connections of those who follow.
  void breakOff(const std::string& place);
  /// Waits until somebody follows.
  void awaitFollower(const std::string& place);

  base::Status logs(const Place& place, const engine::LogOptions& options, const LogSink& sink,
                    const std::stop_token& stop) override;
  base::Result<std::unique_ptr<engine::Session>> exec(const Place& place,
                                                      const engine::ExecRequest& request,
                                                      const std::stop_token& stop) override;
  base::Result<std::unique_ptr<engine::Session>> attach(const Place& place,
                                                        const engine::ExecRequest& request,
                                                        const std::stop_token& stop) override;

  base::Status forward(const kube::ObjectKey& pod, uint16_t port, const base::Fd& local,
                       const std::stop_token& stop) override;

  std::string printed;              ///< by what exec() runs; empty: there is no such program
  std::vector<std::string> opened;  ///< "exec flux-sample-0-abcde/flux-sample: date"

 private:
  struct Log {
    std::string text;
    bool ended = false;
    int breaks = 0;
    int followers = 0;
  };
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Log> logs_;
};

class NoProgress final : public engine::Progress {
 public:
  void step(std::string_view activity, int done, int total) override {
    const std::lock_guard lock(mutex_);
    steps.push_back(std::string(activity) + " " + std::to_string(done) + "/" +
                    std::to_string(total));
    told_.notify_all();
  }
  void note(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    notes.emplace_back(text);
    told_.notify_all();
  }
  /// Until a note has come, and this step.
  void awaitNoteAnd(const std::string& step) {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] {
      return !notes.empty() && std::find(steps.begin(), steps.end(), step) != steps.end();
    });
  }
  std::vector<std::string> steps;
  std::vector<std::string> notes;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
};

class RemoteTest : public ::testing::Test {
 protected:
  RemoteTest();

  plan::Plan planOf(const api::Document& made);
  base::Status create(const api::Document& made) {
    return engine->create(made, planOf(made), progress, {});
  }

  // What the operator does.
  void setStatus(const boost::json::object& status);
  /// "flux-sample-INDEX-SUFFIX" with a Flux container and a native sidecar, both waiting.
  void makePod(int index, const std::string& suffix);
  /// Its Flux container runs.
  void startPod(const std::string& name);
  void endPod(const std::string& name, int exitCode);

  [[nodiscard]] std::optional<boost::json::object> stored() const {
    return server.get("miniclusters.flux-framework.org", "default", "flux-sample");
  }

  fakes::FakeApiServer server;
  FakeStreams* streams = nullptr;
  NoProgress progress;
  std::unique_ptr<RemoteEngine> engine;
};

}  // namespace mc::remote
