// What stands behind pods and Services, and the Secrets of a namespace.

#include <boost/json.hpp>
#include <thread>

#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

using engine::Forwarded;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Ports : public RemoteTest {
 protected:
  /// A pod of somebody else, with labels app=NAME.
  void makeStranger(const std::string& name, const std::string& phase, bool ready = true) {
    server.create(parsed(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": ")" + name +
                         R"(", "namespace": "default", "labels": {"app": "mq"}},
        "spec": {"containers": [{"name": "x", "image": "x",
            "ports": [{"name": "amqps", "containerPort": 5671}]}]}})"));
    EXPECT_TRUE(server.change("pods", "default", name, [&](boost::json::object& pod) {
      pod["status"] = {{"phase", phase},
                       {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}}};
    }));
  }

  void makeService(const std::string& spec) {
    server.create(parsed(R"({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "rabbitmq", "namespace": "default"}, "spec": )" +
                         spec + "}"));
  }

  base::Result<engine::Backend> behind(Forwarded kind, const std::string& name) {
    return engine->backend(kind, "default", name, std::chrono::milliseconds(10'000), {});
  }

  std::string refusal(Forwarded kind, const std::string& name) {
    const auto found = behind(kind, name);
    return found ? "found " + found->pod : found.error().message;
  }
};

constexpr const char* kSpec = R"({"selector": {"app": "mq"}, "ports": [
    {"name": "tls", "port": 5671, "targetPort": "amqps"}, {"name": "web", "port": 80, "targetPort": 8080},
    {"name": "admin", "port": 15672}]})";

TEST_F(Ports, OfAServiceAreThoseOfAReadyPod) {
  makeStranger("mq-1", "Pending");
  makeStranger("mq-2", "Running", false);
  makeStranger("mq-3", "Running");
  makeService(kSpec);
  const auto found = behind(Forwarded::Service, "rabbitmq");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->pod, "mq-3");
  ASSERT_EQ(found->ports.size(), 3U);
  EXPECT_EQ(found->ports[0].name, "tls");
  EXPECT_EQ(found->ports[0].target, 5671);
  EXPECT_EQ(found->ports[1].target, 8080);
  EXPECT_EQ(found->ports[2].target, 15672);
}

TEST_F(Ports, AreWaitedForUntilAPodRuns) {
  makeService(kSpec);
  std::thread kubelet([this] { makeStranger("mq-1", "Running"); });
  const auto found = behind(Forwarded::Service, "rabbitmq");
  kubelet.join();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->pod, "mq-1");
  const auto late =
      engine->backend(Forwarded::Service, "default", "rabbitmq", std::chrono::milliseconds(0), {});
  EXPECT_TRUE(late || late.error().errnum == ETIMEDOUT);
}

TEST_F(Ports, OfAPodAreThoseWithNames) {
  makeStranger("mq-1", "Running");
  const auto found = behind(Forwarded::Pod, "mq-1");
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->ports.size(), 1U);
  EXPECT_EQ(found->ports[0].name, "amqps");
  makePod(0, "abcde");
  startPod("flux-sample-0-abcde");
  EXPECT_EQ(behind(Forwarded::Pod, "flux-sample-0").value().pod, "flux-sample-0-abcde");
}

TEST_F(Ports, WhatCantBeForwardedIsSaid) {
  EXPECT_EQ(refusal(Forwarded::Pod, "none"), "pods \"none\" not found");
  EXPECT_EQ(refusal(Forwarded::Service, "none"), "services \"none\" not found");
  makeService(R"({"ports": [{"port": 80}]})");
  EXPECT_EQ(refusal(Forwarded::Service, "rabbitmq"),
            "invalid service 'rabbitmq': Service is defined without a selector");
  makeStranger("mq-1", "Failed");
  EXPECT_EQ(refusal(Forwarded::Pod, "mq-1"),
            "unable to forward port because pod is not running. Current status=Failed");
}

TEST_F(Ports, ConnectionsGoToThePod) {
  base::Pipe pipe = std::move(base::makePipe().value());
  ASSERT_TRUE(engine->forward("default", "mq-1", 5671, pipe.write, {}));
  pipe.write.reset();
  EXPECT_EQ(base::readAll(pipe.read.get(), "pipe").value(), "hello");
  EXPECT_THAT(streams->opened, ElementsAre("forward default/mq-1:5671"));
}

TEST_F(Ports, SecretsAreMadeReadAndReplaced) {
  const engine::Secret secret{
      "default", "mq-server", "Opaque", {{"a", "b"}}, {{"key", std::string("\0\xff", 2)}}};
  EXPECT_EQ(engine->secret("default", "mq-server", {}).error().errnum, ENOENT);
  ASSERT_TRUE(engine->createSecret(secret, {}));
  const auto again = engine->createSecret(secret, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errnum, EEXIST);
  EXPECT_THAT(again.error().message, HasSubstr("secrets \"mq-server\" already exists"));
  auto stored = engine->secret("default", "mq-server", {});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->data, secret.data);
  EXPECT_EQ(stored->labels, secret.labels);
  stored->data = {{"other", "x"}};
  ASSERT_TRUE(engine->replaceSecret(*stored, {}));
  EXPECT_EQ(engine->secret("default", "mq-server", {})->data, stored->data);
}

}  // namespace
}  // namespace mc::remote
