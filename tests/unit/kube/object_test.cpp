#include "kube/object.hpp"

#include <gtest/gtest.h>

#include "kube/json.hpp"

namespace mc::kube {
namespace {

const Object& pod() {
  static const Object object = parseObject(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "a-0", "namespace": "team", "uid": "u1", "resourceVersion": "17",
      "generation": 3, "labels": {"app": "a"}, "annotations": {"note": "x"},
      "ownerReferences": [
        {"kind": "Other", "uid": "o0"},
        {"kind": "Job", "uid": "o1", "controller": true}]},
    "status": {"phase": "Running", "ready": 2}})")
                                   .value();
  return object;
}

TEST(Object, FindsWhatAllHave) {
  EXPECT_EQ(keyOf(pod()).text(), "team/a-0");
  EXPECT_EQ(uidOf(pod()), "u1");
  EXPECT_EQ(resourceVersionOf(pod()), "17");
  EXPECT_EQ(generationOf(pod()), 3);
  EXPECT_EQ(labelOf(pod(), "app"), "a");
  EXPECT_EQ(annotationOf(pod(), "note"), "x");
  EXPECT_EQ(controllerUidOf(pod()), "o1");
  EXPECT_FALSE(isDeleting(pod()));
}

TEST(Object, WhatIsMissingOrOfAnotherTypeReadsAsEmpty) {
  const Object odd{{"metadata", "text"}, {"status", Object{{"phase", 3}}}};
  EXPECT_EQ(nameOf(odd), "");
  EXPECT_EQ(generationOf(odd), 0);
  EXPECT_EQ(controllerOf(odd), nullptr);
  EXPECT_EQ(findText(odd, {"status", "phase"}), "");
  EXPECT_EQ(findNumber(odd, {"status", "phase"}), 3);
  EXPECT_EQ(find(odd, {"status", "phase", "deeper"}), nullptr);
  EXPECT_EQ(findArray(odd, {"status"}), nullptr);
}

TEST(Object, TimesHaveWholeSeconds) {
  EXPECT_EQ(formatSeconds(784111777.9), "1994-11-06T08:49:37Z");
}

TEST(Resource, PathsFollowGroupAndNamespace) {
  EXPECT_EQ(collectionPath(kPods, "team"), "/api/v1/namespaces/team/pods");
  EXPECT_EQ(collectionPath(kPods, ""), "/api/v1/pods");
  EXPECT_EQ(objectPath(kJobs, "team", "a", "status"),
            "/apis/batch/v1/namespaces/team/jobs/a/status");
  EXPECT_EQ(objectPath(kNodes, "ignored", "n1"), "/api/v1/nodes/n1");
  EXPECT_EQ(objectPath(kPods, "team", "a/../b"), "/api/v1/namespaces/team/pods/a%2F..%2Fb");
  EXPECT_EQ(kJobs.groupResource(), "jobs.batch");
  EXPECT_EQ(kPods.apiVersion(), "v1");
}

TEST(Json, RefusesWhatIsTooDeepWithoutThrowing) {
  EXPECT_FALSE(parseJson(std::string(10000, '[')));
  EXPECT_FALSE(parseObject("[1]"));
  EXPECT_TRUE(parseJson(std::string(200, '[') + std::string(200, ']')));
}

}  // namespace
}  // namespace mc::kube
