#include "fakes/fake_apiserver/request.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_apiserver/request_log.hpp"

namespace mc::fakes {
namespace {

std::string meaning(const std::string& method, const std::string& path,
                    const std::string& query = {}, const std::string& contentType = {}) {
  RestRequest request{method, path, {}, "", contentType, "", "", ""};
  if (!query.empty()) request.query.emplace_back(query, "true");
  return LoggedRequest{readRequest(request), path}.text();
}

TEST(RequestTest, VerbsAndPaths) {
  EXPECT_EQ(meaning("GET", "/api/v1/namespaces/n/pods/p"), "get pods n/p");
  EXPECT_EQ(meaning("GET", "/api/v1/namespaces/n/pods"), "list pods n");
  EXPECT_EQ(meaning("GET", "/apis/batch/v1/jobs", "watch"), "watch jobs");
  EXPECT_EQ(meaning("POST", "/apis/batch/v1/namespaces/n/jobs"), "create jobs n");
  EXPECT_EQ(meaning("PUT", "/apis/g.x/v1/namespaces/n/things/t/status"),
            "update things/status n/t");
  EXPECT_EQ(meaning("PATCH", "/api/v1/namespaces/n/pods/p", "", "application/merge-patch+json"),
            "patch pods n/p");
  EXPECT_EQ(meaning("PATCH", "/api/v1/namespaces/n/pods/p", "", "application/apply-patch+yaml"),
            "apply pods n/p");
  EXPECT_EQ(meaning("DELETE", "/api/v1/namespaces/n/pods"), "deletecollection pods n");
}

TEST(RequestTest, NamespacesThemselves) {
  EXPECT_EQ(meaning("GET", "/api/v1/namespaces"), "list namespaces");
  EXPECT_EQ(meaning("DELETE", "/api/v1/namespaces/n"), "delete namespaces n");
  EXPECT_EQ(meaning("PUT", "/api/v1/namespaces/n/status"), "update namespaces/status n");
}

TEST(RequestTest, OtherPaths) {
  EXPECT_EQ(meaning("GET", "/version"), "raw /version");
  EXPECT_EQ(meaning("GET", "/apis/batch/v1"), "raw /apis/batch/v1");
  EXPECT_EQ(meaning("GET", "/api/v1"), "raw /api/v1");
}

}  // namespace
}  // namespace mc::fakes
