// services.

#include <boost/json.hpp>

#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ServicesVerbTest : public CliTest {
 protected:
  ServicesVerbTest() {
    fake->clusterViews = {runningCluster(), runningCluster("other")};
    fake->podViews = {runningPod(0, "p5xls"), runningPod(1, "nmtt7")};
    engine::PodView other = runningPod(0, "zzzzz");
    other.name = other.plainName = other.hostname = "other-0";
    other.cluster = "other";
    other.ip = "172.18.0.9";
    fake->podViews.push_back(other);
    engine::ServiceView headless;
    headless.name = "flux-service";
    headless.ns = "default";
    headless.headless = true;
    headless.endpoints = {"172.18.0.2", "172.18.0.3", "172.18.0.9"};
    engine::ServiceView web;
    web.name = "flux-sample-nginx";
    web.ns = "default";
    web.cluster = "flux-sample";
    web.ports = {80};
    web.clusterIp = "10.0.0.7";
    web.endpoints = {"172.18.0.2", "172.18.0.3"};
    fake->serviceViews = {headless, web};
  }

  boost::json::object printed() {
    out.text.clear();
    EXPECT_EQ(run({"services", "flux-sample", "-o", "json"}), 0);
    return boost::json::parse(out.text).as_object();
  }
};

TEST_F(ServicesVerbTest, ShowsWhatStandsBehindEach) {
  EXPECT_EQ(run({"services", "flux-sample"}), 0);
  EXPECT_EQ(out.text,
            "NAME                HOST                                                   PORTS   "
            "POD                         READY   REASON\n"
            "flux-service        flux-sample-0.flux-service.default.svc.cluster.local   80      "
            "flux-sample-0-p5xls/nginx   True    <none>\n"
            "flux-service        flux-sample-1.flux-service.default.svc.cluster.local   80      "
            "flux-sample-1-nmtt7/nginx   True    <none>\n"
            "flux-sample-nginx   nginx                                                  80      "
            "flux-sample-0-p5xls/nginx   True    <none>\n"
            "flux-sample-nginx   nginx                                                  80      "
            "flux-sample-1-nmtt7/nginx   True    <none>\n");
}

TEST_F(ServicesVerbTest, SaysWhichContainerIsTheReason) {
  auto& pod = fake->podViews[0];
  pod.conditions = {{"Ready", false, "ContainersNotReady", "containers with unready status", 0}};
  pod.containers[1].ready = false;
  pod.containers[1].state = engine::ContainerState::Waiting;
  pod.containers[1].reason = "ImagePullBackOff";
  pod.containers[1].message = "no such image";
  EXPECT_EQ(run({"services", "flux-sample", "-o", "wide"}), 0);
  EXPECT_THAT(out.text, HasSubstr("False   nginx: ImagePullBackOff   172.18.0.2   "));
  EXPECT_THAT(out.text, HasSubstr("no such image\n"));
  EXPECT_THAT(out.text, HasSubstr("nginx,flux-sample-nginx,flux-sample-nginx.default,"));
  pod.containers[1].state = engine::ContainerState::Running;
  pod.containers[1].message.clear();
  out.text.clear();
  EXPECT_EQ(run({"services", "flux-sample", "-o", "wide"}), 0);
  EXPECT_THAT(out.text, HasSubstr("nginx: NotReady"));
  EXPECT_THAT(out.text, HasSubstr("containers with unready status\n"));
}

TEST_F(ServicesVerbTest, ChoosesPodsByTheSelectorWhereThereIsOne) {
  fake->serviceViews[1].object =
      std::make_shared<boost::json::object>(boost::json::parse(R"({"spec": {
          "selector": {"index": "1"}, "ports": [{"port": 8080, "targetPort": 80}]}})")
                                                .as_object());
  fake->serviceViews[1].ports = {8080};
  fake->podViews[1].ip.clear();
  const auto items = printed().at("items").as_array();
  const auto& web = items.at(1).as_object();
  ASSERT_EQ(web.at("endpoints").as_array().size(), 1u);
  const auto& endpoint = web.at("endpoints").as_array()[0].as_object();
  EXPECT_EQ(endpoint.at("pod").as_string(), "flux-sample-1-nmtt7");
  EXPECT_EQ(endpoint.at("containers").as_array()[0].as_string(), "nginx");
  EXPECT_EQ(web.at("ports").as_array()[0].as_int64(), 8080);
}

TEST_F(ServicesVerbTest, AServiceWithoutPodsSaysSo) {
  fake->podViews.clear();
  EXPECT_EQ(run({"services"}), 0);
  EXPECT_THAT(out.text, HasSubstr("80       <none>   False   NoPods\n"));
}

TEST_F(ServicesVerbTest, ShowsAllOfANamespaceOrOneCluster) {
  EXPECT_EQ(run({"services"}), 0);
  EXPECT_THAT(out.text, HasSubstr("other-0.flux-service"));
  out.text.clear();
  EXPECT_EQ(run({"services", "other"}), 0);
  EXPECT_THAT(out.text, HasSubstr("other-0.flux-service"));
  EXPECT_THAT(out.text, Not(HasSubstr("nginx.default")));
  EXPECT_THAT(out.text, Not(HasSubstr("flux-sample")));
  EXPECT_EQ(run({"services", "none"}), 1);
  EXPECT_THAT(err.text, HasSubstr("(NotFound): miniclusters.flux-framework.org \"none\""));
  out.text.clear();
  EXPECT_EQ(run({"services", "-A", "--no-headers"}), 0);
  EXPECT_TRUE(out.text.starts_with("default   flux-service"));
}

TEST_F(ServicesVerbTest, NothingThereIsSaid) {
  fake->serviceViews.clear();
  EXPECT_EQ(run({"services", "-n", "empty"}), 0);
  EXPECT_EQ(err.text, "No resources found in empty namespace.\n");
}

}  // namespace
}  // namespace mc::cli
