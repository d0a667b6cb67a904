#include "cli/app.hpp"

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"

namespace mc::cli {

namespace {

constexpr int kFailed = 1;

base::Result<int> dispatch(Context& context, std::vector<std::string> words) {
  MC_TRY_ASSIGN(CommandLine line,
                parseCommandLine(context.verbs, context.global, std::move(words)));
  if (line.verb == nullptr || context.global.help) {
    MC_TRY(
        context.out.write(line.verb == nullptr ? mainHelp(context.verbs) : verbHelp(*line.verb)));
    return 0;
  }
  context.args = std::move(line.args);
  context.command = std::move(line.command);
  return line.verb->run(context);
}

/// The exit status for an error, which is printed unless nobody wants to read it.
int report(Context& context, const base::Error& error) {
  if (context.out.closed()) return 128 + SIGPIPE;
  const int signal = context.signals.received();
  if (signal != 0 && error.errnum == ECANCELED) return 128 + signal;
  // There is nowhere to report that stderr can't be written.
  (void)context.err.write(errorText(error));
  return kFailed;
}

}  // namespace

int runApp(Context& context, std::vector<std::string> words) {
  const auto status = dispatch(context, std::move(words));
  return status ? *status : report(context, status.error());
}

}  // namespace mc::cli
