#include "cli/instance.hpp"

#include "cli/errors.hpp"
#include "cli/pods.hpp"
#include "entry/settings.hpp"

namespace mc::cli {

namespace {

std::vector<std::string> entering(const std::vector<std::string>& command) {
  std::vector<std::string> argv = {std::string(entry::kMountPath) + "/" + entry::kEntryFile,
                                   "enter"};
  if (command.empty()) return argv;
  argv.emplace_back("--");
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

}  // namespace

base::Result<engine::PodView> runningLead(Context& context, const engine::ClusterRef& ref) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(const auto cluster, fromServer(engine->minicluster(ref, context.stopToken())));
  if (cluster.finished)
    return base::fail(EINVAL, "minicluster \"" + ref.name +
                                  "\" has ended: its job's exit status is " +
                                  std::to_string(cluster.exitCode));
  MC_TRY_ASSIGN(auto lead, findLead(context, ref));
  const bool runs =
      !lead.containers.empty() && lead.containers.front().state == engine::ContainerState::Running;
  if (!runs)
    return base::fail(EINVAL, "the lead of minicluster \"" + ref.name + "\" does not run: pod " +
                                  lead.name + " is " + lead.status);
  return lead;
}

base::Result<int> runInInstance(Context& context, const engine::PodView& lead,
                                const std::vector<std::string>& command,
                                const SessionOptions& options) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  const auto open = [&](engine::ExecRequest request) {
    request.argv = entering(command);
    return engine->exec(lead.ns, lead.name, lead.containers.front().name, request,
                        context.stopToken());
  };
  return runSession(context, options, open);
}

base::Result<Captured> captureInInstance(Context& context, const engine::PodView& lead,
                                         const std::vector<std::string>& command) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  engine::ExecRequest request;
  request.argv = entering(command);
  MC_TRY_ASSIGN(const auto session,
                fromServer(engine->exec(lead.ns, lead.name, lead.containers.front().name, request,
                                        context.stopToken())));
  Captured captured;
  const auto sink = [&](engine::Stream stream, std::string_view piece) -> base::Status {
    (stream == engine::Stream::Out ? captured.out : captured.err) += piece;
    return {};
  };
  MC_TRY_ASSIGN(captured.status, session->run(sink, context.stopToken()));
  return captured;
}

}  // namespace mc::cli
