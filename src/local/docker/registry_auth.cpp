#include "local/docker/registry_auth.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace json = boost::json;

namespace {

constexpr size_t kAnswerLimit = 1u << 20;

/// Docker Hub has kept the address of its first registry as its name.
std::string serverOf(const std::string& registry) {
  return registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
}

std::string encoded(const std::string& user, const std::string& password,
                    const std::string& server) {
  json::object auth{{"serveraddress", server}};
  if (user == "<token>") {
    auth["identitytoken"] = password;
  } else {
    auth["username"] = user;
    auth["password"] = password;
  }
  return base::base64UrlEncode(json::serialize(auth));
}

base::Result<std::string> readToEnd(int fd) {
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t size = ::read(fd, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return base::failErrno("read");
    if (size == 0) return text;
    text.append(piece.data(), static_cast<size_t>(size));
    if (text.size() > kAnswerLimit) return base::fail(EFBIG, "endless answer");
  }
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return base::exitCode(status);
}

/// `docker-credential-NAME get` with the server's name on stdin; its stdout.
base::Result<std::string> runHelper(const std::string& name, const std::string& server,
                                    base::ProcessRunner& runner) {
  MC_TRY_ASSIGN(base::Pipe input, base::makePipe());
  MC_TRY_ASSIGN(base::Pipe output, base::makePipe());
  base::Command command;
  command.argv = {"docker-credential-" + name, "get"};
  command.stdinFd = input.read.get();
  command.stdoutFd = output.write.get();
  MC_TRY_ASSIGN(const pid_t pid, runner.spawn(command));
  input.read.reset();
  output.write.reset();
  const base::Status written = base::writeAll(input.write.get(), server + "\n");
  input.write.reset();
  auto answer = readToEnd(output.read.get());
  const int status = reap(pid);
  MC_TRY(written);
  if (status != 0) return std::string();  // it knows nothing of this server
  return answer;
}

base::Result<std::string> fromHelper(const std::string& name, const std::string& server,
                                     base::ProcessRunner& runner) {
  MC_TRY_ASSIGN(const std::string text,
                runHelper(name, server, runner).prefixed("docker-credential-" + name));
  if (text.empty()) return std::string();
  MC_TRY_ASSIGN(const json::object answer,
                asObject(parseJson(text)).prefixed("docker-credential-" + name));
  return encoded(textOf(answer, "Username"), textOf(answer, "Secret"), server);
}

base::Result<std::string> fromFile(const json::object& config, const std::string& server) {
  const json::object& entry = objectOf(objectOf(config, "auths"), server);
  const std::string token = textOf(entry, "identitytoken");
  if (!token.empty()) return encoded("<token>", token, server);
  const std::string packed = textOf(entry, "auth");
  if (packed.empty()) return std::string();
  MC_TRY_ASSIGN(const std::string plain, base::base64Decode(packed).prefixed("auths of " + server));
  const size_t colon = plain.find(':');
  if (colon == std::string::npos) return std::string();
  return encoded(plain.substr(0, colon), plain.substr(colon + 1), server);
}

}  // namespace

base::Result<std::string> registryAuth(const std::string& configDir, const std::string& registry,
                                       base::ProcessRunner& runner) {
  if (configDir.empty()) return std::string();
  const std::string file = configDir + "/config.json";
  const auto text = base::readFile(file, kAnswerLimit);
  if (!text && text.error().errnum == ENOENT) return std::string();
  if (!text) return base::pass(text.error());
  MC_TRY_ASSIGN(const json::object config, asObject(parseJson(*text)).prefixed(file));
  const std::string server = serverOf(registry);
  std::string helper = textOf(objectOf(config, "credHelpers"), registry);
  if (helper.empty()) helper = textOf(config, "credsStore");
  if (!helper.empty()) return fromHelper(helper, server, runner);
  return fromFile(config, server).prefixed(file);
}

}  // namespace mc::local::docker
