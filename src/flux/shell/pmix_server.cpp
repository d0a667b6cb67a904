#include "flux/shell/pmix_server.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "flux/formats/text.hpp"
#include "flux/pmix/program.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

constexpr int kPmixError = -1;
constexpr const char* kExchange = "pmix-exchange";

/// The first word, which is taken off.
std::string_view takeWord(std::string_view& text) {
  const size_t space = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, space);
  text.remove_prefix(std::min(space + 1, text.size()));
  return word;
}

template <class Number>
Number numberOf(std::string_view text, Number fallback) {
  std::from_chars(text.data(), text.data() + text.size(), fallback);
  return fallback;
}

bool isHex(std::string_view text) {
  return text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string listOf(const formats::Idset& ranks) {
  std::string out;
  for (const uint32_t rank : ranks) out += (out.empty() ? "" : ",") + std::to_string(rank);
  return out;
}

/// The host of each node; where brokers share one, PMIx must still tell their tasks apart.
std::vector<std::string> hostsOf(const Job& job) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (uint32_t node = 0; node < job.nodes(); ++node) {
    std::string host = job.resources.nodes.at(job.brokerRankOf(node)).host;
    if (!seen.insert(host).second) host += "-" + std::to_string(node);
    out.push_back(std::move(host));
  }
  return out;
}

std::string join(const std::vector<std::string>& words, char divider) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(1, divider)) + word;
  return out;
}

}  // namespace

PmixServer::PmixServer(client::Handle& handle, base::ProcessRunner& runner, const Job& job,
                       const std::string& service, Events events)
    : handle_(handle),
      runner_(runner),
      job_(job),
      service_(service),
      events_(std::move(events)),
      exchange_(handle, job, service, kExchange) {}

PmixServer::~PmixServer() = default;

bool PmixServer::isWanted(const Job& job) {
  const auto names = formats::splitList(job.optionText("pmi", "simple"));
  return std::find(names.begin(), names.end(), "pmix") != names.end();
}

void PmixServer::start(const std::string& tmpdir) {
  if (const auto spawned = spawn(); !spawned) return fail(1, spawned.error().message);
  describe(tmpdir);
}

base::Status PmixServer::spawn() {
  const std::string_view bytes = pmix::program();
  if (bytes.empty()) return base::fail(ENOTSUP, "this flux was built without PMIx");
  const base::Fd program(::memfd_create("flux-pmix", MFD_CLOEXEC));
  if (!program) return base::failErrno("memfd_create");
  MC_TRY(base::writeAll(program.get(), bytes));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return base::failErrno("socketpair");
  fd_.reset(ends[0]);
  const base::Fd theirs(ends[1]);
  base::Command command;
  command.argv = {"/proc/self/fd/" + std::to_string(program.get())};
  command.stdinFd = command.stdoutFd = theirs.get();
  command.dieWithParent = true;
  const auto pid = runner_.spawn(command);
  if (!pid && pid.error().errnum == ENOENT)
    return base::fail(ENOENT, "this image has no C library of a kind that libpmix could be of");
  if (!pid) return base::pass(pid.error());
  child_ = handle_.loop().child(*pid, [](int) {});
  readable_ = handle_.loop().readable(fd_.get(), [this] { read(); });
  return {};
}

void PmixServer::describe(const std::string& tmpdir) {
  const auto hosts = hostsOf(job_);
  std::vector<std::string> ranks;
  for (uint32_t node = 0; node < job_.nodes(); ++node)
    ranks.push_back(listOf(job_.tasks.tasksOn(node)));
  say("name flux." + formats::formatJobId(job_.id, formats::JobIdForm::F58Plain));
  say("tmpdir " + tmpdir);
  say("hosts " + join(hosts, ','));
  say("ranks " + join(ranks, ';'));
  say("host " + hosts[job_.shellRank]);
  say("peers " + ranks[job_.shellRank]);
  say("size " + std::to_string(job_.tasks.tasks()) + " " + std::to_string(job_.nodes()) + " " +
      std::to_string(job_.shellRank));
  say("start");
}

void PmixServer::addEnvironment(uint32_t rank, Environment& environment) const {
  const auto at = variables_.find(rank);
  if (at == variables_.end()) return;
  for (const auto& [name, value] : at->second) environment[name] = value;
}

