#pragma once
// A Docker daemon on a unix socket, for tests of src/local: it records requests, keeps the state
// that they make (fake_docker_model.hpp), and can be told to die under its client.
//
// Thread-safety: all methods from any thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_docker_model.hpp"

namespace mc::fakes {

class FakeDocker {
 public:
  FakeDocker();
  ~FakeDocker();
  FakeDocker(const FakeDocker&) = delete;
  FakeDocker& operator=(const FakeDocker&) = delete;

  /// "unix:///tmp/.../docker.sock"
  [[nodiscard]] std::string host() const;

  /// Looks at the state, or changes it.
  void with(const std::function<void(FakeDockerModel&)>& work);

  /// "POST /containers/create?name=..." of all requests so far, in the order of their arrival.
  [[nodiscard]] std::vector<std::string> requests() const;
  void forgetRequests();

  /// From the `number`-th request on (1: the next), nothing is heard of the client any more, as if
  /// it had been killed. That request itself is carried out if `carriedOut`, but its answer is
  /// lost.
  void cutAt(size_t number, bool carriedOut);
  /// Answers again.
  void mend();
  /// Whether the cut of cutAt() has happened.
  [[nodiscard]] bool cut() const;

  /// Sends this header with answers to /_ping.
  void setApiVersion(const std::string& version);
  /// Lines that a pull of `image` answers with; without "error" in the last one it is there then.
  void setPull(const std::string& image, std::vector<std::string> lines);

  /// Ends a running container, by name.
  void exitContainer(const std::string& name, int exitCode);
  /// Lets a container write.
  void write(const std::string& name, int stream, const std::string& text);
  /// Blocks until `condition` holds of the state.
  void await(const std::function<bool(FakeDockerModel&)>& condition);
  /// Called, with the lock held, after each request that changed the state.
  void onChange(std::function<void(FakeDockerModel&)> callback);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace mc::fakes
