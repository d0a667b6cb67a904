// From manifests to objects.

#include "core/read.hpp"

#include <gmock/gmock.h>

namespace mc::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Object only(const std::string& text) {
  ReadResult result = read(text, "here");
  for (const auto& problem : result.problems) ADD_FAILURE() << problem.text("f");
  if (result.objects.size() != 1) {
    ADD_FAILURE() << result.objects.size() << " objects";
    return {};
  }
  return std::move(result.objects.front());
}

PodSpec podOf(const std::string& spec) {
  return only("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {" + spec + "}\n").pod.spec;
}

TEST(Read, KeepsTheOrderOfAList) {
  const auto result = read(
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
      "- {apiVersion: flux-framework.org/v1alpha2, kind: MiniCluster, metadata: {name: b},\n"
      "   spec: {containers: [{image: debian}]}}\n"
      "- {apiVersion: v1, kind: Secret, metadata: {name: c}}\n",
      "here");
  ASSERT_THAT(result.problems, IsEmpty());
  ASSERT_EQ(result.objects.size(), 2u);
  ASSERT_EQ(result.documents.size(), 1u);
  EXPECT_EQ(result.objects[0].position, 0u);
  EXPECT_EQ(result.documents[0].position, 1u);
  EXPECT_EQ(result.objects[1].position, 2u);
  EXPECT_EQ(result.objects[0].metadata.ns, "here");
}

TEST(Read, Services) {
  const Service service =
      only(
          "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
          "spec: {selector: {app: web}, ports: [{port: 80, targetPort: http, name: a}, {port: 81, "
          "targetPort: 8081, name: b}, {port: 82, name: c}]}\n")
          .service;
  ASSERT_EQ(service.ports.size(), 3u);
  EXPECT_EQ(service.ports[0].target, "http");
  EXPECT_EQ(service.ports[1].target, "8081");
  EXPECT_EQ(service.ports[2].target, "82");
  EXPECT_FALSE(service.headless);
}

TEST(Read, Environments) {
  const auto container =
      podOf(
          "containers: [{name: c, image: i, env: [{name: A, value: b}, {name: P, valueFrom: "
          "{secretKeyRef: {name: s, key: k, optional: true}}}, {name: IP, valueFrom: {fieldRef: "
          "{fieldPath: status.podIP}}}], envFrom: [{configMapRef: {name: m}, prefix: X_}]}]")
          .containers.at(0);
  ASSERT_EQ(container.environment.size(), 3u);
  EXPECT_TRUE(container.environment[0].plain());
  EXPECT_EQ(container.environment[1].secret->key, "k");
  EXPECT_TRUE(container.environment[1].secret->optional);
  EXPECT_EQ(container.environment[2].fieldPath, "status.podIP");
  EXPECT_EQ(container.environmentFrom.at(0).configMap, "m");
  EXPECT_EQ(container.environmentFrom.at(0).prefix, "X_");
}

TEST(Read, Volumes) {
  const PodSpec pod = podOf(
      "containers: [{name: c, image: i, volumeMounts: [{name: e, mountPath: /e, subPath: a/b}]}], "
      "volumes: [{name: e, emptyDir: {}}, {name: s, secret: {secretName: x, defaultMode: 0440, "
      "items: [{key: k, path: p}]}}, {name: p, projected: {sources: [{configMap: {name: m}}, "
      "{secret: {name: other, optional: true}}]}}, {name: c, persistentVolumeClaim: {claimName: "
      "d}}]");
  ASSERT_EQ(pod.volumes.size(), 4u);
  EXPECT_EQ(pod.volumes[0].source, Volume::Source::EmptyDir);
  EXPECT_EQ(pod.volumes[1].source, Volume::Source::Files);
  EXPECT_EQ(pod.volumes[1].defaultMode, 0440);
  EXPECT_EQ(pod.volumes[1].files.at(0).secret, "x");
  EXPECT_EQ(pod.volumes[1].files.at(0).items.at(0).path, "p");
  EXPECT_EQ(pod.volumes[2].files.at(0).configMap, "m");
  EXPECT_TRUE(pod.volumes[2].files.at(1).optional);
  EXPECT_EQ(pod.volumes[3].claim, "d");
  EXPECT_EQ(pod.containers[0].mounts.at(0).subPath, "a/b");
}

TEST(Read, ContainersInheritThePodsUser) {
  const PodSpec pod = podOf(
      "securityContext: {runAsUser: 999, runAsGroup: 999, fsGroup: 998}, containers: [{name: "
      "a, image: i}, {name: b, image: i, securityContext: {runAsUser: 0}}]");
  EXPECT_EQ(pod.containers[0].security.runAsUser, 999);
  EXPECT_EQ(pod.containers[1].security.runAsUser, 0);
  EXPECT_EQ(pod.containers[1].security.runAsGroup, 999);
  EXPECT_EQ(pod.fsGroup, 998);
}

TEST(Read, ProbesFindPortsByName) {
  const auto probes = podOf(
                          "containers: [{name: c, image: i, ports: [{name: web, containerPort: "
                          "8080}], readinessProbe: {httpGet: {port: web, path: /ok}}, "
                          "livenessProbe: {exec: {command: [a, b]}, failureThreshold: 5}}]")
                          .containers.at(0)
                          .probes;
  EXPECT_EQ(probes.readiness->httpPort, "8080");
  EXPECT_EQ(probes.readiness->period, 10);
  EXPECT_THAT(probes.liveness->exec, ElementsAre("a", "b"));
  EXPECT_EQ(probes.liveness->failureThreshold, 5);
  EXPECT_FALSE(probes.startup);
}

TEST(Read, SecretsAreDecodedAndLeftOutOfTheManifest) {
  const Object secret = only(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: Opaque\n"
      "data: {a: aGVsbG8=}\nstringData: {b: world}\n");
  EXPECT_THAT(secret.data.values, ElementsAre(Pair("a", "hello"), Pair("b", "world")));
  EXPECT_FALSE(secret.manifest.contains("data"));
  EXPECT_FALSE(secret.manifest.contains("stringData"));
  EXPECT_TRUE(secret.manifest.contains("type"));
}

TEST(Read, WhatTellsOneMachineNothingIsNoted) {
  const Object pod = only(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {nodeSelector: {disk: ssd}, "
      "containers: [{name: c, image: i}]}\n");
  ASSERT_EQ(pod.notes.size(), 1u);
  EXPECT_EQ(pod.notes[0].field, "spec.nodeSelector");
  EXPECT_THAT(pod.notes[0].text, HasSubstr("has no effect on one machine"));
}

TEST(Read, ANetworkPolicySaysWhatItDoes) {
  const Object policy = only(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: "
      "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}\n");
  ASSERT_EQ(policy.notes.size(), 1u);
  EXPECT_THAT(policy.notes[0].text, HasSubstr("no effect on one machine"));
}

TEST(Read, AManifestIsReadBack) {
  const Object pod = only(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ns}\nspec: {hostname: h, "
      "containers: [{name: c, image: i, env: [{name: A, value: '$(B) \"x\"'}]}]}\n");
  const auto again = readObject(pod.manifest);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->metadata.ns, "ns");
  EXPECT_EQ(again->pod.spec.hostname, "h");
  EXPECT_EQ(again->pod.spec.containers.at(0).environment.at(0).value, "$(B) \"x\"");
}

}  // namespace
}  // namespace mc::core
