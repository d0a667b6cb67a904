// Manifests of the tutorials and of everything this version carries out, to the MiniCluster they
// mean.

#include "api/read.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "golden.hpp"

namespace mc::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

ReadResult readText(const std::string& text) {
  auto result = read(text, "default");
  for (const auto& problem : result.problems) ADD_FAILURE() << problem.text("text");
  return result;
}

MiniCluster one(const std::filesystem::path& path) {
  auto result = readText(contentOf(path));
  return result.documents.size() == 1 ? std::move(result.documents[0].cluster) : MiniCluster();
}

MiniCluster manifest(const std::string& name) {
  return one(kFiles / "manifests" / (name + ".yaml"));
}

TEST(Read, TheNginxTutorial) {
  const auto cluster = one("examples/tests/nginx-sidecar-service/minicluster.yaml");
  EXPECT_EQ(cluster.metadata.name, "flux-sample");
  EXPECT_EQ(cluster.metadata.ns, "flux-operator");
  EXPECT_EQ(cluster.apiVersion, "flux-framework.org/v1alpha1");
  EXPECT_EQ(cluster.size, 2);
  EXPECT_EQ(cluster.maxSize, 2);
  EXPECT_EQ(cluster.minSize, 0);
  EXPECT_EQ(cluster.tasks, 1);
  EXPECT_EQ(cluster.deadlineSeconds, 31500000);
  EXPECT_EQ(cluster.headlessName, "flux-service");
  EXPECT_TRUE(cluster.logging.quiet);
  EXPECT_TRUE(cluster.logging.strict);
  EXPECT_FALSE(cluster.interactive);
  EXPECT_EQ(cluster.flux.socket, "/run/flux/local");
  ASSERT_THAT(cluster.containers, SizeIs(2));
  const auto& flux = cluster.fluxContainer();
  EXPECT_EQ(flux.name, "flux-sample");
  EXPECT_EQ(flux.image, "ghcr.io/flux-framework/flux-restful-api:latest");
  EXPECT_EQ(flux.command, "curl -s localhost");
  EXPECT_EQ(flux.commands.pre, "apt-get update > /dev/null && apt-get install -y curl > /dev/null");
  EXPECT_EQ(flux.pullPolicy, PullPolicy::IfNotPresent);
  ASSERT_TRUE(flux.fluxUser);
  EXPECT_EQ(flux.fluxUser->name, "flux");
  EXPECT_EQ(flux.fluxUser->uid, 1000);
  const auto& nginx = cluster.containers[1];
  EXPECT_EQ(nginx.name, "nginx");
  EXPECT_FALSE(nginx.runFlux);
  EXPECT_FALSE(nginx.fluxUser);
  EXPECT_THAT(nginx.ports, ElementsAre(80));
}

TEST(Read, TheSidecarRegistryTutorial) {
  const auto cluster = manifest("sidecar-registry");
  EXPECT_TRUE(cluster.interactive);
  EXPECT_FALSE(cluster.logging.quiet);
  EXPECT_EQ(cluster.containers[0].command, "");
  EXPECT_THAT(cluster.containers[0].commands.pre,
              testing::StartsWith("VERSION=\"1.0.0-rc.2\"\ncurl"));
  EXPECT_EQ(cluster.containers[1].name, "registry");
  EXPECT_THAT(cluster.containers[1].ports, ElementsAre(5000));
}

TEST(Read, TheServicesTutorial) {
  const auto cluster = manifest("services-registry");
  ASSERT_THAT(cluster.services, SizeIs(1));
  EXPECT_EQ(cluster.services[0].name, "registry");
  EXPECT_THAT(cluster.services[0].ports, ElementsAre(5000));
  ASSERT_THAT(cluster.containers, SizeIs(1));
  const auto& flux = cluster.containers[0];
  EXPECT_TRUE(flux.runFlux);
  EXPECT_TRUE(flux.security.privileged);
  EXPECT_EQ(flux.fluxUser->name, "fluxuser");
  EXPECT_EQ(flux.fluxUser->uid, 1000);
  EXPECT_THAT(
      flux.environment,
      ElementsAre(
          Pair("REGISTRY", "flux-sample-services.flux-service.flux-operator.svc.cluster.local")));
}

