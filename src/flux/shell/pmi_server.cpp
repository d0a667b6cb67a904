#include "flux/shell/pmi_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>

#include "flux/formats/io_data.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::shell {

namespace {

constexpr size_t kMaxLine = 8u << 10;
/// Given to nested instances, which find their depth in it.
constexpr std::string_view kInstanceLevel = "flux.instance-level";
constexpr std::string_view kMapping = "PMI_process_mapping";
/// How long a task that is in MPI_Finalize waits for the others.
constexpr std::chrono::seconds kFinalizePatience{1};

int toInt(std::string_view text, int fallback) {
  int number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

bool PmiServer::isWanted(const Job& job) {
  const std::string names = job.optionText("pmi", "simple");
  const auto list = formats::splitList(names);
  return std::any_of(list.begin(), list.end(), [](const std::string& name) {
    return name == "simple" || name == "pmi1" || name == "pmi2";
  });
}

PmiServer::PmiServer(client::Handle& handle, const Job& job, const std::string& service,
                     Abort abort)
    : handle_(handle),
      job_(job),
      abort_(std::move(abort)),
      exchange_(handle, job, service),
      kvsName_(formats::formatJobId(job.id, formats::JobIdForm::F58Plain)) {
  if (job.option("pmi-simple.nomap") != nullptr) return;
  store_["flux.taskmap"] = formats::toJson(job.tasks.toJson());
  const std::string mapping = job.tasks.processMapping();
  // Empty says that it is not known (RFC 13).
  store_[std::string(kMapping)] = mapping.size() < kPmiMaxValue ? mapping : "";
}

base::Result<base::Fd> PmiServer::connect(uint32_t rank, Environment& environment) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return base::failErrno("socketpair");
  base::Fd theirs(ends[1]);
  Client& client =
      clients_.emplace_back(Client{.rank = rank, .fd = base::Fd(ends[0]), .watch = {}, .in = {}});
  client.watch = handle_.loop().readable(client.fd.get(), [this, &client] { read(client); });
  environment["PMI_FD"] = std::to_string(theirs.get());
  environment["PMI_RANK"] = std::to_string(rank);
  environment["PMI_SIZE"] = std::to_string(job_.tasks.tasks());
  return theirs;
}

void PmiServer::read(Client& client) {
  char buffer[4096];
  const ssize_t n = ::recv(client.fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    client.watch.reset();
    client.fd.reset();
    return;
  }
  client.in.append(buffer, static_cast<size_t>(n));
  size_t begin = 0;
  for (size_t end; client.fd && (end = client.in.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    onLine(client, std::string_view(client.in).substr(begin, end - begin));
  client.in.erase(0, begin);
  if (client.in.size() > kMaxLine) violate(client, "line too long");
}

void PmiServer::onLine(Client& client, std::string_view line) {
  if (client.spawning) {
    if (line != "endcmd") return;
    client.spawning = false;
    return reply(client, "cmd=spawn_result rc=-1 errcodes=");
  }
  const PmiMessage message = parsePmi(line);
  if (pmiField(message, "mcmd") == "spawn") {
    client.spawning = true;
    return;
  }
  onCommand(client, pmiField(message, "cmd"), message);
}

void PmiServer::onCommand(Client& client, std::string_view command, const PmiMessage& message) {
  if (command == "init") return init(client, message);
  if (command == "put") return put(client, message);
  if (command == "get") return get(client, message);
  if (command == "barrier_in") return enterBarrier(client);
  if (command == "abort") return abortJob(client, message);
  if (command == "get_maxes")
    return reply(client, "cmd=maxes rc=0 kvsname_max=" + std::to_string(kPmiMaxName) +
                             " keylen_max=" + std::to_string(kPmiMaxKey) +
                             " vallen_max=" + std::to_string(kPmiMaxValue));
  if (command == "get_my_kvsname") return reply(client, "cmd=my_kvsname rc=0 kvsname=" + kvsName_);
  if (command == "get_universe_size")
    return reply(client, "cmd=universe_size rc=0 size=" + std::to_string(job_.tasks.tasks()));
  if (command == "get_appnum") return reply(client, "cmd=appnum rc=0 appnum=0");
  if (command == "finalize") return reply(client, "cmd=finalize_ack rc=0");
  for (const std::string_view name : {"publish", "unpublish", "lookup"})
    if (command == std::string(name) + "_name")
      return reply(client, "cmd=" + std::string(name) + "_result rc=-1 msg=not_implemented");
  violate(client, "unknown command '" + std::string(command) + "'");
}

void PmiServer::init(Client& client, const PmiMessage& message) {
  const int version = toInt(pmiField(message, "pmi_version"), 0);
  const int subversion = toInt(pmiField(message, "pmi_subversion"), 0);
  if (version < 1 || (version == 1 && subversion < 1))
    return reply(client, "cmd=response_to_init rc=-1");
  reply(client, "cmd=response_to_init rc=0 pmi_version=1 pmi_subversion=1");
}

void PmiServer::put(Client& client, const PmiMessage& message) {
  const std::string_view key = pmiField(message, "key");
  const std::string_view value = pmiField(message, "value");
  const bool good = pmiField(message, "kvsname") == kvsName_ && !key.empty() &&
                    key.size() < kPmiMaxKey && value.size() < kPmiMaxValue &&
                    formats::isUtf8(key) && formats::isUtf8(value);
  if (!good) return reply(client, "cmd=put_result rc=-1 msg=invalid_argument");
  pending_.insert_or_assign(std::string(key), std::string(value));
  client.hasPut = true;
  reply(client, "cmd=put_result rc=0 msg=success");
}

void PmiServer::get(Client& client, const PmiMessage& message) {
  const std::string_view key = pmiField(message, "key");
  if (pmiField(message, "kvsname") != kvsName_)
    return reply(client, "cmd=get_result rc=-1 msg=unknown_kvsname");
  client.isMpich = client.isMpich || key == kMapping;
  client.hasRead = client.hasRead || (key != kMapping && store_.contains(key));
  for (const PmiPairs* pairs : {&store_, &pending_})
    if (const auto at = pairs->find(key); at != pairs->end()) return replyValue(client, at->second);
  if (key == kInstanceLevel) return getInstanceLevel(client);
  reply(client, "cmd=get_result rc=-1 msg=key_not_found");
}

// Asked of the broker only here, for few programs want to know it.
void PmiServer::getInstanceLevel(Client& client) {
  rpcs_.push_back(handle_.rpc(
      "attr.get", {{"name", "instance-level"}}, {}, [this, &client](const client::Answer& answer) {
        const auto* level = answer ? formats::findString(*answer, "value") : nullptr;
        if (level == nullptr) return reply(client, "cmd=get_result rc=-1 msg=key_not_found");
        std::string& value = store_[std::string(kInstanceLevel)];
        value = std::to_string(toInt(*level, 0) + 1);
        replyValue(client, value);
      }));
}

void PmiServer::enterBarrier(Client& client) {
  if (std::exchange(client.inBarrier, true)) return violate(client, "two barriers at once");
  const bool finalizes = client.isMpich && client.hasRead && !client.hasPut;
  client.hasPut = client.hasRead = client.leftEarly = false;
  if (finalizes)
    client.patience =
        handle_.loop().after(kFinalizePatience, [this, &client] { leaveEarly(client); });
  if (++inBarrier_ < job_.localTasks()) return;
  exchange_.exchange(pending_, [this](const base::Result<PmiPairs>& all) { leaveBarrier(all); });
}

void PmiServer::leaveBarrier(const base::Result<PmiPairs>& all) {
  inBarrier_ = 0;
  pending_.clear();
  if (all)
    for (const auto& [key, value] : *all) store_.insert_or_assign(key, value);
  const std::string line = all ? "cmd=barrier_out rc=0" : "cmd=barrier_out rc=-1";
  for (Client& client : clients_) {
    client.patience.reset();
    if (std::exchange(client.inBarrier, false) && !client.leftEarly) reply(client, line);
  }
}

// MPICH before 4.2 with UCX closes its connections in MPI_Finalize, and then waits here without
// serving them any more, whereas a task that comes later needs its peers' answers to close its own:
// over TCP that is for ever, with any launcher (MPICH's pull request 6596 takes this barrier out).
// Who is let go ends, and so sets the others free.
void PmiServer::leaveEarly(Client& client) {
  client.leftEarly = true;
  reply(client, "cmd=barrier_out rc=0");
}

void PmiServer::abortJob(Client& client, const PmiMessage& message) {
  const std::string_view text = pmiField(message, "error_msg");
  client.watch.reset();
  abort_(toInt(pmiField(message, "exitcode"), 1),
         text.empty() ? "MPI_Abort" : "MPI_Abort: " + std::string(text));
}

void PmiServer::replyValue(Client& client, const std::string& value) {
  reply(client, "cmd=get_result rc=0 msg=success value=" + value);
}

// Client and server take turns, so that an answer finds room unless the client does not read them.
void PmiServer::reply(Client& client, const std::string& line) {
  if (!client.fd) return;
  const std::string text = line + "\n";
  const ssize_t n = ::send(client.fd.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n == static_cast<ssize_t>(text.size())) return;
  client.watch.reset();  // it has gone, or it will see the end of its connection
  client.fd.reset();
}

void PmiServer::violate(Client& client, const std::string& what) {
  client.watch.reset();
  client.fd.reset();
  abort_(1, "PMI protocol error of task " + std::to_string(client.rank) + ": " + what);
}

}  // namespace mc::flux::shell
