#include "cli/session_io.hpp"

namespace mc::cli {

namespace {

/// Passes new sizes of the terminal on for as long as it lives.
class ResizeGuard {
 public:
  ResizeGuard(Signals& signals, const Terminal& terminal, engine::Session& session)
      : signals_(signals) {
    signals_.onResize([&terminal, &session] {
      // A size that gets lost is followed by the next one; there is nobody to tell.
      (void)session.resize(terminal.size());
    });
  }
  ~ResizeGuard() { signals_.onResize({}); }
  ResizeGuard(const ResizeGuard&) = delete;
  ResizeGuard& operator=(const ResizeGuard&) = delete;

 private:
  Signals& signals_;
};

base::Result<int> runOpened(Context& context, engine::Session& session) {
  const auto sink = [&](engine::Stream stream, std::string_view piece) {
    return stream == engine::Stream::Out ? context.out.write(piece) : context.err.write(piece);
  };
  return session.run(sink, context.stopToken());
}

}  // namespace

void SessionOptions::declare(OptionSet& options) {
  options.flag("stdin,i", &stdinWanted, "Pass stdin to the container.");
  options.flag("tty,t", &tty, "Stdin is a terminal: use one in the container as well.");
}

base::Result<int> runSession(Context& context, const SessionOptions& options,
                             const OpenSession& open) {
  engine::ExecRequest request;
  if (options.stdinWanted) request.stdinFd = context.stdinFd;
  const bool wantsTty = options.tty && options.stdinWanted;
  request.tty = wantsTty && context.terminal.present();
  if (wantsTty && !request.tty)
    MC_TRY(context.err.write(
        "Unable to use a TTY - input is not a terminal or the right kind of file\n"));
  if (request.tty) request.size = context.terminal.size();
  const bool tty = request.tty;
  MC_TRY_ASSIGN(const auto session, open(std::move(request)));
  if (!tty) return runOpened(context, *session);
  MC_TRY_ASSIGN(const auto raw, context.terminal.rawMode());
  const ResizeGuard resizes(context.signals, context.terminal, *session);
  return runOpened(context, *session);
}

}  // namespace mc::cli