TEST(Read, TheMerlinTutorial) {
  const auto cluster = manifest("merlin");
  EXPECT_EQ(cluster.size, 4);
  EXPECT_TRUE(cluster.interactive);
  EXPECT_EQ(cluster.containers[0].workingDir, "/workflow");
  EXPECT_EQ(cluster.containers[0].fluxUser->name, "fluxuser");
}

TEST(Read, HelloWorldOfAlpha2) {
  const auto cluster = manifest("hello-world");
  EXPECT_EQ(cluster.metadata.ns, "default");
  EXPECT_EQ(cluster.size, 4);
  EXPECT_TRUE(cluster.logging.quiet);
  EXPECT_FALSE(cluster.logging.strict);
  EXPECT_EQ(cluster.headlessName, "flux-sample");
  EXPECT_EQ(cluster.flux.socket, "/mnt/flux/config/run/flux/local");
  EXPECT_FALSE(cluster.containers[0].fluxUser);
  EXPECT_FALSE(cluster.interactive);
  EXPECT_EQ(cluster.flux.viewImage, "");
}

TEST(Read, EveryFieldOfAlpha1) {
  const auto cluster = manifest("all-v1alpha1");
  EXPECT_THAT(cluster.metadata.labels,
              ElementsAre(Pair("app", "flux"), Pair("example.org/part", "1")));
  EXPECT_THAT(cluster.metadata.annotations,
              ElementsAre(Pair("example.org/note", "any text at all")));
  EXPECT_EQ(cluster.metadata.ns, "room");
  EXPECT_EQ(cluster.size, 3);
  EXPECT_EQ(cluster.maxSize, 5);
  EXPECT_EQ(cluster.tasks, 6);
  EXPECT_EQ(cluster.deadlineSeconds, 600);
  EXPECT_TRUE(cluster.cleanup);
  EXPECT_TRUE(cluster.shareProcessNamespace);
  EXPECT_THAT(cluster.jobLabels, ElementsAre(Pair("kueue.x-k8s.io/queue-name", "users")));
  const auto& logging = cluster.logging;
  EXPECT_TRUE(logging.quiet && logging.debug && logging.zeromq && logging.timed);
  EXPECT_FALSE(logging.strict);
  EXPECT_EQ(cluster.headlessName, "net");
  ASSERT_THAT(cluster.users, SizeIs(2));
  EXPECT_EQ(cluster.users[0].name, "fred");
  EXPECT_EQ(cluster.users[0].password, "secret1");
  EXPECT_EQ(cluster.users[1].password, "");
}

TEST(Read, EveryFluxAndPodFieldOfAlpha1) {
  const auto cluster = manifest("all-v1alpha1");
  EXPECT_EQ(cluster.flux.optionFlags, "-o cpu-affinity=off");  // wins over fluxOptionFlags
  EXPECT_EQ(cluster.flux.submitCommand, "flux mini submit");
  EXPECT_EQ(cluster.flux.wrap, "strace,-f");
  EXPECT_EQ(cluster.flux.connectTimeout, "1.5s");
  EXPECT_EQ(cluster.flux.logLevel, 3);  // of fluxLogLevel
  EXPECT_EQ(cluster.flux.brokerConfig, "[bootstrap]\n");
  EXPECT_EQ(cluster.flux.installRoot, "/opt/flux");
  EXPECT_THAT(cluster.pod.labels, ElementsAre(Pair("team", "red")));
  EXPECT_THAT(cluster.pod.annotations, ElementsAre(Pair("note", "x")));
  EXPECT_THAT(cluster.pod.nodeSelector, ElementsAre(Pair("disk", "ssd")));
  EXPECT_EQ(cluster.pod.serviceAccountName, "robot");
  EXPECT_THAT(cluster.pod.resources, ElementsAre(Pair("cpu", "100m"), Pair("memory", "1Gi")));
}

