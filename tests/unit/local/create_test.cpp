// Engine::create on a fake Docker daemon.

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "base/curve_cert.hpp"
#include "local/docker/json.hpp"
#include "unit/local/local_fixture.hpp"

namespace mc::local {
namespace {

using docker::arrayOf;
using docker::objectOf;
using docker::textOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Create : public LocalFixture {};

TEST_F(Create, StartsAPauseAndTheContainersOfEachPod) {
  ASSERT_TRUE(create());
  docker.with([](fakes::FakeDockerModel& model) {
    ASSERT_EQ(model.containers.size(), 6u);
    for (const auto& [name, container] : model.containers) {
      EXPECT_TRUE(container.running()) << name;
      EXPECT_EQ(container.starts, 1) << name;
    }
    EXPECT_EQ(model.networks.size(), 1u);
    EXPECT_EQ(model.networks.front().name, "minicluster_flux-operator");
  });
}

TEST_F(Create, ContainersShareTheirPodsNetworkAndMemory) {
  ASSERT_TRUE(create());
  const auto pause = containerCopy(dockerName(1, ""));
  const auto nginx = containerCopy(dockerName(1, "nginx"));
  EXPECT_EQ(nginx.hostText("NetworkMode"), "container:" + pause.id);
  EXPECT_EQ(nginx.hostText("IpcMode"), "container:" + pause.id);
  EXPECT_EQ(nginx.hostText("PidMode"), "");
  EXPECT_EQ(textOf(pause.spec, "Hostname"), "flux-sample-1");
}

TEST_F(Create, PodsAnswerToKubernetesNames) {
  ASSERT_TRUE(create());
  const auto pause = containerCopy(dockerName(0, ""));
  const auto& endpoints = objectOf(objectOf(pause.spec, "NetworkingConfig"), "EndpointsConfig");
  const auto& aliases = arrayOf(objectOf(endpoints, "minicluster_flux-operator"), "Aliases");
  std::vector<std::string> names;
  for (const auto& alias : aliases) names.emplace_back(alias.get_string());
  EXPECT_THAT(names, Contains("flux-sample-0"));
  EXPECT_THAT(names, Contains("flux-sample-0.flux-service.flux-operator.svc.cluster.local"));
  EXPECT_THAT(names, Contains("nginx"));
  EXPECT_THAT(names, Contains("nginx.flux-operator.svc.cluster.local"));
  EXPECT_THAT(names, Contains("flux-sample-nginx"));
  EXPECT_THAT(names, Contains("flux-sample-nginx.flux-operator.svc.cluster.local"));
}

TEST_F(Create, InsideAPodASidecarsNameIsItsOwn) {
  ASSERT_TRUE(create());
  const auto pause = containerCopy(dockerName(1, ""));
  EXPECT_EQ(boost::json::serialize(objectOf(pause.spec, "HostConfig").at("ExtraHosts")),
            R"(["nginx:127.0.0.1","nginx.flux-operator:127.0.0.1",)"
            R"("nginx.flux-operator.svc:127.0.0.1",)"
            R"("nginx.flux-operator.svc.cluster.local:127.0.0.1"])");
}

TEST_F(Create, WritesSettingsProgramsAndOneCertificate) {
  ASSERT_TRUE(create());
  const auto files = clusterFiles();
  EXPECT_EQ(files.at("bin/minicluster-entry"), "the program minicluster-entry");
  EXPECT_EQ(files.at("bin/flux"), "the program flux");
  EXPECT_TRUE(entry::parse(files.at("config/settings.json")));
  EXPECT_TRUE(base::parseCurveCert(files.at("secret/curve.cert")));
}

TEST_F(Create, SecretsAreNowhereElse) {
  cluster.users = {{"ana", "hunter2"}};
  api::Document document = documentOf(cluster);
  document.manifest["spec"] = {{"users", {{{"name", "ana"}, {"password", "hunter2"}}}}};
  ASSERT_TRUE(engine->create(document, plan::makePlan(cluster).value(), progress, {}));
  EXPECT_EQ(clusterFiles().at("secret/users"), "ana:hunter2\n");
  docker.with([&](fakes::FakeDockerModel& model) {
    for (const auto& [name, volume] : model.volumes) {
      EXPECT_THAT(boost::json::serialize(volume.labels), Not(HasSubstr("hunter2")));
    }
    for (const auto& [name, container] : model.containers) {
      EXPECT_THAT(boost::json::serialize(container.spec), Not(HasSubstr("hunter2")));
    }
  });
  const auto view = engine->minicluster(ref, {}).value();
  EXPECT_THAT(boost::json::serialize(view.manifest), HasSubstr("***"));
}

TEST_F(Create, OnlyFluxContainersSeeTheVolume) {
  ASSERT_TRUE(create());
  const auto nginx = containerCopy(dockerName(0, "nginx"));
  EXPECT_TRUE(arrayOf(objectOf(nginx.spec, "HostConfig"), "Mounts").empty());
  const auto flux = containerCopy(dockerName(1, "flux-sample"));
  const auto& mount = arrayOf(objectOf(flux.spec, "HostConfig"), "Mounts").at(0).as_object();
  EXPECT_EQ(textOf(mount, "Source"), "minicluster_flux-operator_flux-sample");
  EXPECT_EQ(textOf(mount, "Target"), "/opt/minicluster");
  EXPECT_TRUE(docker::flagOf(mount, "ReadOnly"));
}

TEST_F(Create, TheLeadIsNotRestartedFollowersAndSidecarsAre) {
  ASSERT_TRUE(create());
  const auto policyOf = [&](int pod, const std::string& name) {
    const auto container = containerCopy(dockerName(pod, name));
    return boost::json::serialize(
        objectOf(objectOf(container.spec, "HostConfig"), "RestartPolicy"));
  };
  EXPECT_EQ(policyOf(0, "flux-sample"), R"({"Name":"no"})");
  EXPECT_EQ(policyOf(1, "flux-sample"), R"({"Name":"on-failure","MaximumRetryCount":6})");
  EXPECT_EQ(policyOf(0, "nginx"), R"({"Name":"unless-stopped"})");
}

TEST_F(Create, StartsAMonitor) {
  ASSERT_TRUE(create());
  EXPECT_THAT(monitors, ElementsAre("flux-sample"));
}

TEST_F(Create, TellsItsProgress) {
  ASSERT_TRUE(create());
  EXPECT_EQ(progress.steps.front(), "start 0/6");
  EXPECT_EQ(progress.steps.back(), "start 6/6");
}

TEST_F(Create, RefusesWhatExists) {
  ASSERT_TRUE(create());
  const auto again = create();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errnum, EEXIST);
  EXPECT_EQ(again.error().message,
            "miniclusters.flux-framework.org \"flux-sample\" already exists");
}

TEST_F(Create, TwoClustersOfANamespaceShareItsNetwork) {
  ASSERT_TRUE(create());
  api::MiniCluster other = cluster;
  other.metadata.name = other.containers[0].name = "other";
  ASSERT_TRUE(create(other));
  docker.with([](fakes::FakeDockerModel& model) { EXPECT_EQ(model.networks.size(), 1u); });
  ASSERT_TRUE(remove());
  docker.with([](fakes::FakeDockerModel& model) { EXPECT_EQ(model.networks.size(), 1u); });
  ASSERT_TRUE(engine->remove({"flux-operator", "other"}, {}, progress, {}));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Create, OfTwoNetworksMadeAtOnceTheOlderStays) {
  docker.with([](fakes::FakeDockerModel& model) { model.networkRaces = 1; });
  ASSERT_TRUE(create());
  docker.with([](fakes::FakeDockerModel& model) {
    ASSERT_EQ(model.networks.size(), 1u);
    EXPECT_NE(model.networks.front().id, "younger");
  });
}

// The other command's network was not there yet when this one looked.
TEST_F(Create, ASecondNetworkThatComesLaterIsRemovedBeforeThePodsStart) {
  docker.with([](fakes::FakeDockerModel& model) {
    model.startFault = [&model, raced = false](const fakes::FakeContainer&) mutable {
      if (!std::exchange(raced, true)) {
        fakes::FakeNetwork younger = model.networks.front();
        younger.id = "younger";
        younger.createdAt += 1;
        model.networks.push_back(younger);
      }
      return std::string();
    };
  });
  ASSERT_TRUE(create());
  docker.with([](fakes::FakeDockerModel& model) {
    ASSERT_EQ(model.networks.size(), 1u);
    EXPECT_NE(model.networks.front().id, "younger");
  });
}

TEST_F(Create, AContainerThatCannotStartLeavesNothingBehind) {
  docker.with([](fakes::FakeDockerModel& model) {
    model.startFault = [](const fakes::FakeContainer& container) {
      return container.name.ends_with("_nginx") ? "exec: nginx: not found" : "";
    };
  });
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("container nginx: exec: nginx: not found"));
  EXPECT_THAT(made.error().message, HasSubstr("pod flux-sample-"));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Create, ForeignContainersAreLeftAlone) {
  ASSERT_TRUE(create());
  const std::string name = dockerName(0, "nginx");
  ASSERT_TRUE(remove());
  // The record of the next cluster has another uid, so only the services pod's names can meet
  // others.
  cluster.services = {plan::registry()};
  docker.with([&](fakes::FakeDockerModel& model) {
    model.images["registry"];
    model.containers["minicluster_flux-operator_flux-sample-services"].id = "theirs";
    model.containers["minicluster_flux-operator_flux-sample-services"].name =
        "minicluster_flux-operator_flux-sample-services";
  });
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("in use already"));
  docker.with([&](fakes::FakeDockerModel& model) {
    EXPECT_EQ(model.containers.size(), 1u);
    EXPECT_EQ(model.containers.begin()->second.id, "theirs");
  });
}

