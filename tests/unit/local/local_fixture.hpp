#pragma once
// A local engine on a fake Docker daemon, and the first tutorial's cluster.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fakes/fake_docker.hpp"
#include "local/engine.hpp"
#include "local/names.hpp"
#include "unit/plan/sample.hpp"

namespace mc::local {

/// Writes down what it is told.
class RecordingProgress final : public Progress {
 public:
  void pull(const PullProgress& progress) override { pulls.push_back(progress); }
  void step(std::string_view activity, int done, int total) override {
    steps.push_back(std::string(activity) + " " + std::to_string(done) + "/" +
                    std::to_string(total));
  }
  void note(std::string_view text) override { notes.emplace_back(text); }

  std::vector<PullProgress> pulls;
  std::vector<std::string> steps;
  std::vector<std::string> notes;
};

class LocalFixture : public testing::Test {
 protected:
  LocalFixture() {
    std::string pattern = std::filesystem::temp_directory_path() / "mc-local-XXXXXX";
    directory = ::mkdtemp(pattern.data());
    for (const char* program : {"minicluster-entry", "flux"}) {
      std::ofstream(directory + "/" + program) << "the program " << program;
    }
    docker.with([](fakes::FakeDockerModel& model) {
      model.images["debian"];
      model.images["nginx"];
    });
    engine = newEngine();
  }

  ~LocalFixture() override { std::filesystem::remove_all(directory); }

  std::unique_ptr<Engine> newEngine() {
    EngineOptions options;
    options.dockerHost = docker.host();
    options.binDir = directory;
    options.dockerConfigDir = directory;
    options.startMonitor = [this](const ClusterRef& started) -> base::Status {
      const std::lock_guard lock(monitorsMutex);
      monitors.push_back(started.name);
      return {};
    };
    return std::move(makeEngine(std::move(options)).value());
  }

  static api::Document documentOf(api::MiniCluster cluster) {
    api::Document document;
    document.manifest = {{"apiVersion", cluster.apiVersion},
                         {"kind", "MiniCluster"},
                         {"metadata", {{"name", cluster.metadata.name}}},
                         {"spec", {{"size", cluster.size}}}};
    document.cluster = std::move(cluster);
    return document;
  }

  base::Status create(const api::MiniCluster& wanted) {
    return engine->create(documentOf(wanted), plan::makePlan(wanted).value(), progress, {});
  }
  base::Status create() { return create(cluster); }

  base::Status remove() { return engine->remove(ref, {}, progress, {}); }

  /// Docker's name of a container ("": the pause) of the cluster's pod "flux-sample-INDEX".
  std::string dockerName(int index, const std::string& container) {
    std::string found;
    docker.with([&](fakes::FakeDockerModel& model) {
      for (const auto& [name, one] : model.containers) {
        const bool pod = one.label("flux-framework.org/pod")
                             .starts_with("flux-sample-" + std::to_string(index) + "-");
        if (pod && one.label("flux-framework.org/container") == container) found = name;
      }
    });
    return found;
  }

  fakes::FakeContainer containerCopy(const std::string& name) {
    fakes::FakeContainer copy;
    docker.with([&](fakes::FakeDockerModel& model) { copy = model.containers.at(name); });
    return copy;
  }

  std::map<std::string, std::string> clusterFiles() {
    std::map<std::string, std::string> files;
    docker.with(
        [&](fakes::FakeDockerModel& model) { files = model.volumes.at(recordVolume(ref)).files; });
    return files;
  }

  bool nothingLeft() {
    bool empty = false;
    docker.with([&](fakes::FakeDockerModel& model) {
      empty = model.containers.empty() && model.volumes.empty() && model.networks.empty();
    });
    return empty;
  }

  fakes::FakeDocker docker;
  std::string directory;
  std::mutex monitorsMutex;
  std::vector<std::string> monitors;
  std::unique_ptr<Engine> engine;
  RecordingProgress progress;
  api::MiniCluster cluster = plan::sampleCluster();
  ClusterRef ref{"flux-operator", "flux-sample"};
};

}  // namespace mc::local