TEST(Read, EveryContainerFieldOfAlpha1) {
  const auto cluster = manifest("all-v1alpha1");
  const auto& flux = cluster.fluxContainer();
  EXPECT_EQ(flux.name, "everything");
  EXPECT_EQ(flux.image, "registry.example.org:5000/team/flux:v1@sha256:00ff");
  EXPECT_EQ(flux.command, "hostname\necho \"a b\"\n");
  EXPECT_EQ(flux.workingDir, "/work");
  EXPECT_TRUE(flux.batch && flux.batchRaw);
  EXPECT_FALSE(flux.launcher);
  EXPECT_EQ(flux.logs, "/tmp/out");
  EXPECT_EQ(flux.cores, 4);
  EXPECT_EQ(flux.fluxUser->name, "ada2");
  EXPECT_EQ(flux.fluxUser->uid, 1234);
  EXPECT_THAT(flux.ports, ElementsAre(5000, 8050));
  EXPECT_THAT(flux.environment, ElementsAre(Pair("B", "2"), Pair("A", "$(B)"), Pair("EMPTY", "")));
  EXPECT_EQ(flux.pullPolicy, PullPolicy::Always);
  EXPECT_EQ(flux.postStartExec, "/start");
  EXPECT_EQ(flux.preStopExec, "/stop now");
  EXPECT_EQ(flux.resources.limits.at("cpu"), "2");
  EXPECT_EQ(flux.resources.requests.at("cpu"), "500m");
  EXPECT_EQ(flux.commands.init, "echo init");
  EXPECT_EQ(flux.commands.pre, "echo first\necho second");
  EXPECT_EQ(flux.commands.brokerPre, "echo lead");
  EXPECT_EQ(flux.commands.workerPre, "echo follower");
  EXPECT_EQ(flux.commands.post, "echo done");
  EXPECT_EQ(flux.commands.prefix, "nice -n 5");
  EXPECT_TRUE(flux.commands.runFluxAsRoot);
  EXPECT_THAT(flux.security.addCapabilities, ElementsAre("SYS_PTRACE", "CAP_NET_ADMIN"));
  EXPECT_EQ(boost::json::serialize(flux.security.raw),
            R"({"privileged":true,"addCapabilities":["SYS_PTRACE","CAP_NET_ADMIN"]})");
  EXPECT_EQ(cluster.containers[1].command, "redis-server --port 7000");
}

TEST(Read, VolumesOfAlpha1) {
  const auto cluster = manifest("all-v1alpha1");
  const auto& volumes = cluster.fluxContainer().volumes;
  ASSERT_THAT(volumes, SizeIs(2));
  EXPECT_EQ(volumes[0].name, "data");
  EXPECT_EQ(volumes[0].kind, VolumeKind::HostPath);
  EXPECT_EQ(volumes[0].source, "/srv/data");
  EXPECT_EQ(volumes[0].mountPath, "/data");
  EXPECT_FALSE(volumes[0].readOnly);
  EXPECT_TRUE(volumes[1].readOnly);
  EXPECT_EQ(cluster.containers[1].volumes[0].mountPath, "/elsewhere");
}

TEST(Read, EveryFieldOfAlpha2) {
  const auto cluster = manifest("all-v1alpha2");
  EXPECT_EQ(cluster.minSize, 2);
  EXPECT_EQ(cluster.tasks, 0);
  EXPECT_EQ(cluster.backoffLimit, 0);
  EXPECT_TRUE(cluster.logging.strict);
  EXPECT_EQ(cluster.headlessName, "net");
  EXPECT_TRUE(cluster.disableAffinity);
  EXPECT_FALSE(cluster.interactive);
  const auto& flux = cluster.flux;
  EXPECT_EQ(flux.connectTimeout, "");
  EXPECT_EQ(flux.logLevel, 0);
  EXPECT_EQ(flux.topology, "kary:4");
  EXPECT_THAT(flux.environment, ElementsAre(Pair("FI_PROVIDER", "tcp")));
  EXPECT_TRUE(flux.completeWorkers && flux.disableSocket && flux.noWaitSocket && flux.viewDisabled);
  EXPECT_EQ(flux.socket, "/opt/view/config/run/flux/local");
}

