#include "unit/remote/remote_fixture.hpp"

#include <boost/json.hpp>

#include "fakes/fake_engine.hpp"
#include "kube/http_client.hpp"

namespace mc::remote {

namespace json = boost::json;

namespace {

constexpr const char* kDefinition = R"({
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "miniclusters.flux-framework.org"},
  "spec": {"group": "flux-framework.org", "scope": "Namespaced",
           "names": {"plural": "miniclusters", "singular": "minicluster", "kind": "MiniCluster"},
           "versions": [{"name": "v1alpha2", "served": true, "storage": true,
                         "subresources": {"status": {}},
                         "schema": {"openAPIV3Schema": {
                             "type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}})";

constexpr const char* kFluxContainer = "flux-sample";

Access accessTo(const fakes::FakeApiServer& server, std::unique_ptr<Streams> streams) {
  kube::ClientConfig config;
  config.server = server.url();
  Access access;
  access.server = config.server;
  access.timer = std::make_unique<kube::SystemTimer>();
  access.processes = std::make_unique<base::SystemProcessRunner>();
  access.session = kube::Session::open(std::move(config), *access.timer, *access.processes).value();
  access.client = std::make_unique<kube::HttpClient>(*access.session, "test");
  access.streams = std::move(streams);
  return access;
}

json::object& statusOf(json::object& object) {
  json::value& status = object["status"];
  return status.is_object() ? status.get_object() : status.emplace_object();
}

}  // namespace

json::object parsed(std::string_view text) {
  return json::parse(text).as_object();
}

api::Document document(int size, const std::string& command) {
  const std::string text =
      "apiVersion: flux-framework.org/v1alpha2\nkind: MiniCluster\n"
      "metadata:\n  name: flux-sample\n  labels: {team: a}\n"
      "spec:\n  size: " +
      std::to_string(size) + "\n  containers:\n    - image: debian\n      command: " + command +
      "\n";
  auto read = api::read(text, "default", api::Runs::OnKubernetes);
  EXPECT_TRUE(read.problems.empty()) << read.problems.front().text("");
  return std::move(read.documents.at(0));
}

void FakeStreams::write(const std::string& place, const std::string& text) {
  const std::lock_guard lock(mutex_);
  logs_[place].text += text;
  changed_.notify_all();
}

void FakeStreams::end(const std::string& place) {
  const std::lock_guard lock(mutex_);
  logs_[place].ended = true;
  changed_.notify_all();
}

void FakeStreams::breakOff(const std::string& place) {
  const std::lock_guard lock(mutex_);
  ++logs_[place].breaks;
  changed_.notify_all();
}

void FakeStreams::awaitFollower(const std::string& place) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return logs_[place].followers > 0; });
}

base::Status FakeStreams::logs(const Place& place, const engine::LogOptions& options,
                               const LogSink& sink, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  Log& log = logs_[place.pod.name + "/" + place.container];
  const int breaks = log.breaks;
  size_t told = 0;
  ++log.followers;
  changed_.notify_all();
  for (;;) {
    changed_.wait(lock, stop, [&] {
      return !options.follow || log.text.size() > told || log.ended || log.breaks > breaks;
    });
    if (stop.stop_requested()) return base::fail(ECANCELED, "stopped");
    const std::string piece = log.text.substr(told);
    told = log.text.size();
    if (!piece.empty()) MC_TRY(sink(piece));
    if (log.breaks > breaks) return base::fail(EHOSTUNREACH, "connection reset");
    if (log.ended || !options.follow) return {};
  }
}

base::Result<std::unique_ptr<engine::Session>> FakeStreams::exec(const Place& place,
                                                                 const engine::ExecRequest& request,
                                                                 const std::stop_token&) {
  opened.push_back("exec " + place.pod.text() + "/" + place.container + ": " +
                   request.argv.front());
  if (!printed.empty())
    return std::unique_ptr<engine::Session>(
        std::make_unique<fakes::FakeSession>(printed, "", 0, nullptr));
  return base::fail(EINVAL, "no such program");
}

base::Result<std::unique_ptr<engine::Session>> FakeStreams::attach(const Place& place,
                                                                   const engine::ExecRequest&,
                                                                   const std::stop_token&) {
  opened.push_back("attach " + place.pod.text() + "/" + place.container);
  return base::fail(EINVAL, "no such container");
}

base::Status FakeStreams::forward(const kube::ObjectKey& pod, uint16_t port, const base::Fd& local,
                                  const std::stop_token&) {
  opened.push_back("forward " + pod.text() + ":" + std::to_string(port));
  return base::writeAll(local.get(), "hello");
}

RemoteTest::RemoteTest() {
  server.define(parsed(kDefinition));
  auto made = std::make_unique<FakeStreams>();
  streams = made.get();
  engine = std::make_unique<RemoteEngine>(accessTo(server, std::move(made)));
}

plan::Plan RemoteTest::planOf(const api::Document& made) {
  return plan::makePlan(made.cluster).value();
}

void RemoteTest::setStatus(const json::object& status) {
  ASSERT_TRUE(server.change("miniclusters.flux-framework.org", "default", "flux-sample",
                            [&](json::object& object) { object["status"] = status; }));
}

void RemoteTest::makePod(int index, const std::string& suffix) {
  const std::string number = std::to_string(index);
  json::object pod = parsed(R"({"apiVersion": "v1", "kind": "Pod",
    "metadata": {"namespace": "default"},
    "spec": {"containers": [{"name": "flux-sample", "image": "debian"}],
             "initContainers": [{"name": "install", "image": "minicluster"},
                                {"name": "nginx", "image": "nginx", "restartPolicy": "Always",
                                 "ports": [{"containerPort": 80}]}]}})");
  auto& metadata = pod["metadata"].get_object();
  metadata["name"] = "flux-sample-" + number + "-" + suffix;
  metadata["labels"] = json::object{{"flux-framework.org/cluster", "flux-sample"},
                                    {"batch.kubernetes.io/job-completion-index", number}};
  server.create(pod);
}

void RemoteTest::startPod(const std::string& name) {
  ASSERT_TRUE(server.change("pods", "default", name, [&](json::object& pod) {
    auto& status = statusOf(pod);
    status["phase"] = "Running";
    status["containerStatuses"] = json::array{
        json::object{{"name", kFluxContainer},
                     {"ready", true},
                     {"restartCount", 0},
                     {"state", {{"running", {{"startedAt", "2026-11-23T05:54:32Z"}}}}}}};
  }));
}

void RemoteTest::endPod(const std::string& name, int exitCode) {
  ASSERT_TRUE(server.change("pods", "default", name, [&](json::object& pod) {
    auto& status = statusOf(pod);
    status["phase"] = exitCode == 0 ? "Succeeded" : "Failed";
    status["containerStatuses"] =
        json::array{json::object{{"name", kFluxContainer},
                                 {"ready", false},
                                 {"restartCount", 0},
                                 {"state",
                                  {{"terminated",
                                    {{"exitCode", exitCode},
                                     {"reason", exitCode == 0 ? "Completed" : "Error"},
                                     {"finishedAt", "2026-11-23T05:55:32Z"}}}}}}};
  }));
}

}  // namespace mc::remote
