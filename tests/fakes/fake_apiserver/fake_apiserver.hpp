#pragma once
// A Kubernetes API server in the test's own process, honest about what clients depend on:
// resourceVersions, generations, conflicts, watches with bookmarks and 410, pages, server-side
// apply with managedFields, finalizers, garbage collection, namespaces, custom resources. What it
// has not: authentication beyond one bearer token, CEL, webhooks, scheduling, kubelets, controllers
// other than those in collector.hpp (job_controller.hpp plays the Job controller and the nodes).
//
// tests/unit/kube/api_suite* runs the same cases against this and against a real kube-apiserver.
//
// Thread-safety: all methods from any thread.

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "fakes/fake_apiserver/access.hpp"
#include "fakes/fake_apiserver/faults.hpp"
#include "fakes/fake_apiserver/request_log.hpp"
#include "fakes/fake_apiserver/resource_type.hpp"
#include "fakes/fake_apiserver/world.hpp"

namespace mc::http {
class Server;
class TlsContext;
class Exchange;
struct ServerRequest;
}  // namespace mc::http

namespace mc::fakes {

struct FakeApiServerOptions {
  std::string listen = "127.0.0.1:0";
  std::shared_ptr<http::TlsContext> tls = {};  ///< null: plain HTTP
  std::string token = {};                      ///< if set, requests without it get 401
  std::shared_ptr<base::Clock> clock = {};     ///< null: the system's
  /// Whether the garbage collector and the namespace controller work at once after each write; else
  /// only in runControllers().
  bool controllersRun = true;
};

class FakeApiServer {
 public:
  explicit FakeApiServer(FakeApiServerOptions options = {});
  ~FakeApiServer();
  FakeApiServer(const FakeApiServer&) = delete;
  FakeApiServer& operator=(const FakeApiServer&) = delete;

  /// "http://127.0.0.1:41234"
  [[nodiscard]] std::string url() const;
  /// Ends all connections; start again with restart(), on the same address, with the same state.
  void stop();
  void restart();

  RequestLog& log() { return log_; }
  Faults& faults() { return faults_; }

  // The state, without requests. Errors end the test program's run with a message: they are the
  // test's own.

  /// Any object by its apiVersion and kind, as `kubectl create` would. Returns what was stored.
  boost::json::object create(const boost::json::object& object);
  /// The object, or nothing. `type` is "jobs.batch", "pods", "miniclusters.flux-framework.org".
  [[nodiscard]] std::optional<boost::json::object> get(const std::string& type,
                                                       const std::string& ns,
                                                       const std::string& name) const;
  /// All of a type, in a namespace or (empty) everywhere.
  [[nodiscard]] std::vector<boost::json::object> list(const std::string& type,
                                                      const std::string& ns = {}) const;
  /// Changes an object, its status included; as every write, nothing happens if nothing differs.
  /// False if there is no such object.
  bool change(const std::string& type, const std::string& ns, const std::string& name,
              const std::function<void(boost::json::object&)>& work);
  /// As `kubectl delete --cascade=background`, without grace. False if there is no such object.
  bool remove(const std::string& type, const std::string& ns, const std::string& name);
  /// The same with the object's own grace: a pod on a node stays until Nodes::finishDeletions().
  bool removeGracefully(const std::string& type, const std::string& ns, const std::string& name);

  /// Blocks until `condition` holds; asked after each change. False if `seconds` pass before.
  bool await(const std::function<bool()>& condition, int seconds = 30);

  [[nodiscard]] int64_t revision() const;
  /// Seconds since the epoch, by the server's clock.
  [[nodiscard]] double wall() const { return world_.wall(); }
  /// Forgets the history: watches and pages that begin before now get 410.
  void compact();
  /// Sends a bookmark to all watches that want some.
  void sendBookmarks();
  /// Ends all watches, as a server that restarts or a proxy that times out.
  void dropWatches();
  void runControllers();

  /// Registers a resource as a CustomResourceDefinition does; its objects' schema is left open.
  void define(const boost::json::object& customResourceDefinition);
  /// How a version of "plural.group" is converted, in place of the webhook. Before define().
  void setConversion(const std::string& id, const std::string& version, Conversion toStored,
                     Conversion fromStored);
  /// Replaces a type by what `work` makes of it: other hooks, other validation.
  void changeType(const std::string& id, const std::function<void(ResourceType&)>& work);
  void setAccess(AccessRules rules);

 private:
  bool removeWith(const std::string& type, const std::string& ns, const std::string& name,
                  std::optional<int64_t> grace);
  void start(const std::string& listen);
  void serve(const http::ServerRequest& request, http::Exchange& exchange);
  void answer(const RestRequest& request, const RequestInfo& info, Fate fate, size_t number,
              http::Exchange& exchange);
  void streamWatch(const RestRequest& request, const RequestInfo& info, size_t number,
                   http::Exchange& exchange);
  [[nodiscard]] Outcome<void> admit(const RestRequest& request, const RequestInfo& info) const;

  const FakeApiServerOptions options_;
  World world_;
  RequestLog log_;
  Faults faults_;
  mutable std::mutex accessMutex_;
  AccessRules access_;
  std::string address_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace mc::fakes
