#include "remote/pod_status.hpp"

#include "unit/remote/remote_fixture.hpp"

namespace mc::remote {
namespace {

/// "STATUS READY RESTARTS" of a pod with one container "main", init container "setup" and native
/// sidecar "web".
std::string lineOf(const std::string& status, const std::string& metadata = "{}") {
  const PodSummary summary = summarize(parsed(
      R"({"spec": {"containers": [{"name": "main"}],
                   "initContainers": [{"name": "setup"},
                                      {"name": "web", "restartPolicy": "Always"}]},
          "metadata": )" +
      metadata + R"(, "status": )" + status + "}"));
  return summary.status + " " + std::to_string(summary.ready) + " " +
         std::to_string(summary.restarts);
}

constexpr const char* kSetupDone = R"({"name": "setup", "state": {"terminated": {"exitCode": 0}}})";

std::string withInit(const std::string& statuses, const std::string& rest = "") {
  return R"({"phase": "Pending", "initContainerStatuses": [)" + statuses + "]" + rest + "}";
}

TEST(PodStatus, IsThePhaseOrItsReason) {
  EXPECT_EQ(lineOf(R"({"phase": "Pending"})"), "Pending 0 0");
  EXPECT_EQ(lineOf(R"({"phase": "Failed", "reason": "Evicted"})"), "Evicted 0 0");
  EXPECT_EQ(lineOf(R"({"phase": "Pending", "conditions":
      [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]})"),
            "SchedulingGated 0 0");
}

TEST(PodStatus, TellsHowFarInitContainersAre) {
  const std::string waiting =
      R"({"name": "setup", "state": {"waiting": {"reason": "PodInitializing"}}})";
  EXPECT_EQ(lineOf(withInit(waiting)), "Init:0/2 0 0");
  const std::string unstarted =
      R"({"name": "web", "started": false, "restartCount": 2, "state": {"running": {}}})";
  EXPECT_EQ(lineOf(withInit(std::string(kSetupDone) + "," + unstarted)), "Init:1/2 0 2");
  const std::string pulling =
      R"({"name": "setup", "state": {"waiting": {"reason": "ImagePullBackOff"}}})";
  EXPECT_EQ(lineOf(withInit(pulling)), "Init:ImagePullBackOff 0 0");
  const std::string failed = R"({"name": "setup", "state": {"terminated": {"exitCode": 3}}})";
  EXPECT_EQ(lineOf(withInit(failed)), "Init:ExitCode:3 0 0");
  const std::string killed =
      R"({"name": "setup", "state": {"terminated": {"exitCode": 137, "signal": 9}}})";
  EXPECT_EQ(lineOf(withInit(killed)), "Init:Signal:9 0 0");
}

TEST(PodStatus, CountsNativeSidecarsAsContainers) {
  const std::string web =
      R"({"name": "web", "started": true, "ready": true, "restartCount": 1,
          "state": {"running": {}}})";
  const std::string main =
      R"(, "containerStatuses": [{"name": "main", "ready": true, "restartCount": 2,
                                  "state": {"running": {}}}])";
  std::string status = withInit(std::string(kSetupDone) + "," + web, main);
  status.replace(status.find("Pending"), 7, "Running");
  EXPECT_EQ(lineOf(status), "Running 2 3");
}

TEST(PodStatus, IsTheReasonOfTheFirstContainerThatHasOne) {
  EXPECT_EQ(lineOf(R"({"phase": "Running", "containerStatuses": [
      {"name": "main", "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]})"),
            "CrashLoopBackOff 0 4");
  EXPECT_EQ(lineOf(R"({"phase": "Failed", "containerStatuses": [
      {"name": "main", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]})"),
            "Error 0 0");
  EXPECT_EQ(lineOf(R"({"phase": "Failed", "containerStatuses": [
      {"name": "main", "state": {"terminated": {"exitCode": 7}}}]})"),
            "ExitCode:7 0 0");
}

TEST(PodStatus, OfOneThatIsPartlyDone) {
  const auto partly = [](const char* ready) {
    return std::string(R"({"phase": "Running", "conditions": [{"type": "Ready", "status": ")") +
           ready + R"("}], "containerStatuses": [
        {"name": "done", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
        {"name": "main", "ready": true, "state": {"running": {}}}]})";
  };
  EXPECT_EQ(lineOf(partly("True")), "Running 1 0");
  EXPECT_EQ(lineOf(partly("False")), "NotReady 1 0");
}

TEST(PodStatus, OfOneThatIsDeleted) {
  const char* deleted = R"({"deletionTimestamp": "2026-11-23T05:54:32Z"})";
  EXPECT_EQ(lineOf(R"({"phase": "Running"})", deleted), "Terminating 0 0");
  EXPECT_EQ(lineOf(R"({"phase": "Running", "reason": "NodeLost"})", deleted), "Unknown 0 0");
  EXPECT_EQ(lineOf(R"({"phase": "Succeeded"})", deleted), "Succeeded 0 0");
}

TEST(PodStatus, BearsNonsense) {
  EXPECT_EQ(lineOf(R"({"phase": 7, "containerStatuses": [1, {"state": []}], "conditions": "x"})"),
            " 0 0");
}

}  // namespace
}  // namespace mc::remote
