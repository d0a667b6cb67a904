#include "cli/errors.hpp"
#include "cli/forwarded_ports.hpp"
#include "cli/pods.hpp"
#include "cli/resources.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDescription =
    "Connections to ports of this machine are carried to ports of a pod, also to servers that "
    "only listen at the pod's own 127.0.0.1; nothing needs to be published. Goes on until Ctrl-C, "
    "or until the pod is gone. A Service stands for one of its pods.";

constexpr const char* kExamples =
    R"(# Port 8080 of this machine leads to port 80 of the lead pod
minicluster port-forward flux-sample-0 8080:80 -n flux-operator

# The same of a MiniCluster's lead and of a Service
minicluster port-forward mc/flux-sample 8080:80
minicluster port-forward svc/rabbitmq 5671 15672

# A free local port, which is printed
minicluster port-forward flux-sample-services :5000

# For other machines, too
minicluster port-forward --address 0.0.0.0 flux-sample-0 8080:80)";

/// What was named on the command line.
struct Named {
  engine::Forwarded kind = engine::Forwarded::Pod;
  std::string name;
};

class PortForwardVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"port-forward",
            VerbGroup::Debug,
            "Forward local ports to a pod",
            kDescription,
            kExamples,
            "(POD | SERVICE | TYPE/NAME) [LOCAL_PORT:]REMOTE_PORT ...",
            Completes::Pods,
            {}};
  }

  void declare(OptionSet& options) override {
    options.list("address", &addresses_,
                 "Addresses to listen on (comma separated): IP addresses, or localhost, which "
                 "stands for 127.0.0.1 and ::1. If absent, localhost.");
    options.duration("pod-running-timeout", &timeout_,
                     "How long to wait until at least one pod is running.");
  }

  base::Result<int> run(Context& context) override;

 private:
  base::Status prepare(Context& context);
  base::Result<Named> resolve(Context& context, const std::string& word);
  base::Result<engine::Backend> await(Context& context, const Named& named);
  base::Status listen(Context& context, http::Forwarder& forwarder, http::PortPair pair);
  base::Status listenAll(Context& context, http::Forwarder& forwarder, const Named& named,
                         const engine::Backend& backend);
  http::Forwarder::Options options(Context& context, engine::Engine& engine,
                                   const std::string& pod);

  std::vector<std::string> addresses_;
  std::chrono::nanoseconds timeout_ = std::chrono::minutes(1);
  std::vector<PortRequest> ports_;
  int listening_ = 0;  ///< sockets
};

base::Status PortForwardVerb::prepare(Context& context) {
  if (context.args.size() < 2)
    return base::pass(
        usageError("port-forward", "TYPE/NAME and list of ports are required for port-forward"));
  for (size_t i = 1; i < context.args.size(); ++i) {
    MC_TRY_ASSIGN(auto port, parsePort(context.args[i]));
    ports_.push_back(std::move(port));
  }
  if (addresses_.empty()) addresses_ = {"localhost"};
  MC_TRY_ASSIGN(addresses_, parseAddresses(addresses_));
  return {};
}

/// A word without TYPE is a pod, a MiniCluster, or else a Service.
base::Result<Named> PortForwardVerb::resolve(Context& context, const std::string& word) {
  const bool typed = word.find('/') != std::string::npos && !isManifestName(word);
  if (typed) {
    MC_TRY_ASSIGN(const ObjectName object, parseObjectName(word, Kind::Pod));
    if (object.kind == Kind::Service) return Named{engine::Forwarded::Service, object.name};
  }
  const auto pod = findPod(context, "port-forward", word);
  if (pod) return Named{engine::Forwarded::Pod, pod->name};
  if (typed || pod.error().errnum != ENOENT) return base::pass(pod.error());
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(const auto services,
                fromServer(engine->services(context.ns(), context.stopToken())));
  for (const auto& service : services)
    if (service.name == word) return Named{engine::Forwarded::Service, word};
  return base::pass(pod.error());
}

