#pragma once
// The state of the fake Docker daemon and what its calls do to it. As far as the local engine can
// tell the difference, it behaves as dockerd 20.10 does.
//
// Thread-safety: none; FakeDocker holds a lock around it.

#include <boost/json/object.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mc::fakes {

/// An HTTP answer.
struct FakeAnswer {
  int status = 200;
  std::string body;        ///< JSON, or a tar archive
  std::string statHeader;  ///< X-Docker-Container-Path-Stat
};

struct FakeCall {
  std::string method;
  std::string path;  ///< without version and query, unescaped
  std::map<std::string, std::string> query;
  std::string body;
  boost::json::object json;  ///< the body, if it is an object
};

struct FakeContainer {
  std::string id;
  std::string name;
  boost::json::object spec;  ///< as it was created
  std::string status = "created";
  int exitCode = 0;
  std::string error;
  int restarts = 0;
  double createdAt = 0;
  double startedAt = 0;
  double finishedAt = 0;
  int starts = 0;
  std::string ip;
  /// What it has written: stream (1 or 2) and text.
  std::vector<std::pair<int, std::string>> output;

  [[nodiscard]] bool running() const { return status == "running"; }
  /// When a message of `output` was written.
  [[nodiscard]] double timeOf(size_t message) const;
  [[nodiscard]] std::string stampOf(size_t message) const;
  [[nodiscard]] std::string label(const std::string& key) const;
  [[nodiscard]] std::string hostText(const std::string& key) const;
};

struct FakeVolume {
  boost::json::object labels;
  std::map<std::string, std::string> files;  ///< path in the volume to content
  std::map<std::string, int> writes;         ///< how often a file was written
};

struct FakeNetwork {
  std::string id;
  std::string name;
  boost::json::object labels;
  double createdAt = 0;
};

struct FakeImage {
  std::string user;
  std::map<std::string, std::string> files;
  boost::json::object labels;
};

struct FakeExec {
  std::string container;
  boost::json::object spec;
  int exitCode = 0;
};

class FakeDockerModel {
 public:
  std::map<std::string, FakeContainer> containers;  ///< by name
  std::map<std::string, FakeVolume> volumes;
  std::vector<FakeNetwork> networks;
  std::map<std::string, FakeImage> images;  ///< by name with tag
  std::map<std::string, FakeExec> execs;
  std::deque<boost::json::object> events;
  /// Decides about a start: a message makes it fail with HTTP 500.
  std::function<std::string(const FakeContainer&)> startFault;
  /// Another command makes the same network at the same time: so often Docker lets both succeed.
  int networkRaces = 0;
  /// Behaves as Podman where that differs.
  bool podman = false;
  /// A followed log ends before a container's last message, as it sometimes does.
  bool lastWordsAreLate = false;
  /// Exit status of a command, by its argv.
  std::function<int(const boost::json::object& execSpec)> execResult;

  /// Every call but streams (events, logs with follow, pulls, hijacked ones).
  FakeAnswer answer(const FakeCall& call);

  FakeContainer* find(const std::string& idOrName);
  void end(FakeContainer& container, int exitCode);
  /// The message with which a request for a log begins.
  size_t firstMessage(const std::string& idOrName, const FakeCall& call);
  void addEvent(const FakeContainer& container, const std::string& action);

  static FakeAnswer error(int status, const std::string& message);

 private:
  FakeAnswer containerCall(const FakeCall& call);
  FakeAnswer createContainer(const FakeCall& call);
  FakeAnswer startContainer(FakeContainer& container);
  FakeAnswer stopContainer(FakeContainer& container, int exitCode);
  FakeAnswer removeContainer(FakeContainer& container);
  FakeAnswer archiveCall(FakeContainer& container, const FakeCall& call);
  FakeAnswer listContainers(const FakeCall& call);
  FakeAnswer volumeCall(const FakeCall& call);
  FakeAnswer networkCall(const FakeCall& call);
  FakeAnswer imageCall(const FakeCall& call);
  FakeAnswer execCall(const FakeCall& call);
  FakeAnswer inspect(const FakeContainer& container) const;
  FakeVolume* volumeAt(const FakeContainer& container, const std::string& path, std::string& rest);
  void mountVolumes(const FakeContainer& container);
  std::string newId();
  double now();

  int ids_ = 0;
  double clock_ = 0;
};

}  // namespace mc::fakes
