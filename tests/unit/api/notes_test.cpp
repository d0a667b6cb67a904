#include "api/notes.hpp"

#include <gmock/gmock.h>

#include "api/read.hpp"
#include "golden.hpp"

namespace mc::api {
namespace {

std::vector<std::string> notes(const std::string& name) {
  const auto result = read(contentOf(kFiles / "manifests" / (name + ".yaml")), "default");
  std::vector<std::string> lines;
  for (const auto& note : notesForOneMachine(result.documents.at(0).cluster))
    lines.push_back(note.field + ": " + note.text);
  return lines;
}

TEST(Notes, APlainClusterHasNone) {
  EXPECT_THAT(notes("sidecar-registry"), testing::IsEmpty());
}

TEST(Notes, Alpha1) {
  const std::string volume =
      "has no effect on one machine: only Kubernetes makes PersistentVolumes, here the directory "
      "is "
      "mounted";
  EXPECT_THAT(
      notes("all-v1alpha1"),
      testing::ElementsAre(
          "spec.volumes.data.labels: " + volume, "spec.volumes.data.annotations: " + volume,
          "spec.volumes.data.claimAnnotations: " + volume, "spec.volumes.data.delete: " + volume,
          "spec.volumes.data.capacity: " + volume,
          "spec.pod.nodeSelector: has no effect on one machine: there is one node only",
          "spec.pod.serviceAccountName: has no effect on one machine: there is no API server to "
          "talk to",
          "spec.pod.resources: has no effect on one machine: the overhead of a pod is only counted "
          "by "
          "its scheduler",
          "spec.containers[0].name: has no effect: the Flux container has the MiniCluster's name, "
          "everything",
          "spec.containers[0].resources.limits[example.org/gpu]: has no effect on one machine: "
          "only "
          "Kubernetes counts it"));
}

TEST(Notes, Alpha2) {
  EXPECT_THAT(notes("all-v1alpha2"),
              testing::AllOf(
                  testing::SizeIs(13),
                  testing::Contains(testing::HasSubstr("spec.pod.tolerations: has no effect on")),
                  testing::Contains(testing::HasSubstr("spec.flux.arch: has no effect: "))));
}

}  // namespace
}  // namespace mc::api
