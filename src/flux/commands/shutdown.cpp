// flux shutdown: ends the instance and shows how it ends.

#include <unistd.h>

#include <cerrno>

#include "flux/commands/commands.hpp"
#include "flux/commands/relay_route.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/target.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-shutdown";

constexpr Option kOptions[] = {
    {0, "skip-gc", Takes::Nothing, "", "Skip KVS garbage collection this time, if already enabled"},
    {0, "gc", Takes::Nothing, "", "Garbage collect KVS (short for --dump=auto)"},
    {0, "dump", Takes::Value, "PATH",
     "Dump KVS content to specified archive file using flux-dump(1)."},
    {0, "background", Takes::Nothing, "", "Exit the command immediately after initiating shutdown"},
    {0, "quiet", Takes::Nothing, "", "Show only log messages <= LOG_WARNING level"},
    {'v', "verbose", Takes::OptionalValue, "LEVEL",
     "Increase log verbosity: 0=show log messages <= LOG_INFO level (default), 1=show all log "
     "messages"},
    {'y', "yes", Takes::Nothing, "", "Answer yes to any yes/no questions"},
    {'n', "no", Takes::Nothing, "", "Answer no to any yes/no questions"},
};

constexpr const char* kDumpAttribute = "content.dump";

base::Status skipDump(Session& session) {
  const auto removed = session->call("attr.rm", {{"name", kDumpAttribute}});
  if (!removed && removed.error().errnum != ENOENT)
    return base::fail(removed.error().errnum,
                      "error removing content.dump attribute: " + removed.error().message);
  return {};
}

// The broker writes the archive that this attribute names as it ends.
base::Status requestDump(Session& session, const Parsed& parsed) {
  if (parsed.has("skip-gc")) return skipDump(session);
  const std::string path = parsed.valueOr("dump", parsed.has("gc") ? "auto" : "");
  if (path.empty()) return {};
  MC_TRY(session->call("attr.set", {{"name", kDumpAttribute}, {"value", path}})
             .prefixed("error setting content.dump attribute"));
  return {};
}

int logLevel(const Parsed& parsed) {
  constexpr int kWarning = 4;
  constexpr int kInfo = 6;
  constexpr int kDebug = 7;
  if (parsed.has("quiet")) return kWarning;
  if (!parsed.has("verbose")) return kInfo;
  return parsed.valueOr("verbose", "1") == "0" ? kInfo : kDebug;
}

// Prints the log until the broker has gone; that is the success of this command. When the log is
// complete flux-core's broker goes on only once its reader has left: as that we leave, and keep the
// connection to see it go.
int follow(Session& session, int level) {
  bool over = false;
  int status = 0;
  const auto finish = [&] {
    over = true;
    session.loop->stop();
  };
  session->onClosed([&](const base::Error&) { finish(); });
  const client::Watch rpc = session->rpc(
      "shutdown.start", {{"loglevel", level}}, {0, true}, [&](const client::Answer& answer) {
        if (answer) {
          if (const auto text = formats::getString(*answer, "log")) {
            complain(text->ends_with('\n') ? text->substr(0, text->size() - 1) : *text);
          }
          return;
        }
        const int errnum = answer.error().errnum;
        if (client::isEnd(answer)) session->notify("shutdown.disconnect", {}, 0);
        if (errnum != ENODATA && errnum != ECONNRESET && errnum != EHOSTUNREACH && errnum != ENOSYS)
          status = failAs(kProgram, "shutdown.start: " + answer.error().message);
        if (status != 0) finish();
      });
  while (!over) session.loop->run();
  return status;
}

}  // namespace

int shutdownMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux shutdown [OPTIONS] [TARGET]",
                        .description = "Shut down the Flux instance",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  if (!parsed.rest.empty()) {
    const auto uri = resolveTarget(parsed.rest[0]);
    if (!uri) return failAs(kProgram, uri.error().message);
    replaceBrokerUri(*uri);
  }
  auto session = Session::open();
  if (!session) return failAs(kProgram, openFailure(session.error()));
  if (parsed.has("skip-gc") && (parsed.has("gc") || parsed.has("dump")))
    return failAs(kProgram, "--skip-gc can't be used with --gc or --dump");
  if (const auto requested = requestDump(*session, parsed); !requested)
    return failAs(kProgram, requested.error().message);
  if (!parsed.has("background")) return follow(*session, logLevel(parsed));
  const auto answer = (*session)->call("shutdown.start", {{"loglevel", logLevel(parsed)}}, 0);
  if (!answer) return failAs(kProgram, "shutdown.start: " + answer.error().message);
  return 0;
}

}  // namespace mc::flux::commands