// ---- what the program says

void PmixServer::read() {
  char buffer[16384];
  const ssize_t n = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    readable_.reset();
    return fail(1, "the PMIx server has ended");
  }
  in_.append(buffer, static_cast<size_t>(n));
  size_t begin = 0;
  for (size_t end; (end = in_.find('\n', begin)) != std::string::npos; begin = end + 1)
    onLine(std::string_view(in_).substr(begin, end - begin));
  in_.erase(0, begin);
}

void PmixServer::onLine(std::string_view line) {
  const std::string_view word = takeWord(line);
  if (word == "env") return onVariable(line);
  if (word == "ready") return events_.ready();
  if (word == "fence") return exchange(line);
  if (word == "want") return fetch(line);
  if (word == "modex") return answerModex(line);
  if (word == "fail") return fail(1, std::string(line));
  if (word != "abort") return;
  const int status = numberOf(takeWord(line), 1);
  fail(status, line.empty() ? "MPI_Abort" : "MPI_Abort: " + std::string(line));
}

void PmixServer::onVariable(std::string_view text) {
  const auto rank = numberOf<uint32_t>(takeWord(text), 0);
  const size_t equals = text.find('=');
  if (equals == text.npos) return;
  variables_[rank][std::string(text.substr(0, equals))] = text.substr(equals + 1);
}

void PmixServer::exchange(std::string_view data) {
  exchange_.exchange({{std::to_string(job_.shellRank), std::string(data)}},
                     [this](const base::Result<PmiPairs>& all) { onExchanged(all); });
}

void PmixServer::onExchanged(const base::Result<PmiPairs>& all) {
  if (!all) return say("fenced " + std::to_string(kPmixError) + " ");
  std::string data;
  for (const auto& [shell, part] : *all) {
    if (!isHex(part)) return say("fenced " + std::to_string(kPmixError) + " ");
    data += part;
  }
  say("fenced 0 " + data);
}

// The data of a task of another node that was not in a fence.
void PmixServer::fetch(std::string_view text) {
  const std::string id(takeWord(text));
  const auto rank = numberOf<uint32_t>(text, job_.tasks.tasks());
  const std::string refused = "wanted " + id + " " + std::to_string(kPmixError) + " ";
  if (rank >= job_.tasks.tasks()) return say(refused);
  fetches_[id] = handle_.rpc(
      service_ + ".pmix-modex", {{"rank", rank}}, {job_.brokerRankOf(job_.tasks.nodeOf(rank))},
      [this, id, refused](const client::Answer& answer) {
        const auto status = answer ? formats::getInteger(*answer, "status")
                                   : base::Result<int64_t>(base::pass(answer.error()));
        const auto* data = answer ? formats::findString(*answer, "data") : nullptr;
        const std::string text = data != nullptr ? data->c_str() : "no data";
        if (!status || !isHex(text)) return say(refused);
        say("wanted " + id + " " + std::to_string(*status) + " " + text);
      });
}

void PmixServer::answerModex(std::string_view text) {
  const auto at = asked_.find(numberOf<uint64_t>(takeWord(text), 0));
  if (at == asked_.end()) return;
  const int64_t status = numberOf<int64_t>(takeWord(text), kPmixError);
  at->second.respond(json::object{{"status", status}, {"data", std::string(text)}});
  asked_.erase(at);
}

// ---- what other shells say

void PmixServer::handle(const broker::Request& request) {
  if (request.message().topic.ends_with(kExchange)) return exchange_.handle(request);
  const auto payload = request.object();
  const auto rank = payload ? formats::getUnsigned(*payload, "rank")
                            : base::Result<uint64_t>(base::pass(payload.error()));
  if (!rank) return request.fail(rank.error());
  asked_.emplace(++lastAsked_, request);
  say("give " + std::to_string(lastAsked_) + " " + std::to_string(*rank));
}

// ----

/// The program always reads, and does not wait for us meanwhile. Where it has ended, read() finds
/// what it had to say about that.
void PmixServer::say(const std::string& line) {
  (void)base::writeAll(fd_.get(), line + "\n").has_value();
}

void PmixServer::fail(int exitCode, const std::string& message) {
  if (std::exchange(ended_, true)) return;
  events_.failed(exitCode, "pmix: " + message);
}

}  // namespace mc::flux::shell
