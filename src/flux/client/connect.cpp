#include "flux/client/connect.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/process.hpp"
#include "flux/client/own_program.hpp"
#include "flux/client/uri.hpp"

namespace mc::flux::client {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstDelay{16};
constexpr milliseconds kMaxDelay{2000};
constexpr int kDefaultRetries = 5;

bool mayComeLater(int errnum) {
  return errnum == ENOENT || errnum == ECONNREFUSED || errnum == EAGAIN;
}

base::Result<base::Fd> connectLocal(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return base::failErrno("socket");
  int failed;
  do {
    failed = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return fd;
  if (errno == ENOENT) return base::fail(ENOENT, "broker socket " + path + " was not found");
  return base::failErrno("connecting to broker socket " + path);
}

// ---- other hosts

const char* setVariable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

std::vector<std::string> sshWords(const char* ssh, const RemoteUri& uri) {
  std::vector<std::string> words{ssh};
  if (!uri.port.empty()) words.insert(words.end(), {"-p", uri.port});
  words.push_back(uri.user.empty() ? uri.host : uri.user + "@" + uri.host);
  // One word: the shell on the other side takes it apart.
  const char* flux = setVariable("FLUX_SSH_RCMD");
  words.push_back((flux != nullptr ? flux : ownProgram()) + " relay " + uri.path);
  return words;
}

std::vector<std::string> relayWords(const RemoteUri& uri) {
  std::vector<std::string> words{ownProgram(), "relay", "--host=" + uri.host};
  if (!uri.user.empty()) words.push_back("--user=" + uri.user);
  if (!uri.port.empty()) words.push_back("--port=" + uri.port);
  words.push_back(uri.path);
  return words;
}

base::Result<Transport> dialRemote(const std::string& uri) {
  MC_TRY_ASSIGN(const RemoteUri remote, RemoteUri::parse(uri));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return base::failErrno("socketpair");
  Transport out;
  out.socket.reset(ends[0]);
  const base::Fd theirs(ends[1]);
  const char* ssh = setVariable("FLUX_SSH");
  base::Command command;
  command.argv = ssh != nullptr ? sshWords(ssh, remote) : relayWords(remote);
  command.stdinFd = theirs.get();
  command.stdoutFd = theirs.get();
  MC_TRY_ASSIGN(out.helper, base::SystemProcessRunner().spawn(command).prefixed(uri));
  return out;
}

// ---- greeting

// The broker's first byte: 0, or the errno by which it refuses us.
base::Status readStatus(int fd) {
  unsigned char status = 0;
  ssize_t n;
  do {
    n = ::read(fd, &status, 1);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return base::failErrno("reading the broker's greeting");
  if (n == 0) return base::fail(ECONNRESET, std::strerror(ECONNRESET));
  if (status != 0) return base::fail(status, std::strerror(status));
  return {};
}

void pause(base::Loop& loop, milliseconds delay) {
  const base::Watch timer = loop.after(delay, [&loop] { loop.stop(); });
  loop.run();
}

}  // namespace

base::Result<Transport> dial(const std::string& uri) {
  if (RemoteUri::is(uri)) return dialRemote(uri);
  MC_TRY_ASSIGN(const std::string path, socketPath(uri));
  Transport out;
  MC_TRY_ASSIGN(out.socket, connectLocal(path));
  return out;
}

base::Result<base::Fd> connectTo(base::Loop& loop, const std::string& uri, int retries) {
  milliseconds delay = kFirstDelay;
  while (true) {
    auto transport = dial(uri);
    if (transport) {
      MC_TRY(readStatus(transport->socket.get()));
      return std::move(transport->socket);
    }
    if (retries-- <= 0 || RemoteUri::is(uri) || !mayComeLater(transport.error().errnum))
      return base::pass(transport.error());
    pause(loop, delay);
    delay = std::min(delay * 2, kMaxDelay);
  }
}

int connectRetries() {
  const char* text = std::getenv("FLUX_LOCAL_CONNECTOR_RETRY_COUNT");
  int count = kDefaultRetries;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), count);
  return std::max(count, 0);
}

}  // namespace mc::flux::client