TEST(Read, EveryPodFieldOfAlpha2) {
  const auto pod = manifest("all-v1alpha2").pod;
  EXPECT_THAT(pod.nodeAffinity, ElementsAre(Pair("zone", ElementsAre("a", "b"))));
  ASSERT_THAT(pod.tolerations, SizeIs(2));
  EXPECT_EQ(pod.tolerations[0].key, "gpu");
  EXPECT_EQ(pod.tolerations[0].op, "Equal");
  EXPECT_EQ(pod.tolerations[0].value, "yes");
  EXPECT_EQ(pod.tolerations[0].effect, "NoSchedule");
  EXPECT_EQ(pod.schedulerName, "fluence");
  EXPECT_EQ(pod.automountServiceAccountToken, true);
  EXPECT_EQ(pod.restartPolicy, "Never");
  EXPECT_EQ(pod.runtimeClassName, "kata");
  EXPECT_EQ(pod.dnsPolicy, "Default");
  EXPECT_TRUE(pod.hostIpc && pod.hostPid);
  EXPECT_EQ(pod.securityContext.at("runAsGroup"), 1001);
}

TEST(Read, EveryContainerFieldOfAlpha2) {
  const auto cluster = manifest("all-v1alpha2");
  const auto& flux = cluster.fluxContainer();
  EXPECT_TRUE(flux.launcher);
  EXPECT_EQ(flux.pullPolicy, PullPolicy::Never);
  EXPECT_EQ(flux.commands.script, "#!/bin/sh\necho \"$HOSTNAME\"\n");
  EXPECT_EQ(flux.resources.limits.at("cpu"), "1.5");
  EXPECT_EQ(flux.resources.requests.at("cpu"), "1");
  EXPECT_EQ(cluster.containers[1].command, "work --all");
  EXPECT_EQ(cluster.containers[1].commands.init, "echo init");
  EXPECT_EQ(cluster.containers[1].commands.servicePre, "echo service");
  EXPECT_EQ(cluster.containers[1].commands.post, "echo post");
  EXPECT_EQ(cluster.containers[2].pullPolicy, PullPolicy::Always);
  EXPECT_TRUE(cluster.containers[2].noWrapEntrypoint);
}

TEST(Read, VolumesOfAlpha2) {
  const auto cluster = manifest("all-v1alpha2");
  const auto& volumes = cluster.fluxContainer().volumes;
  ASSERT_THAT(volumes, SizeIs(3));
  EXPECT_EQ(volumes[0].kind, VolumeKind::EmptyDir);
  EXPECT_EQ(volumes[0].mountPath, "/dev/shm");
  EXPECT_TRUE(volumes[0].inMemory);
  EXPECT_EQ(volumes[0].sizeLimit, "64Mi");
  EXPECT_EQ(volumes[1].mountPath, "/scratch");
  EXPECT_FALSE(volumes[1].inMemory);
  EXPECT_EQ(volumes[2].source, "/srv");
  EXPECT_TRUE(volumes[2].readOnly);
}

TEST(Read, SecurityOfAlpha2) {
  const auto cluster = manifest("all-v1alpha2");
  const auto& own = cluster.fluxContainer().security;
  EXPECT_EQ(own.runAsUser, 2000);
  EXPECT_EQ(own.runAsGroup, 2001);
  EXPECT_EQ(own.runAsNonRoot, false);
  EXPECT_EQ(own.readOnlyRootFilesystem, true);
  EXPECT_EQ(own.allowPrivilegeEscalation, false);
  EXPECT_THAT(own.addCapabilities, ElementsAre("NET_ADMIN"));
  EXPECT_THAT(own.dropCapabilities, ElementsAre("ALL"));
  const auto& inherited = cluster.containers[2].security;
  EXPECT_EQ(inherited.runAsUser, 1000);
  EXPECT_EQ(inherited.runAsGroup, 1001);
  EXPECT_EQ(inherited.runAsNonRoot, true);
  EXPECT_EQ(boost::json::serialize(inherited.raw), R"({"privileged":true})");
}

constexpr const char* kSmallest =
    "apiVersion: flux-framework.org/v1alpha2\nkind: MiniCluster\n"
    "metadata: {name: small}\nspec: {containers: [{runFlux: true}]}\n";

TEST(Read, DefaultsAreThoseOfTheTypes) {
  const auto result = readText(kSmallest);
  const auto& cluster = result.documents.at(0).cluster;
  const MiniCluster untouched;
  EXPECT_EQ(cluster.size, untouched.size);
  EXPECT_EQ(cluster.tasks, untouched.tasks);
  EXPECT_EQ(cluster.deadlineSeconds, untouched.deadlineSeconds);
  EXPECT_EQ(cluster.flux.connectTimeout, untouched.flux.connectTimeout);
  EXPECT_EQ(cluster.flux.logLevel, untouched.flux.logLevel);
  EXPECT_EQ(cluster.flux.submitCommand, untouched.flux.submitCommand);
  EXPECT_EQ(cluster.flux.installRoot, untouched.flux.installRoot);
  EXPECT_EQ(cluster.backoffLimit, std::nullopt);
  EXPECT_EQ(cluster.fluxContainer().image, "ghcr.io/rse-ops/accounting:app-latest");
}