TEST_F(Create, NearlyPrivilegedWhereTheEngineCannotDoMore) {
  cluster.containers[0].security.privileged = true;
  docker.with([](fakes::FakeDockerModel& model) {
    model.startFault = [](const fakes::FakeContainer& container) {
      const bool full = docker::flagOf(objectOf(container.spec, "HostConfig"), "Privileged");
      return full ? "OCI runtime create failed: unable to apply caps: operation not permitted" : "";
    };
  });
  ASSERT_TRUE(create());
  const auto flux = containerCopy(dockerName(0, "flux-sample"));
  const auto& host = objectOf(flux.spec, "HostConfig");
  EXPECT_EQ(boost::json::serialize(host.at("CapDrop")), R"(["SYS_RESOURCE"])");
  EXPECT_EQ(boost::json::serialize(host.at("MaskedPaths")), "[]");
  EXPECT_EQ(progress.notes.size(), 1u);
}

TEST_F(Create, PodmanIsAskedForThePodsHostName) {
  ASSERT_TRUE(create());
  EXPECT_EQ(containerCopy(dockerName(0, "nginx")).hostText("UTSMode"), "");
  ASSERT_TRUE(remove());
  docker.with([](fakes::FakeDockerModel& model) { model.podman = true; });
  ASSERT_TRUE(create());
  EXPECT_EQ(containerCopy(dockerName(0, "nginx")).hostText("UTSMode"),
            "container:" + containerCopy(dockerName(0, "")).id);
}

