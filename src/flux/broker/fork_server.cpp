#include "flux/broker/fork_server.hpp"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace mc::flux::broker {
namespace {

using Words = std::vector<std::string>;

constexpr size_t kMaxRequest = 64u << 10;  // of bytes; a packet of a socket can be larger
constexpr size_t kStdio = 3;

/// One packet: this, then `words` texts that each end in a NUL: the directory, the arguments, the
/// environment. Behind it the descriptors that are given, in order.
struct RequestHeader {
  uint32_t arguments = 0;
  uint32_t variables = 0;
  uint8_t given[kStdio] = {};  ///< whether stdin, stdout, stderr come with it
  uint8_t newGroup = 0;
  uint8_t dieWithParent = 0;
};

/// What the server answers: a pid, or the errno of a failure.
struct Reply {
  pid_t pid = -1;
  int errnum = 0;
};

union ControlBuffer {
  char bytes[CMSG_SPACE(kStdio * sizeof(int))];
  cmsghdr alignment;
};

bool canFork(const base::Command& c) {
  return c.environment && c.inheritedFds.empty() && !c.uid && !c.gid && !c.newSession &&
         c.softLimits.empty() && c.stdinFd >= 0;
}

std::string encode(const base::Command& c, size_t prefix) {
  RequestHeader header;
  header.arguments = static_cast<uint32_t>(c.argv.size() - prefix);
  header.variables = static_cast<uint32_t>(c.environment->size());
  const std::array<int, kStdio> fds{c.stdinFd, c.stdoutFd, c.stderrFd};
  for (size_t i = 0; i < kStdio; ++i) header.given[i] = fds[i] >= 0;
  header.newGroup = c.newGroup;
  header.dieWithParent = c.dieWithParent;
  std::string out(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(c.directory.c_str(), c.directory.size() + 1);
  for (size_t i = prefix; i < c.argv.size(); ++i)
    out.append(c.argv[i].c_str(), c.argv[i].size() + 1);
  for (const auto& [name, value] : *c.environment) (out += name + "=" + value) += '\0';
  return out;
}

void attach(msghdr& message, ControlBuffer& buffer, const std::vector<int>& fds) {
  message.msg_control = buffer.bytes;
  message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
  cmsghdr* control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
  std::memcpy(CMSG_DATA(control), fds.data(), fds.size() * sizeof(int));
}

std::vector<base::Fd> detach(msghdr& message) {
  std::vector<base::Fd> out;
  const cmsghdr* control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_type != SCM_RIGHTS) return out;
  std::array<int, kStdio> fds{};
  const size_t count = std::min((control->cmsg_len - CMSG_LEN(0)) / sizeof(int), kStdio);
  std::memcpy(fds.data(), CMSG_DATA(control), count * sizeof(int));
  for (size_t i = 0; i < count; ++i) out.emplace_back(fds[i]);
  return out;
}

ssize_t retry(const std::function<ssize_t()>& call) {
  ssize_t n = 0;
  do {
    n = call();
  } while (n < 0 && errno == EINTR);
  return n;
}

struct Request {
  RequestHeader header;
  Words words;
  std::vector<base::Fd> fds;
};

/// False at the end: the broker is gone, or sends what no broker sends.
bool receive(int socket, std::vector<char>& buffer, Request& request) {
  ControlBuffer control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  const ssize_t n = retry([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  if (n < static_cast<ssize_t>(sizeof(RequestHeader)) || buffer[n - 1] != '\0') return false;
  std::memcpy(&request.header, buffer.data(), sizeof request.header);
  for (const char* at = buffer.data() + sizeof(RequestHeader); at < buffer.data() + n;
       at += request.words.back().size() + 1)
    request.words.emplace_back(at);
  request.fds = detach(message);
  const auto given =
      std::count(std::begin(request.header.given), std::end(request.header.given), 1);
  return request.words.size() == 1 + request.header.arguments + request.header.variables &&
         request.fds.size() == static_cast<size_t>(given);
}

/// A child of our parent. Not by fork(3), which has no such flag.
pid_t forkSibling() {
  return static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
}

/// What ps(1) shows: the words take the place of the server's own.
class Title {
 public:
  Title() {
    const auto words = base::readFile("/proc/self/cmdline");
    if (words) size_ = words->size();
  }

  void set(const std::string& name, const Words& arguments) const {
    ::prctl(PR_SET_NAME, name.c_str());
    std::string text = name;
    for (const std::string& word : arguments) (text += '\0') += word;
    if (text.size() >= size_) return;
    text.resize(size_, '\0');
    std::memcpy(program_invocation_name, text.data(), size_);
  }

 private:
  size_t size_ = 0;
};

void redirect(const Request& request) {
  size_t next = 0;
  for (size_t i = 0; i < kStdio; ++i)
    if (request.header.given[i] != 0) ::dup2(request.fds[next++].get(), static_cast<int>(i));
}

/// In the child: makes us the process that was asked for. False where exec(2) would have failed.
bool become(Request& request, pid_t parent) {
  if (request.header.newGroup != 0) ::setpgid(0, 0);
  if (request.header.dieWithParent != 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it ended before prctl took hold
  }
  redirect(request);
  request.fds.clear();
  ::clearenv();
  const auto variables = request.words.begin() + 1 + request.header.arguments;
  for (auto word = variables; word != request.words.end(); ++word) ::putenv(word->data());
  return request.words[0].empty() || ::chdir(request.words[0].c_str()) == 0;
}

}  // namespace

ForkServer::ForkServer(base::ProcessRunner& other, std::vector<std::string> prefix)
    : other_(other), prefix_(std::move(prefix)) {}

ForkServer::~ForkServer() {
  stopServer();
}

bool ForkServer::takes(const base::Command& command) const {
  return !failed_ && canFork(command) && command.argv.size() > prefix_.size() &&
         std::equal(prefix_.begin(), prefix_.end(), command.argv.begin());
}

base::Result<pid_t> ForkServer::spawn(const base::Command& command) {
  // An instance that runs one job, as many do, is better off without a server.
  if (!takes(command) || ++seen_ == 1) return other_.spawn(command);
  if (pid_ < 0 && !startServer()) {
    failed_ = true;
    return other_.spawn(command);
  }
  const std::string request = encode(command, prefix_.size());
  if (request.size() > kMaxRequest) return other_.spawn(command);
  auto pid = forkOff(command, request);
  if (pid) return pid;
  stopServer();  // the next one may be luckier
  return other_.spawn(command);
}

base::Status ForkServer::startServer() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return base::failErrno("socketpair");
  socket_.reset(ends[0]);
  const base::Fd theirs(ends[1]);
  base::Command command;
  command.argv = prefix_;
  command.argv.emplace_back("--serve");
  // Long enough to be written over with what its children are called.
  std::string number = std::to_string(theirs.get());
  command.argv.push_back(std::string(32 - number.size(), '0') + number);
  command.environment.emplace();
  command.inheritedFds = {theirs.get()};
  command.newGroup = true;  // the keys of a terminal are not for it
  command.dieWithParent = true;
  MC_TRY_ASSIGN(pid_, other_.spawn(command));
  return {};
}

void ForkServer::stopServer() {
  socket_.reset();
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

base::Result<pid_t> ForkServer::forkOff(const base::Command& command,
                                        const std::string& request) const {
  std::vector<int> fds;
  for (const int fd : {command.stdinFd, command.stdoutFd, command.stderrFd})
    if (fd >= 0) fds.push_back(fd);
  ControlBuffer control{};
  iovec part{const_cast<char*>(request.data()), request.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  attach(message, control, fds);
  if (retry([&] { return ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL); }) < 0)
    return base::failErrno("asking the fork server");
  Reply reply;
  const ssize_t n = retry([&] { return ::recv(socket_.get(), &reply, sizeof reply, 0); });
  if (n != static_cast<ssize_t>(sizeof reply)) return base::fail(ECONNRESET, "fork server is gone");
  if (reply.pid < 0) return base::fail(reply.errnum, "fork");
  // The child does this too: whoever comes first. From now on a signal to its group reaches it.
  if (command.newGroup) ::setpgid(reply.pid, reply.pid);
  return reply.pid;
}

int serveForks(int socket, const std::function<int(const Words&)>& program) {
  const base::Fd owned(socket);
  const Title title;
  const pid_t parent = ::getppid();
  std::vector<char> buffer(kMaxRequest);
  for (Request request; receive(socket, buffer, request); request = {}) {
    const pid_t pid = forkSibling();
    if (pid == 0) {
      ::close(socket);
      const auto arguments = request.words.begin() + 1;
      const Words words(arguments, arguments + request.header.arguments);
      title.set("flux-shell", words);
      const int status = become(request, parent) ? program(words) : 126;
      std::fflush(nullptr);
      ::_exit(status);
    }
    const Reply reply{pid, errno};
    if (retry([&] { return ::send(socket, &reply, sizeof reply, MSG_NOSIGNAL); }) < 0) return 1;
  }
  return 0;
}

}  // namespace mc::flux::broker
