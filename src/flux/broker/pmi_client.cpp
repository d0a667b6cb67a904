#include "flux/broker/pmi_client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace mc::flux::broker {
namespace {

constexpr size_t kMaxLine = 64u << 10;

base::Result<int> numberOf(const char* name) {
  const char* text = ::getenv(name);
  const std::string_view digits = text != nullptr ? text : "";
  int value = -1;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || error != std::errc() || rest != end || value < 0)
    return base::fail(EINVAL, std::string(name) + " is not a number");
  return value;
}

/// The word behind "KEY=" in a line; nothing if there is no such key.
std::optional<std::string> field(std::string_view line, std::string_view key) {
  while (!line.empty()) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    const size_t equals = word.find('=');
    if (equals != word.npos && word.substr(0, equals) == key)
      return std::string(word.substr(equals + 1));
    line.remove_prefix(word.empty() ? line.size() : word.size());
  }
  return std::nullopt;
}

}  // namespace

base::Result<std::optional<PmiClient>> PmiClient::fromEnvironment() {
  if (::getenv("PMI_FD") == nullptr) return std::optional<PmiClient>();
  MC_TRY_ASSIGN(const int fd, numberOf("PMI_FD"));
  MC_TRY_ASSIGN(const int rank, numberOf("PMI_RANK"));
  MC_TRY_ASSIGN(const int size, numberOf("PMI_SIZE"));
  if (rank >= size) return base::fail(EINVAL, "PMI_RANK is not below PMI_SIZE");
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return base::failErrno("PMI_FD");
  return std::optional(
      PmiClient(base::Fd(fd), static_cast<uint32_t>(rank), static_cast<uint32_t>(size)));
}

PmiClient::PmiClient(base::Fd fd, uint32_t rank, uint32_t size)
    : fd_(std::move(fd)), rank_(rank), size_(size) {}

base::Status PmiClient::initialize() {
  MC_TRY_ASSIGN(const std::string init,
                request("cmd=init pmi_version=1 pmi_subversion=1", "response_to_init"));
  if (field(init, "pmi_version").value_or("1") != "1")
    return base::fail(ENOTSUP, "the launcher does not speak PMI-1");
  MC_TRY_ASSIGN(const std::string name, request("cmd=get_my_kvsname", "my_kvsname"));
  storeName_ = field(name, "kvsname").value_or("");
  if (storeName_.empty()) return base::fail(EPROTO, "PMI: the key-value store has no name");
  return {};
}

base::Status PmiClient::put(std::string_view key, std::string_view value) {
  const std::string line =
      "cmd=put kvsname=" + storeName_ + " key=" + std::string(key) + " value=" + std::string(value);
  const auto answer = request(line, "put_result");
  return answer ? base::Status() : base::Status(base::pass(answer.error()));
}

base::Status PmiClient::barrier() {
  const auto answer = request("cmd=barrier_in", "barrier_out");
  return answer ? base::Status() : base::Status(base::pass(answer.error()));
}

base::Result<std::string> PmiClient::get(std::string_view key) {
  const auto answer =
      request("cmd=get kvsname=" + storeName_ + " key=" + std::string(key), "get_result");
  if (!answer) return base::pass(answer.error());
  const auto value = field(*answer, "value");
  if (!value || value->empty()) return base::fail(ENOENT, "PMI: no key " + std::string(key));
  return *value;
}

base::Status PmiClient::finalize() {
  const auto answer = request("cmd=finalize", "finalize_ack");
  return answer ? base::Status() : base::Status(base::pass(answer.error()));
}

base::Result<std::string> PmiClient::request(const std::string& line, std::string_view answer) {
  const std::string name = "PMI: " + line.substr(0, line.find(' '));  // no values in messages
  MC_TRY(base::writeAll(fd_.get(), line + "\n").prefixed(name));
  MC_TRY_ASSIGN(std::string reply, readLine().prefixed(name));
  if (field(reply, "cmd").value_or("") != answer)
    return base::fail(EPROTO, name + ": unexpected answer of the launcher");
  if (field(reply, "rc").value_or("0") != "0")
    return base::fail(answer == "get_result" ? ENOENT : EIO,
                      name + ": " + field(reply, "msg").value_or("failed"));
  return reply;
}

base::Result<std::string> PmiClient::readLine() {
  size_t end;
  while ((end = in_.find('\n')) == std::string::npos) {
    char buffer[4096];
    const ssize_t n = ::read(fd_.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::failErrno("read");
    if (n == 0) return base::fail(ECONNRESET, "the launcher has gone");
    in_.append(buffer, static_cast<size_t>(n));
    if (in_.size() > kMaxLine) return base::fail(EPROTO, "line too long");
  }
  std::string line = in_.substr(0, end);
  in_.erase(0, end + 1);
  return line;
}

}  // namespace mc::flux::broker