TEST_F(Create, AClaimIsADockerVolume) {
  api::Volume claim;
  claim.name = "data";
  claim.kind = api::VolumeKind::Claim;
  claim.source = "my-data";
  claim.mountPath = "/data";
  cluster.containers[1].volumes = {claim};
  const auto missing = create();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errnum, ENOENT);
  EXPECT_THAT(missing.error().message, HasSubstr("docker volume create my-data"));
  EXPECT_TRUE(nothingLeft());

  docker.with([](fakes::FakeDockerModel& model) { model.volumes["my-data"].files["a"] = "b"; });
  ASSERT_TRUE(create());
  ASSERT_TRUE(remove());
  docker.with([](fakes::FakeDockerModel& model) {
    ASSERT_EQ(model.volumes.size(), 1u);
    EXPECT_EQ(model.volumes.at("my-data").files.at("a"), "b");
  });
}

TEST_F(Create, AnEmptyDirIsAVolumeOfThePod) {
  api::Volume scratch;
  scratch.name = "scratch";
  scratch.mountPath = "/scratch";
  cluster.containers[0].volumes = {scratch};
  ASSERT_TRUE(create());
  docker.with([](fakes::FakeDockerModel& model) { EXPECT_EQ(model.volumes.size(), 3u); });
  ASSERT_TRUE(remove());
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Create, AMissingProgramIsNamed) {
  std::filesystem::remove(directory + "/flux");
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr(directory + "/flux: No such file"));
  EXPECT_TRUE(nothingLeft());
}

TEST_F(Create, PostStartHooksRunAndMayFail) {
  cluster.containers[1].postStartExec = "warm up";
  std::vector<std::string> ran;
  docker.with([&](fakes::FakeDockerModel& model) {
    model.execResult = [&](const boost::json::object& spec) {
      ran.push_back(boost::json::serialize(spec.at("Cmd")));
      return ran.size() == 2 ? 4 : 0;
    };
  });
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message,
              HasSubstr("container nginx: its postStart hook exited with status 4"));
  EXPECT_THAT(ran, Contains(R"(["/bin/sh","-c","warm up"])"));
  EXPECT_TRUE(nothingLeft());
}

}  // namespace
}  // namespace mc::local
