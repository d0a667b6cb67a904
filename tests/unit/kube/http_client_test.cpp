// What goes over the wire for each verb.

#include "kube/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_timer.hpp"
#include "unit/kube/scripted_server.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kObject = R"({"metadata":{"name":"a","extra":"kept"}})";

class HttpClientTest : public testing::Test {
 protected:
  /// The client of a server that answers everything so.
  Client& clientOf(ScriptedServer::Script script) {
    server = std::make_unique<ScriptedServer>(std::move(script));
    return connect();
  }
  Client& clientOf(http::Handler handler) {
    server = std::make_unique<ScriptedServer>(std::move(handler));
    return connect();
  }
  Client& answering(const std::string& body, int status = 200) {
    return clientOf(ScriptedServer::Script([=](const auto&) { return json(status, body); }));
  }
  std::string seen() const { return server->last().method + " " + server->last().target; }
  std::string body() const { return server->last().body; }

  const Object object{{"metadata", Object{{"name", "a"}, {"namespace", "team"}}}};
  fakes::FakeTimer timer;
  base::SystemProcessRunner processes;
  std::unique_ptr<ScriptedServer> server;

 private:
  Client& connect() {
    ClientConfig config;
    config.server = server->url();
    session_ = Session::open(config, timer, processes).value();
    client_ = std::make_unique<HttpClient>(*session_, "me");
    return *client_;
  }
  std::unique_ptr<Session> session_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, Get) {
  Client& client = answering(kObject);
  const Object got = client.get(kPods, {"team", "a"}, {}, {}).value();
  EXPECT_EQ(findText(got, {"metadata", "extra"}), "kept");
  EXPECT_EQ(seen(), "GET /api/v1/namespaces/team/pods/a");
  EXPECT_EQ(server->last().header("Accept"), "application/json");
  ASSERT_TRUE(
      client.get(kPods, {"team", "a"}, {.subresource = "status", .metadataOnly = true}, {}));
  EXPECT_EQ(seen(), "GET /api/v1/namespaces/team/pods/a/status");
  EXPECT_THAT(server->last().header("Accept"),
              HasSubstr("as=PartialObjectMetadata;g=meta.k8s.io;v=v1"));
}

TEST_F(HttpClientTest, ListOfSeveralPages) {
  Client& client = clientOf(ScriptedServer::Script([](const http::ServerRequest& request) {
    if (request.parameter("continue") == "p2")
      return json(200,
                  R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"b"}}]})");
    return json(200, R"({"metadata":{"resourceVersion":"9","continue":"p2"},
                         "items":[{"metadata":{"name":"a"}}]})");
  }));
  std::vector<std::string> names;
  const auto info = client.list(kPods, {.ns = "team", .labelSelector = "app=x,y!=z", .pageSize = 1},
                                [&](const Object& item) {
                                  names.emplace_back(nameOf(item));
                                  EXPECT_EQ(findText(item, {"kind"}), "Pod");
                                  EXPECT_EQ(findText(item, {"apiVersion"}), "v1");
                                },
                                {});
  EXPECT_EQ(info.value().resourceVersion, "9");
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_EQ(server->requests()[0].parameter("labelSelector"), "app=x,y!=z");
  EXPECT_EQ(server->requests()[0].parameter("limit"), "1");
  EXPECT_EQ(server->requests().size(), 2u);
}

TEST_F(HttpClientTest, ListOfMetadata) {
  Client& client = answering(R"({"metadata":{},"items":[]})");
  ASSERT_TRUE(client.list(kSecrets, {.metadataOnly = true}, [](const Object&) {}, {}));
  EXPECT_EQ(seen(), "GET /api/v1/secrets?limit=500");
  EXPECT_THAT(server->last().header("Accept"), HasSubstr("as=PartialObjectMetadataList"));
}

TEST_F(HttpClientTest, WatchUntilTheServerEndsIt) {
  Client& client = answering(R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})"
                             "\n"
                             R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}})"
                             "\n"
                             R"({"type":"DELETED","object":{"metadata":{"name":"a"}}})"
                             "\n");
  std::vector<EventType> types;
  ASSERT_TRUE(client.watch(kPods, {.ns = "team", .resourceVersion = "5", .serverTimeout = 300s},
                           [&](const WatchEvent& event) {
                             types.push_back(event.type);
                             return true;
                           },
                           {}));
  EXPECT_THAT(types, ElementsAre(EventType::Added, EventType::Bookmark, EventType::Deleted));
  EXPECT_EQ(seen(),
            "GET /api/v1/namespaces/team/pods?watch=true&resourceVersion=5&"
            "allowWatchBookmarks=true&timeoutSeconds=300");
}

