// Plan -> the Docker Engine's objects.

#include "local/container_spec.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "local/docker/json.hpp"
#include "unit/plan/sample.hpp"

namespace mc::local {
namespace {

using docker::arrayOf;
using docker::objectOf;
using docker::textOf;
using testing::HasSubstr;

class ContainerSpec : public testing::Test {
 protected:
  boost::json::object specOf(size_t number, const std::string& imageUser = "") {
    plan_ = plan::makePlan(cluster).value();
    record.ref = {plan_.ns, plan_.name};
    const SpecContext context{record, plan_, "tools", "net", 0, PrivilegedMode::Full};
    const plan::Pod& pod = plan_.pods.front();
    return containerSpec(context, pod, pod.containers[number], "pause-id", imageUser).value();
  }

  std::string hostMember(size_t number, const std::string& name) {
    const auto spec = specOf(number);
    const auto* value = objectOf(spec, "HostConfig").if_contains(name);
    return value == nullptr ? "absent" : boost::json::serialize(*value);
  }

  api::Volume volume(api::VolumeKind kind, const std::string& source) {
    api::Volume v;
    v.name = "data";
    v.kind = kind;
    v.source = source;
    v.mountPath = "/data";
    return v;
  }

  api::MiniCluster cluster = plan::sampleCluster();
  plan::Plan plan_;
  Record record;
};

TEST_F(ContainerSpec, ASidecarKeepsItsImagesCommand) {
  const auto spec = specOf(1);
  EXPECT_FALSE(spec.contains("Entrypoint"));
  EXPECT_EQ(textOf(spec, "Image"), "nginx");
}

TEST_F(ContainerSpec, ACommandReplacesTheEntrypoint) {
  cluster.containers[1].command = "nginx -g 'daemon off;'";
  EXPECT_EQ(boost::json::serialize(specOf(1).at("Entrypoint")), R"(["nginx","-g","daemon off;"])");
}

TEST_F(ContainerSpec, FluxRunsEntry) {
  EXPECT_EQ(boost::json::serialize(specOf(0).at("Entrypoint")),
            R"(["/opt/minicluster/bin/minicluster-entry"])");
}

TEST_F(ContainerSpec, EnvironmentIsExpanded) {
  cluster.containers[1].environment = {{"A", "1"}, {"B", "$(A)2"}};
  const std::string env = boost::json::serialize(specOf(1).at("Env"));
  EXPECT_THAT(env, HasSubstr("\"B=12\""));
  EXPECT_THAT(env, HasSubstr("\"JOB_COMPLETION_INDEX=0\""));
}

TEST_F(ContainerSpec, HostPathsAreBinds) {
  cluster.containers[1].volumes = {volume(api::VolumeKind::HostPath, "/srv/data")};
  EXPECT_EQ(hostMember(1, "Binds"), R"(["/srv/data:/data"])");
  cluster.containers[1].volumes[0].readOnly = true;
  EXPECT_EQ(hostMember(1, "Binds"), R"(["/srv/data:/data:ro"])");
  cluster.containers[1].volumes[0].source = "/srv/a:b";
  EXPECT_EQ(hostMember(1, "Mounts"),
            R"([{"Type":"bind","Source":"/srv/a:b","Target":"/data","ReadOnly":true}])");
}

TEST_F(ContainerSpec, FilesOfAConfigMapAreAVolumeOfThePod) {
  cluster.containers[1].volumes = {volume(api::VolumeKind::ConfigMap, "settings")};
  EXPECT_THAT(hostMember(1, "Mounts"), HasSubstr(R"("Target":"/data","ReadOnly":true)"));
}

TEST_F(ContainerSpec, VolumesOfOtherDriversAreRefused) {
  cluster.containers[1].volumes = {volume(api::VolumeKind::Csi, "settings")};
  plan_ = plan::makePlan(cluster).value();
  const SpecContext context{record, plan_, "tools", "net", 0, PrivilegedMode::Full};
  const auto spec =
      containerSpec(context, plan_.pods[0], plan_.pods[0].containers[1], "pause-id", "");
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message, HasSubstr("'settings'"));
}

TEST_F(ContainerSpec, Users) {
  auto& security = cluster.containers[1].security;
  EXPECT_EQ(textOf(specOf(1, "nginx"), "User"), "");
  security.runAsUser = 1000;
  EXPECT_EQ(textOf(specOf(1, "nginx"), "User"), "1000");
  security.runAsGroup = 100;
  EXPECT_EQ(textOf(specOf(1, "nginx"), "User"), "1000:100");
  security.runAsUser.reset();
  EXPECT_EQ(textOf(specOf(1, "nginx:web"), "User"), "nginx:100");
  EXPECT_EQ(textOf(specOf(1, ""), "User"), "0:100");
}

TEST_F(ContainerSpec, Security) {
  auto& security = cluster.containers[1].security;
  security.addCapabilities = {"NET_ADMIN"};
  security.dropCapabilities = {"ALL"};
  security.allowPrivilegeEscalation = false;
  security.readOnlyRootFilesystem = true;
  EXPECT_EQ(hostMember(1, "CapAdd"), R"(["NET_ADMIN"])");
  EXPECT_EQ(hostMember(1, "CapDrop"), R"(["ALL"])");
  EXPECT_EQ(hostMember(1, "SecurityOpt"), R"(["no-new-privileges"])");
  EXPECT_EQ(hostMember(1, "ReadonlyRootfs"), "true");
  EXPECT_EQ(hostMember(1, "Privileged"), "absent");
}

TEST_F(ContainerSpec, AJobMayBeTriedAgain) {
  EXPECT_EQ(hostMember(0, "RestartPolicy"), R"({"Name":"no"})");
  cluster.backoffLimit = 2;
  EXPECT_EQ(hostMember(0, "RestartPolicy"), R"({"Name":"on-failure","MaximumRetryCount":2})");
}

TEST_F(ContainerSpec, NamespacesOfThePod) {
  EXPECT_EQ(hostMember(1, "PidMode"), "absent");
  cluster.shareProcessNamespace = true;
  EXPECT_EQ(hostMember(1, "PidMode"), "\"container:pause-id\"");
  cluster.pod.hostPid = cluster.pod.hostIpc = true;
  EXPECT_EQ(hostMember(1, "PidMode"), "\"host\"");
  EXPECT_EQ(hostMember(1, "IpcMode"), "\"host\"");
}

}  // namespace
}  // namespace mc::local