TEST(Read, Alpha2WithoutCommandIsInteractive) {
  EXPECT_TRUE(readText(kSmallest).documents.at(0).cluster.interactive);
}

TEST(Read, EmptyFieldsAreAsIfLeftOut) {
  const auto result = readText(
      "apiVersion: flux-framework.org/v1alpha1\nkind: MiniCluster\n"
      "metadata: {name: x, labels: , namespace: \"\"}\n"
      "spec:\n  size:\n  services:\n  logging:\n  flux: {submitCommand: \"\", installRoot: }\n"
      "  containers:\n  - image: debian\n    command: hostname\n    environment:\n    ports:\n"
      "    fluxUser: {name: \"\"}\n");
  const auto& cluster = result.documents.at(0).cluster;
  EXPECT_EQ(cluster.metadata.ns, "default");
  EXPECT_EQ(cluster.size, 1);
  EXPECT_TRUE(cluster.logging.strict);
  EXPECT_EQ(cluster.flux.submitCommand, "flux submit");
  EXPECT_EQ(cluster.flux.installRoot, "/usr");
  EXPECT_EQ(cluster.fluxContainer().fluxUser->name, "flux");
}

TEST(Read, SeveralDocumentsAndLists) {
  const std::string item =
      "{apiVersion: flux-framework.org/v1alpha2, kind: MiniCluster, metadata: {name: ";
  const std::string rest = "}, spec: {containers: [{image: debian}]}}";
  const auto result =
      readText(item + "a" + rest + "\n---\n---\napiVersion: v1\nkind: List\nitems:\n- " + item +
               "b" + rest + "\n- " + item + "c, namespace: d" + rest + "\n");
  std::vector<std::string> names;
  for (const auto& document : result.documents)
    names.push_back(document.cluster.metadata.ns + "/" + document.cluster.metadata.name);
  EXPECT_THAT(names, ElementsAre("default/a", "default/b", "d/c"));
}

TEST(Read, KeepsTheManifestAsWritten) {
  const auto result = readText(std::string(kSmallest) + "status: {size: 1}\n");
  EXPECT_EQ(boost::json::serialize(result.documents.at(0).manifest),
            R"({"apiVersion":"flux-framework.org/v1alpha2","kind":"MiniCluster",)"
            R"("metadata":{"name":"small"},"spec":{"containers":[{"runFlux":true}]}})");
}

TEST(Read, Json) {
  const auto result = readText(
      R"({"apiVersion": "flux-framework.org/v1alpha2", "kind": "MiniCluster",
          "metadata": {"name": "json"},
          "spec": {"size": 2, "containers": [{"image": "debian", "command": "echo \"a b\""}]}})");
  EXPECT_EQ(result.documents.at(0).cluster.fluxContainer().command, "echo \"a b\"");
}

TEST(Read, ABadDocumentSpoilsTheText) {
  const auto result = read(std::string(kSmallest) + "---\nkind: Pod\napiVersion: v1\n", "default");
  EXPECT_THAT(result.problems, SizeIs(1));
}

TEST(Read, RefusedFieldsMayBeThereWithoutAWish) {
  const auto result = readText(
      "apiVersion: flux-framework.org/v1alpha2\nkind: MiniCluster\nmetadata: {name: x}\n"
      "spec:\n  backoffLimit: 0\n  archive: {path: \"\"}\n"
      "  flux: {minimalService: false, mungeSecret: \"\", bursting: {clusters: [], hostlist: "
      "\"\"},\n"
      "    scheduler: {queuePolicy: fcfs}, container: {pullAlways: false, name: flux-view, "
      "resources: {}}}\n"
      "  containers: [{image: debian, secrets: {}, imagePullSecret: \"\", volumes: {}}]\n");
  EXPECT_THAT(result.documents, SizeIs(1));
}

}  // namespace
}  // namespace mc::api
