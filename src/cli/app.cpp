#include "cli/app.hpp"

#include "cli/command_line.hpp"
#include "cli/complete.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"

namespace mc::cli {

namespace {

constexpr int kFailed = 1;

base::Result<int> dispatch(Context& context, std::vector<std::string> words) {
  MC_TRY_ASSIGN(CommandLine line,
                parseCommandLine(context.verbs, context.global, std::move(words)));
  if (line.verb == nullptr || context.global.help) {
    MC_TRY(context.out.write(
        asCalled(line.verb == nullptr ? mainHelp(context.verbs) : verbHelp(*line.verb),
                 context.invocation.program)));
    return 0;
  }
  MC_TRY(context.checkEngine());
  context.args = std::move(line.args);
  context.command = std::move(line.command);
  return line.verb->run(context);
}

/// What kubectl is to offer behind `kubectl minicluster ...`.
base::Result<int> offer(Context& context, const std::vector<std::string>& words) {
  MC_TRY(context.out.write(formatForKubectl(complete(context, words))));
  return 0;
}

/// The exit status for an error, which is printed unless nobody wants to read it.
int report(Context& context, const base::Error& error) {
  if (context.out.closed()) return 128 + SIGPIPE;
  const int signal = context.signals.received();
  if (signal != 0 && error.errnum == ECANCELED) return 128 + signal;
  // There is nowhere to report that stderr can't be written.
  (void)context.err.write(asCalled(errorText(error), context.invocation.program));
  return kFailed;
}

}  // namespace

int runApp(Context& context, std::vector<std::string> words) {
  const auto status =
      context.invocation.completion ? offer(context, words) : dispatch(context, std::move(words));
  return status ? *status : report(context, status.error());
}

}  // namespace mc::cli
