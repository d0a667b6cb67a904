#include "flux/services/job-list/service.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <limits>

#include "flux/formats/json.hpp"

namespace mc::flux::services::list {

namespace {

namespace json = boost::json;
using broker::Request;
using manager::Job;
using manager::JobTable;
using manager::State;

constexpr size_t kJobsPerResponse = 500;

// Sends jobs in responses of a bearable size.
class Sender {
 public:
  Sender(const Request& request, const Attributes& attributes)
      : request_(request), attributes_(attributes) {}

  void add(const Job& job) {
    if (count_ > 0) text_ += ',';
    json::monotonic_resource memory(buffer_, sizeof buffer_);
    text_ += formats::toJson(attributes_.of(job, &memory));
    if (++count_ == kJobsPerResponse && request_.streaming()) flush();
  }

  void finish() {
    if (count_ > 0 || !request_.streaming()) flush();
    if (request_.streaming()) request_.fail(ENODATA);
  }

 private:
  void flush() {
    std::string payload = "{\"jobs\":[" + text_ + "]";
    if (request_.streaming() && std::exchange(first_, false)) payload += ",\"version\":1";
    request_.respondText(payload + "}");
    text_.clear();
    count_ = 0;
  }

  const Request& request_;
  const Attributes& attributes_;
  std::string text_;
  size_t count_ = 0;
  bool first_ = true;
  unsigned char buffer_[4096];
};

// The jobs that a request means, in the order of the listing, up to its limit.
struct Query {
  Match match;
  double since = 0;
  size_t limit = std::numeric_limits<size_t>::max();

  static base::Result<Query> read(const json::object& payload) {
    Query out;
    MC_TRY_ASSIGN(const int64_t limit, formats::getInteger(payload, "max_entries"));
    if (limit < 0) return base::fail(EPROTO, "max_entries must not be negative");
    if (limit > 0) out.limit = static_cast<size_t>(limit);
    if (const auto* since = formats::find(payload, "since")) {
      MC_TRY_ASSIGN(out.since, formats::toDouble(*since));
    }
    if (const auto* constraint = formats::findObject(payload, "constraint")) {
      MC_TRY_ASSIGN(out.match, Match::parse(*constraint));
    }
    return out;
  }

  template <class Jobs>
  void walk(const Jobs& jobs, int states, Sender& sender) {
    if ((match.states() & states) == 0) return;
    for (const Job* job : jobs) {
      if (limit == 0) return;
      // Inactive jobs come latest first, so that all behind the first old one are old.
      if (job->state == State::Inactive && job->times.inactive <= since) return;
      if (!match(*job)) continue;
      sender.add(*job);
      --limit;
    }
  }
};

base::Result<Attributes> readAttributes(const json::object& payload) {
  const auto* names = formats::findArray(payload, "attrs");
  if (names == nullptr) return base::fail(EPROTO, "payload has no array 'attrs'");
  return Attributes::parse(*names);
}

}  // namespace

ListService::ListService(manager::Manager& manager)
    : manager_(manager), events_(manager.onEvent([this](const Job& job, std::string_view) {
        if (!waiting_.empty()) answerWaiting(job);
      })) {
  methods_.add("list", Access::Anyone, [this](const Request& request, const Payload& payload) {
    return list(request, payload);
  });
  methods_.add("list-id", Access::Anyone, [this](const Request& request, const Payload& payload) {
    return listId(request, payload);
  });
  methods_.add("job-stats", Access::Anyone,
               [this](const Request& request, const Payload&) { return stats(request); });
  methods_.add("list-attrs", Access::Anyone, [](const Request& request, const Payload&) {
    json::array names;
    for (const std::string_view name : Attributes::names()) names.emplace_back(name);
    request.respond(json::object{{"attrs", std::move(names)}});
    return base::Status();
  });
}

base::Status ListService::list(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Attributes attributes, readAttributes(payload));
  MC_TRY_ASSIGN(Query query, Query::read(payload));
  const JobTable& table = manager_.table();
  Sender sender(request, attributes);
  query.walk(table.pending(), manager::kPending, sender);
  query.walk(table.running(), manager::kRunning, sender);
  query.walk(table.inactive(), bit(State::Inactive), sender);
  sender.finish();
  return {};
}

base::Status ListService::listId(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const manager::JobId id, formats::getUnsigned(payload, "id"));
  MC_TRY_ASSIGN(Attributes attributes, readAttributes(payload));
  const Job* job = manager_.table().find(id);
  if (job == nullptr) return base::fail(ENOENT, "No such job");
  int state = 0;
  if (const auto* value = formats::find(payload, "state")) {
    MC_TRY_ASSIGN(const int64_t wanted, formats::toInteger(*value));
    state = static_cast<int>(wanted);
  }
  // A job that is over has been in, or will never be in, any state.
  if (bit(job->state) >= state || job->state == State::Inactive)
    request.respond(json::object{{"job", attributes.of(*job)}});
  else
    waiting_.emplace(id, Waiting{request, std::move(attributes), state});
  return {};
}

void ListService::answerWaiting(const Job& job) {
  const auto [first, last] = waiting_.equal_range(job.id);
  for (auto at = first; at != last;) {
    const Waiting& waiting = at->second;
    if (bit(job.state) < waiting.state) {
      ++at;
      continue;
    }
    waiting.request.respond(json::object{{"job", waiting.attributes.of(job)}});
    at = waiting_.erase(at);
  }
}

void ListService::disconnect(const std::string& sender) {
  std::erase_if(waiting_,
                [&](const auto& entry) { return entry.second.request.sender() == sender; });
}

base::Status ListService::stats(const Request& request) {
  const JobTable::Counts& counts = manager_.table().counts();
  const auto& states = counts.byState;
  const size_t total = manager_.table().activeCount() + manager_.table().inactive().size();
  request.respond(json::object{{"job_states", json::object{{"depend", states[0] + states[1]},
                                                           {"priority", states[2]},
                                                           {"sched", states[3]},
                                                           {"run", states[4]},
                                                           {"cleanup", states[5]},
                                                           {"inactive", states[6]},
                                                           {"total", total}}},
                               {"successful", counts.successful},
                               {"failed", counts.failed},
                               {"canceled", counts.canceled},
                               {"timeout", counts.timeout},
                               {"inactive_purged", counts.purged},
                               {"queues", json::array()}});
  return {};
}

}  // namespace mc::flux::services::list