TEST_F(HttpClientTest, AWatchsErrorEventIsAnError) {
  Client& client = answering(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})"
      "\n");
  const auto outcome = client.watch(kPods, {}, [](const WatchEvent&) { return true; }, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::Gone);
}

TEST_F(HttpClientTest, EventsComeWhileTheWatchGoesOnAndAStopEndsIt) {
  Client& client = clientOf(http::Handler([](const http::ServerRequest&, http::Exchange& exchange) {
    if (!exchange.begin(json(200, R"({"type":"ADDED","object":{}})"
                                  "\n")))
      return;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, exchange.stop(), [] { return false; });
  }));
  std::stop_source stop;
  const auto outcome = client.watch(kPods, {},
                                    [&](const WatchEvent&) {
                                      stop.request_stop();
                                      return true;
                                    },
                                    {.stop = stop.get_token()});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::Canceled);
}

TEST_F(HttpClientTest, TheListenerMayEndAWatch) {
  Client& client = clientOf(http::Handler([](const http::ServerRequest&, http::Exchange& exchange) {
    (void)exchange.begin(json(200, ""));
    while (exchange.write("{\"type\":\"MODIFIED\",\"object\":{}}\n")) {
    }
  }));
  int left = 5;
  EXPECT_TRUE(client.watch(kPods, {}, [&](const WatchEvent&) { return --left > 0; }, {}));
  EXPECT_EQ(left, 0);
}

TEST_F(HttpClientTest, Create) {
  Client& client = answering(kObject, 201);
  ASSERT_TRUE(client.create(kJobs, object, {.dryRun = true}, {}));
  EXPECT_EQ(seen(),
            "POST /apis/batch/v1/namespaces/team/jobs?fieldManager=me&"
            "fieldValidation=Strict&dryRun=All");
  EXPECT_EQ(body(), R"({"metadata":{"name":"a","namespace":"team"}})");
  EXPECT_EQ(server->last().header("Content-Type"), "application/json");
}

TEST_F(HttpClientTest, Update) {
  Client& client = answering(kObject);
  ASSERT_TRUE(client.update(kJobs, object, {.fieldManager = "other", .subresource = "status"}, {}));
  EXPECT_EQ(seen(),
            "PUT /apis/batch/v1/namespaces/team/jobs/a/status?fieldManager=other&"
            "fieldValidation=Strict");
  EXPECT_EQ(client.update(kJobs, Object(), {}, {}).error().reason, Reason::Invalid);
}

TEST_F(HttpClientTest, Patch) {
  Client& client = answering(kObject);
  const auto type = [&](PatchType which) {
    EXPECT_TRUE(client.patch(kPods, {"team", "a"}, which, Object{{"x", 1}},
                             {.fieldValidation = FieldValidation::Ignore}, {}));
    return server->last().header("Content-Type");
  };
  EXPECT_EQ(type(PatchType::Merge), "application/merge-patch+json");
  EXPECT_EQ(type(PatchType::Json), "application/json-patch+json");
  EXPECT_EQ(type(PatchType::StrategicMerge), "application/strategic-merge-patch+json");
  EXPECT_EQ(seen(), "PATCH /api/v1/namespaces/team/pods/a?fieldManager=me&fieldValidation=Ignore");
  EXPECT_EQ(body(), R"({"x":1})");
}

TEST_F(HttpClientTest, Apply) {
  Client& client = answering(kObject);
  ASSERT_TRUE(client.apply(kJobs, object, {.metadataOnly = true}, {}));
  EXPECT_EQ(seen(),
            "PATCH /apis/batch/v1/namespaces/team/jobs/a?fieldManager=me&"
            "fieldValidation=Strict&force=true");
  EXPECT_EQ(server->last().header("Content-Type"), "application/apply-patch+yaml");
  EXPECT_THAT(server->last().header("Accept"), HasSubstr("as=PartialObjectMetadata;"));
}

TEST_F(HttpClientTest, Remove) {
  Client& client = answering(R"({"kind":"Status","status":"Success"})");
  ASSERT_TRUE(client.remove(
      kPods, {"team", "a"},
      {.propagation = Propagation::Foreground, .uid = "u1", .gracePeriodSeconds = 0}, {}));
  EXPECT_EQ(seen(), "DELETE /api/v1/namespaces/team/pods/a");
  EXPECT_EQ(body(), R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground",)"
                    R"("gracePeriodSeconds":0,"preconditions":{"uid":"u1"}})");
}

TEST_F(HttpClientTest, Raw) {
  Client& client = answering(R"({"major":"1"})");
  EXPECT_EQ(client.getRaw("/version", {}).value().at("major").as_string(), "1");
  EXPECT_EQ(seen(), "GET /version");
  EXPECT_EQ(answering("<html>").getRaw("/version", {}).error().reason, Reason::BadResponse);
}

}  // namespace
}  // namespace mc::kube
