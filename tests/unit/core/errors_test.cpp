// What is wrong with a manifest, and where: line, column, field, cause and cure.

#include <gmock/gmock.h>

#include "core/read.hpp"

namespace mc::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problemsOf(const std::string& text) {
  std::vector<std::string> texts;
  for (const auto& problem : read(text, "default").problems) texts.push_back(problem.text("f"));
  return texts;
}

std::string deployment(const std::string& container) {
  return "apiVersion: apps/v1\n"
         "kind: Deployment\n"
         "metadata: {name: web}\n"
         "spec:\n"
         "  selector: {matchLabels: {app: web}}\n"
         "  template:\n"
         "    metadata: {labels: {app: web}}\n"
         "    spec:\n"
         "      containers:\n"
         "      - name: web\n"
         "        image: nginx\n" +
         container;
}

TEST(Errors, UnknownFieldsAreNamedWithWhatWasMeant) {
  EXPECT_THAT(problemsOf(deployment("        commmand: [a]\n")),
              ElementsAre("f:12:9: spec.template.spec.containers[0].commmand: unknown field (did "
                          "you mean `command`?)"));
}

TEST(Errors, WrongTypesAndValues) {
  EXPECT_THAT(problemsOf(deployment("        command: run it\n")),
              ElementsAre(HasSubstr("f:12:18: spec.template.spec.containers[0].command: must be a "
                                    "list, not a string")));
  EXPECT_THAT(problemsOf(deployment("        ports: [{containerPort: 70000}]\n")),
              ElementsAre(HasSubstr("must be from 1 to 65535")));
  EXPECT_THAT(problemsOf(deployment("        imagePullPolicy: Sometimes\n")),
              ElementsAre(HasSubstr("must be Always, IfNotPresent or Never")));
}

TEST(Errors, MissingFields) {
  EXPECT_THAT(problemsOf("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"),
              testing::Contains(HasSubstr("spec.containers: missing")));
}

TEST(Errors, ApiVersionsBelongToKinds) {
  EXPECT_THAT(problemsOf("apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}\n"),
              testing::Contains(HasSubstr("apiVersion: of a Deployment must be apps/v1")));
}

TEST(Errors, KindsThatAreNotTaken) {
  EXPECT_THAT(problemsOf("apiVersion: apps/v1\nkind: Deployent\nmetadata: {name: a}\n"),
              ElementsAre("f:2:7: kind: `Deployent` is not taken (did you mean `Deployment`?)"));
  EXPECT_THAT(problemsOf("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\n"),
              ElementsAre(HasSubstr("these kinds are taken: MiniCluster, Deployment, Pod")));
}

TEST(Errors, SelectorsChooseTheirOwnPods) {
  std::string text = deployment("");
  text.replace(text.find("matchLabels: {app: web}"), 23, "matchLabels: {app: other}");
  EXPECT_THAT(problemsOf(text),
              ElementsAre(HasSubstr("the pods do not have this label (add `app: other` to")));
}

TEST(Errors, MountsNameVolumes) {
  EXPECT_THAT(problemsOf(deployment("        volumeMounts: [{name: data, mountPath: /data}]\n")),
              ElementsAre(HasSubstr("volumeMounts[0].name: the pod has no volume `data`")));
}

TEST(Errors, ProbesAskOneThing) {
  EXPECT_THAT(problemsOf(deployment("        readinessProbe: {periodSeconds: 1}\n")),
              ElementsAre(HasSubstr("readinessProbe: says nothing (give exactly one of exec")));
  EXPECT_THAT(problemsOf(deployment("        readinessProbe: {tcpSocket: {port: http}}\n")),
              ElementsAre(HasSubstr("no port of the container is named `http`")));
}

TEST(Errors, VariablesHaveOneSource) {
  EXPECT_THAT(problemsOf(deployment("        env: [{name: A, value: b, valueFrom: {secretKeyRef: "
                                    "{name: s, key: k}}}]\n")),
              ElementsAre(HasSubstr("may not be given together with `value`")));
}

TEST(Errors, WhatNeedsKubernetesSaysWhatToDo) {
  EXPECT_THAT(problemsOf(deployment("        ports: [{containerPort: 80, hostPort: 8080}]\n")),
              ElementsAre(HasSubstr("needs Kubernetes: ports of the machine (use `minicluster "
                                    "port-forward`)")));
}

TEST(Errors, SecretsAreNeverShown) {
  const auto problems = problemsOf(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: s3cret!}\n"
      "stringData: {other: [s3cret]}\n");
  EXPECT_THAT(problems, testing::Not(IsEmpty()));
  for (const auto& problem : problems) EXPECT_THAT(problem, testing::Not(HasSubstr("s3cret")));
}

TEST(Errors, NamesAreUniqueWithinAKind) {
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  EXPECT_THAT(problemsOf(map + "---\n" + map),
              ElementsAre(HasSubstr("a second ConfigMap `a` in namespace `default`; the first is "
                                    "on line 3")));
  EXPECT_THAT(problemsOf(map + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"),
              IsEmpty());
}

}  // namespace
}  // namespace mc::core
