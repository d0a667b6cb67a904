#include "local/snapshot.hpp"

#include <algorithm>
#include <map>

#include "base/rfc3339.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/parallel.hpp"
#include "local/pod_label.hpp"

namespace mc::local {

namespace json = boost::json;
using docker::objectOf;
using docker::textOf;

namespace {

using Key = std::pair<std::string, std::string>;

Key keyOf(const ClusterRef& ref) {
  return {ref.ns, ref.name};
}

/// Sorts by role before index, so that the services pod comes last.
bool podBefore(const PodState& a, const PodState& b) {
  const auto rank = [](const PodState& pod) {
    return std::pair(pod.spec.role == plan::Role::Services, pod.spec.index);
  };
  return rank(a) < rank(b);
}

class Assembler {
 public:
  void addVolume(const json::object& labels) {
    const ClusterRef ref = clusterOf(labels);
    if (ref.name.empty()) return;
    ClusterState& cluster = clusterFor(ref);
    if (cluster.record.uid.empty()) cluster.record.uid = textOf(labels, label::kUid);
    const std::string part = textOf(labels, label::kPart);
    if (part == label::kPartRemoval) {
      cluster.removalAt = base::parseTime(textOf(labels, label::kCreated));
    } else if (part == label::kPartWaiting) {
      cluster.marks.push_back(readMark(labels));
    } else if (auto record = readRecord(labels)) {
      if (record->revision == 0) cluster.hasRecord = true;
      records_[keyOf(ref)].push_back(std::move(*record));
    }
  }

  void addContainer(ContainerFacts facts) {
    if (facts.cluster.name.empty()) return;
    clusterFor(facts.cluster).all.push_back(std::move(facts));
  }

  Snapshot finish() {
    Snapshot snapshot;
    for (auto& [key, cluster] : clusters_) {
      chooseRecord(cluster, records_[key]);
      cluster.record.removing = cluster.removalAt > 0;
      if (cluster.record.uid.empty() && !cluster.all.empty()) {
        cluster.record.uid = cluster.all.front().clusterUid;
      }
      findPods(cluster);
      snapshot.clusters.push_back(std::move(cluster));
    }
    return snapshot;
  }

 private:
  ClusterState& clusterFor(const ClusterRef& ref) {
    const auto [place, isNew] = clusters_.try_emplace(keyOf(ref));
    if (isNew) {
      place->second.record.ref = ref;
      place->second.hasRecord = false;
    }
    return place->second;
  }

  /// The latest revision; not that of an earlier cluster of this name, of which remains are left.
  static void chooseRecord(ClusterState& cluster, std::vector<Record>& records) {
    std::sort(records.begin(), records.end(),
              [](const Record& a, const Record& b) { return a.revision < b.revision; });
    if (records.empty()) return;
    const std::string uid = records.front().uid;
    for (Record& record : records) {
      if (record.uid == uid) cluster.record = std::move(record);
    }
  }

  static void findPods(ClusterState& cluster) {
    for (const ContainerFacts& facts : cluster.all) {
      if (facts.part != label::kPartPause) continue;
      auto spec = readPodLabel(facts.podSpec);
      if (!spec) continue;
      PodState pod{facts.pod, std::move(*spec), facts, {}};
      for (const plan::Container& container : pod.spec.containers) {
        pod.containers.push_back(find(cluster.all, pod.name, container.name));
      }
      cluster.pods.push_back(std::move(pod));
    }
    std::sort(cluster.pods.begin(), cluster.pods.end(), podBefore);
  }

  static std::optional<ContainerFacts> find(const std::vector<ContainerFacts>& all,
                                            const std::string& pod, const std::string& container) {
    for (const ContainerFacts& facts : all) {
      const bool isContainer = facts.part == label::kPartContainer;
      if (isContainer && facts.pod == pod && facts.container == container) return facts;
    }
    return std::nullopt;
  }

  std::map<Key, ClusterState> clusters_;
  std::map<Key, std::vector<Record>> records_;
};

base::Result<Snapshot> take(docker::Client& client, const std::vector<std::string>& selector,
                            const std::stop_token& stop) {
  json::array volumes;
  json::array listed;
  MC_TRY(inParallel({[&]() -> base::Status {
                       MC_TRY_ASSIGN(volumes, docker::listVolumes(client, selector, stop));
                       return {};
                     },
                     [&]() -> base::Status {
                       MC_TRY_ASSIGN(listed, docker::listContainers(client, selector, stop));
                       return {};
                     }}));
  std::vector<std::optional<ContainerFacts>> inspected(listed.size());
  MC_TRY(forEachParallel(listed.size(), [&](size_t i) -> base::Status {
    if (!listed[i].is_object()) return {};
    const std::string id = textOf(listed[i].get_object(), "Id");
    const auto answer = docker::inspectContainer(client, id, stop);
    if (answer) inspected[i] = readFacts(*answer);
    // It may have been removed since it was listed.
    return answer || answer.error().errnum == ENOENT ? base::Status() : base::pass(answer.error());
  }));
  std::vector<ContainerFacts> containers;
  for (auto& facts : inspected) {
    if (facts) containers.push_back(std::move(*facts));
  }
  return assemble(volumes, std::move(containers));
}

}  // namespace

const ContainerFacts* ClusterState::lead() const {
  const auto found =
      std::find_if(all.begin(), all.end(), [](const ContainerFacts& facts) { return facts.lead; });
  return found == all.end() ? nullptr : &*found;
}

const WaitMark* ClusterState::markOf(const std::string& pod, const std::string& container) const {
  const auto found = std::find_if(marks.begin(), marks.end(), [&](const WaitMark& mark) {
    return mark.pod == pod && mark.container == container;
  });
  return found == marks.end() ? nullptr : &*found;
}

Snapshot assemble(const json::array& volumes, std::vector<ContainerFacts> containers) {
  Assembler assembler;
  for (const json::value& volume : volumes) {
    if (volume.is_object()) assembler.addVolume(objectOf(volume.get_object(), "Labels"));
  }
  for (ContainerFacts& facts : containers) assembler.addContainer(std::move(facts));
  return assembler.finish();
}

base::Result<std::optional<ClusterState>> takeSnapshot(docker::Client& client,
                                                       const ClusterRef& ref,
                                                       const std::stop_token& stop) {
  MC_TRY_ASSIGN(Snapshot snapshot, take(client, selectorOf(ref), stop));
  if (snapshot.clusters.empty()) return std::optional<ClusterState>();
  return std::optional(std::move(snapshot.clusters.front()));
}

base::Result<Snapshot> takeSnapshot(docker::Client& client, const std::string& ns,
                                    const std::stop_token& stop) {
  return take(client, selectorOf(ns), stop);
}

}  // namespace mc::local
