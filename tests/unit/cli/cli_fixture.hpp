#pragma once
// A whole minicluster command with a faked world: run({"get", "pods"}), then look at out and err.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "cli/app.hpp"
#include "cli/verb.hpp"
#include "fakes/fake_engine.hpp"
#include "fakes/fake_loop.hpp"

namespace mc::cli {

class StringOutput final : public Output {
 public:
  base::Status write(std::string_view piece) override {
    if (failWith != 0) {
      broken = failWith == EPIPE;
      return base::fail(failWith, std::string("write /dev/stdout: ") + std::strerror(failWith));
    }
    text += piece;
    return {};
  }
  [[nodiscard]] bool terminal() const override { return isTerminal; }
  [[nodiscard]] bool colour() const override { return false; }
  [[nodiscard]] int columns() const override { return 100; }
  [[nodiscard]] bool closed() const override { return broken; }

  [[nodiscard]] bool worldReadable() const override { return isWorldReadable; }

  std::string text;
  bool isTerminal = false;
  bool isWorldReadable = false;
  int failWith = 0;
  bool broken = false;
};

/// Signals that a test sends with send().
class FakeSignals final : public Signals {
 public:
  [[nodiscard]] std::stop_token stopToken() const override { return stage_.get_token(); }
  void nextStage() override { stage_ = {}; }
  [[nodiscard]] int received() const override { return first_; }
  void onResize(std::function<void()> callback) override { resize_ = std::move(callback); }

  void send(int signal) {
    if (first_ == 0) first_ = signal;
    stage_.request_stop();
  }
  void resize() {
    if (resize_) resize_();
  }
  [[nodiscard]] bool watchesSize() const { return static_cast<bool>(resize_); }

 private:
  std::stop_source stage_;
  std::function<void()> resize_;
  int first_ = 0;
};

class FakeTerminal final : public Terminal {
 public:
  [[nodiscard]] bool present() const override { return isTerminal; }
  [[nodiscard]] engine::TerminalSize size() const override { return {24, 80}; }
  base::Result<std::unique_ptr<RawMode>> rawMode() override {
    struct Raw final : RawMode {
      explicit Raw(int& raw) : count(raw) { ++count; }
      ~Raw() override { --count; }
      int& count;
    };
    ++rawModes;
    return std::make_unique<Raw>(raw);
  }

  bool isTerminal = false;
  int raw = 0;       ///< raw modes that are not yet undone
  int rawModes = 0;  ///< how often it was made raw
};

constexpr double kNow = fakes::FakeClock::kStart;

inline engine::PullProgress pulling(const std::string& image, uint64_t bytes = 0,
                                    uint64_t total = 0, bool done = false,
                                    const std::string& failure = "") {
  engine::PullProgress progress;
  progress.image = image;
  progress.bytes = bytes;
  progress.total = total;
  progress.done = done;
  progress.failure = failure;
  return progress;
}

inline engine::ContainerView runningContainer(const std::string& name) {
  engine::ContainerView container;
  container.name = name;
  container.id = "docker://0123" + name;
  container.image = name + ":latest";
  container.imageId = "sha256:" + name;
  container.state = engine::ContainerState::Running;
  container.ready = true;
  container.createdAt = kNow - 65;
  container.startedAt = kNow - 60;
  return container;
}

/// "flux-sample-INDEX-SUFFIX" with the Flux container and nginx, both running.
inline engine::PodView runningPod(int index, const std::string& suffix,
                                  const std::string& ns = "default") {
  engine::PodView pod;
  pod.plainName = "flux-sample-" + std::to_string(index);
  pod.name = pod.plainName + "-" + suffix;
  pod.ns = ns;
  pod.uid = "uid-" + std::to_string(index);
  pod.cluster = "flux-sample";
  pod.role = index == 0 ? plan::Role::Lead : plan::Role::Follower;
  pod.index = index;
  pod.node = "thishost";
  pod.ip = "172.18.0." + std::to_string(index + 2);
  pod.hostname = pod.plainName;
  pod.subdomain = "flux-service";
  pod.createdAt = kNow - 65;
  pod.startedAt = kNow - 60;
  pod.labels = {{"app", "flux"}, {"index", std::to_string(index)}};
  pod.phase = engine::Phase::Running;
  pod.status = "Running";
  pod.readyContainers = 2;
  pod.conditions = {{"Ready", true, "", "", kNow - 60}};
  pod.containers = {runningContainer("flux-sample"), runningContainer("nginx")};
  pod.containers[1].ports = {80};
  return pod;
}

inline engine::ClusterView runningCluster(const std::string& name = "flux-sample",
                                          const std::string& ns = "default") {
  engine::ClusterView cluster;
  cluster.ref = {ns, name};
  cluster.uid = "uid-" + name;
  cluster.createdAt = kNow - 65;
  cluster.manifest = {{"apiVersion", "flux-framework.org/v1alpha1"},
                      {"kind", "MiniCluster"},
                      {"metadata", {{"name", name}, {"labels", {{"team", "a"}}}}},
                      {"spec", {{"size", 2}}}};
  cluster.size = 2;
  cluster.phase = engine::Phase::Running;
  cluster.status = "Running";
  cluster.readyPods = 2;
  cluster.leadPod = name + "-0-x7k2p";
  cluster.startedAt = kNow - 60;
  cluster.conditions = {{"Running", true, "LeadStarted", "", kNow - 60}};
  return cluster;
}

constexpr const char* kManifest = R"(apiVersion: flux-framework.org/v1alpha1
kind: MiniCluster
metadata:
  name: flux-sample
spec:
  size: 2
  containers:
    - image: debian
      runFlux: true
      command: hostname
)";

class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    engine = std::make_unique<fakes::FakeEngine>();
    fake = engine.get();
  }

  /// Runs the command, once or several times.
  int run(std::vector<std::string> words) {
    const Verbs verbs = makeVerbs();
    Context context{
        .out = out,
        .err = err,
        .stdinFd = stdinFd.get(),
        .terminal = terminal,
        .signals = signals,
        .clock = clock,
        .verbs = verbs,
        .makeEngine =
            [this](const EngineChoice& choice) -> base::Result<std::unique_ptr<engine::Engine>> {
          chosen = choice;
          return std::unique_ptr<engine::Engine>(std::move(engine));
        },
        .defaultNamespace = [this](const EngineChoice&) { return defaultNamespace; },
        .invocation = invocation};
    const int status = runApp(context, std::move(words));
    if (context.madeEngine)
      engine.reset(static_cast<fakes::FakeEngine*>(context.madeEngine.release()));
    return status;
  }

  /// Makes `text` what -f - reads.
  void setStdin(const std::string& text) {
    auto pipe = base::makePipe();
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(base::writeAll(pipe->write.get(), text));
    stdinFd = std::move(pipe->read);
  }

  StringOutput out;
  StringOutput err;
  FakeTerminal terminal;
  FakeSignals signals;
  fakes::FakeClock clock;
  base::Fd stdinFd;
  fakes::FakeEngine* fake = nullptr;
  Invocation invocation;
  std::string defaultNamespace = "default";
  EngineChoice chosen;  ///< what the engine was made with

 private:
  std::unique_ptr<fakes::FakeEngine> engine;
};

}  // namespace mc::cli
