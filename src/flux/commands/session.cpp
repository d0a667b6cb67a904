#include "flux/commands/session.hpp"

#include <strings.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/fd.hpp"
#include "flux/client/uri.hpp"

namespace mc::flux::commands {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void complain(std::string_view line) {
  std::fflush(stdout);  // keep the order where both go to one place
  std::string text(line);
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void flushOutput() {
  std::fflush(stdout);
}

int failAs(std::string_view program, std::string_view message) {
  complain(std::string(program) + ": " + std::string(message));
  return 1;
}

int failPython(std::string_view program, std::string_view message) {
  return failAs(program, "ERROR: " + std::string(message));
}

bool isUtf8Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return ::strcasestr(value, "utf-8") != nullptr || ::strcasestr(value, "utf8") != nullptr;
  }
  return false;
}

std::string jobIdText(formats::JobId id) {
  static const formats::JobIdForm kForm =
      isUtf8Locale() && std::getenv("FLUX_F58_FORCE_ASCII") == nullptr
          ? formats::JobIdForm::F58
          : formats::JobIdForm::F58Plain;
  return formats::formatJobId(id, kForm);
}

base::Result<Session> Session::open() {
  Session session;
  session.loop = base::makeLoop();
  MC_TRY_ASSIGN(session.handle, client::Handle::open(*session.loop, client::brokerUri()));
  return session;
}

client::Answer Session::callFor(std::string_view topic, const boost::json::object& payload,
                                uint32_t nodeid, double seconds) const {
  return awaitFor(topic, payload, {.nodeid = nodeid}, seconds, [](const auto&) { return true; });
}

client::Answer Session::streamFor(
    std::string_view topic, const boost::json::object& payload, uint32_t nodeid, double seconds,
    const std::function<bool(const boost::json::object&)>& wanted) const {
  return awaitFor(topic, payload, {.nodeid = nodeid, .streaming = true}, seconds, wanted);
}

client::Answer Session::awaitFor(
    std::string_view topic, const boost::json::object& payload, const client::RpcOptions& options,
    double seconds, const std::function<bool(const boost::json::object&)>& wanted) const {
  constexpr double kForever = 1e9;
  std::optional<client::Answer> answer;
  const auto finish = [&](client::Answer result) {
    if (!answer) answer = std::move(result);
    loop->stop();
  };
  const client::Watch rpc = handle->rpc(topic, payload, options, [&](const client::Answer& result) {
    if (!result || wanted(*result)) finish(result);
  });
  base::Watch timer;
  if (seconds < kForever)
    timer = loop->after(std::chrono::nanoseconds(static_cast<int64_t>(seconds * 1e9)),
                        [&] { finish(base::fail(ETIMEDOUT, std::strerror(ETIMEDOUT))); });
  while (!answer) loop->run();
  return std::move(*answer);
}

std::string connectFailure(const base::Error& error) {
  return "Unable to connect to Flux: " + error.message;
}

std::string openFailure(const base::Error& error) {
  return std::string("flux_open: ") + std::strerror(error.errnum);
}

std::string pythonError(const base::Error& error) {
  return "[Errno " + std::to_string(error.errnum) + "] " + error.message;
}

namespace {

struct User {
  uint32_t uid;
  std::string name;
};

// A static program has no name services; /etc/passwd is what containers have.
const std::vector<User>& users() {
  static const std::vector<User> kUsers = [] {
    std::vector<User> out;
    const auto text = base::readFile("/etc/passwd");
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const size_t name = line.find(':');
      const size_t password = name == line.npos ? name : line.find(':', name + 1);
      if (password == line.npos) continue;
      const std::string number(line.substr(password + 1));
      out.push_back({static_cast<uint32_t>(std::strtoul(number.c_str(), nullptr, 10)),
                     std::string(line.substr(0, name))});
    }
    return out;
  }();
  return kUsers;
}

}  // namespace

std::string userName(uint32_t uid) {
  for (const User& user : users())
    if (user.uid == uid) return user.name;
  return std::to_string(uid);
}

std::optional<uint32_t> userNumber(std::string_view name) {
  for (const User& user : users())
    if (user.name == name) return user.uid;
  return std::nullopt;
}

}  // namespace mc::flux::commands