base::Result<engine::Backend> PortForwardVerb::await(Context& context, const Named& named) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout_);
  auto backend =
      engine->backend(named.kind, context.ns(), named.name, timeout, context.stopToken());
  if (backend || backend.error().errnum != ETIMEDOUT) {
    // What the verb itself refuses needs no server's name.
    return backend || backend.error().errnum == EINVAL ? std::move(backend)
                                                       : fromServer(std::move(backend));
  }
  return base::fail(ETIMEDOUT, "timed out waiting for a pod of " + named.name + " to run");
}

/// At all addresses; a free port that one of them got is taken for the others, too.
base::Status PortForwardVerb::listen(Context& context, http::Forwarder& forwarder,
                                     http::PortPair pair) {
  std::string why;
  bool any = false;
  for (const auto& address : addresses_) {
    const auto bound = forwarder.listen(address, pair);
    if (!bound) {
      why += (why.empty() ? "" : "; ") + bound.error().message;
      continue;
    }
    any = true;
    ++listening_;
    pair = *bound;
    MC_TRY(context.out.write("Forwarding from " + placeText(address, pair.local) + " -> " +
                             std::to_string(pair.remote) + "\n"));
  }
  if (any) return {};
  return context.err.write("Unable to listen on port " + std::to_string(pair.local) + ": " + why +
                           "\n");
}

base::Status PortForwardVerb::listenAll(Context& context, http::Forwarder& forwarder,
                                        const Named& named, const engine::Backend& backend) {
  std::vector<http::PortPair> pairs;
  for (const auto& request : ports_) {
    MC_TRY_ASSIGN(const auto pair, resolvePort(request, named.kind, named.name, backend));
    pairs.push_back(pair);
  }
  for (const auto& pair : pairs) MC_TRY(listen(context, forwarder, pair));
  if (listening_ > 0) return {};
  return base::fail(EADDRINUSE, "unable to listen on any of the requested ports");
}

http::Forwarder::Options PortForwardVerb::options(Context& context, engine::Engine& engine,
                                                  const std::string& pod) {
  http::Forwarder::Options options;
  options.carry = [&engine, pod, ns = context.ns()](uint16_t port, const base::Fd& local,
                                                    const std::stop_token& stop) {
    return engine.forward(ns, pod, port, local, stop);
  };
  // Nobody is left to be told where stdout or stderr fails.
  options.onConnection = [&context](const http::PortPair& pair) {
    (void)context.out.write("Handling connection for " + std::to_string(pair.local) + "\n");
  };
  options.onError = [&context, pod](const http::PortPair& pair, const base::Error& error) {
    (void)context.err.write("error: an error occurred forwarding " + std::to_string(pair.local) +
                            " -> " + std::to_string(pair.remote) + " of pod " + pod + ": " +
                            error.message + "\n");
  };
  return options;
}

base::Result<int> PortForwardVerb::run(Context& context) {
  MC_TRY(prepare(context));
  MC_TRY_ASSIGN(const Named named, resolve(context, context.args.front()));
  MC_TRY_ASSIGN(const auto backend, await(context, named));
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  http::Forwarder forwarder(options(context, *engine, backend.pod));
  MC_TRY(listenAll(context, forwarder, named, backend));
  MC_TRY(forwarder.start());
  engine::Until gone;
  gone.deleted = true;
  const auto ended = engine->waitPod(context.ns(), backend.pod, gone, context.stopToken());
  // Ctrl-C is how it is meant to end.
  if (!ended && ended.error().errnum == ECANCELED && context.signals.received() == SIGINT) return 0;
  if (!ended) return base::pass(ended.error());
  return base::fail(ENOENT, "lost connection to pod");
}

}  // namespace

std::unique_ptr<Verb> makePortForwardVerb() {
  return std::make_unique<PortForwardVerb>();
}

}  // namespace mc::cli
