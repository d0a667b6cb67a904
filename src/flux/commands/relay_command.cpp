// flux relay: carries a connection between standard input and output and a broker's socket; what
// stands at both ends of an ssh:// URI (client/connect.hpp).

#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/pump.hpp"
#include "flux/client/connect.hpp"
#include "flux/client/own_program.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/exec.hpp"
#include "flux/commands/relay_route.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-relay";

constexpr Option kOptions[] = {
    {0, "host", Takes::Value, "HOST", "Relay to the socket PATH on HOST"},
    {0, "user", Takes::Value, "USER", "Log in on HOST as USER"},
    {0, "port", Takes::Value, "PORT", "Connect to PORT of HOST"},
};

/// Who is at the other end reads a broker's status byte first: it is told the errno by that, and
/// the words by standard error.
int refuse(const base::Error& error) {
  failAs(kProgram, error.message);
  const char status = static_cast<char>(error.errnum);
  (void)base::writeAll(STDOUT_FILENO, {&status, 1}).has_value();
  return 1;
}

int relayHere(const std::string& target) {
  const std::string uri = target.starts_with('/') ? "local://" + target : target;
  const auto broker = client::dial(uri);
  if (!broker) return refuse(broker.error());
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, broker->socket.get()})
    if (const auto set = base::setNonblocking(fd); !set) return refuse(set.error());
  const auto loop = base::makeLoop();
  const auto stop = [&](bool) { loop->stop(); };
  const base::Pump up(*loop, STDIN_FILENO, broker->socket.get(), stop);
  const base::Pump down(*loop, broker->socket.get(), STDOUT_FILENO, stop);
  loop->run();
  return 0;
}

// ---- to another host

int relayThrough(const Route& route, const std::string& path) {
  const char* search = std::getenv("PATH");
  ::setenv("PATH", client::pathToFlux(search != nullptr ? search : "").c_str(), 1);
  Exec::Options options;
  options.command = {"flux", "relay", path};
  options.directory = "/";
  options.ranks.insert(route.rank);
  options.quiet = true;
  options.carriesBytes = true;
  Exec exec(*route.session.handle, std::move(options));
  const int status = exec.run();
  return exec.failure() ? refuse(*exec.failure()) : status;
}

/// Only returns where there is no ssh.
void relayBySsh(const Parsed& parsed, const std::string& path) {
  std::string host = parsed.valueOr("host", "");
  if (parsed.has("user")) host.insert(0, parsed.valueOr("user", "") + "@");
  Args words{"ssh"};
  if (parsed.has("port")) words.insert(words.end(), {"-p", parsed.valueOr("port", "")});
  words.insert(words.end(), {host, client::ownProgram() + " relay " + path});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp("ssh", argv.data());
}

int relayThere(const Parsed& parsed, const std::string& path) {
  // The keys of a terminal are for the command that we carry for; we end when it does.
  for (const int number : {SIGINT, SIGQUIT}) std::signal(number, SIG_IGN);
  const bool plain = !parsed.has("user") && !parsed.has("port");
  const std::string host = parsed.valueOr("host", "");
  const auto route = plain ? findRoute(host) : base::fail(EHOSTUNREACH, host + " needs ssh");
  if (route) return relayThrough(*route, path);
  for (const int number : {SIGINT, SIGQUIT}) std::signal(number, SIG_DFL);
  relayBySsh(parsed, path);
  return refuse({EHOSTUNREACH, route.error().message + ", and there is no ssh"});
}

}  // namespace

int relayMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux relay [OPTIONS] PATH",
                        .description =
                            "Relay messages between standard input and output and a "
                            "broker's socket",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  std::signal(SIGPIPE, SIG_IGN);
  return parsed.has("host") ? relayThere(parsed, parsed.rest[0]) : relayHere(parsed.rest[0]);
}

}  // namespace mc::flux::commands
