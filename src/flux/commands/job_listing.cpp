#include "flux/commands/job_listing.hpp"

#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

json::array toArray(const std::vector<std::string>& words) {
  json::array out;
  for (const std::string& word : words) out.emplace_back(word);
  return out;
}

json::object oneOf(const char* operation, json::value value) {
  return {{operation, json::array{std::move(value)}}};
}

}  // namespace

std::optional<JobFilter> findJobFilter(std::string_view word) {
  const JobFilter filter{formats::statesOf(word), formats::resultsOf(word)};
  if (filter.states == 0 && filter.results == 0) return std::nullopt;
  return filter;
}

json::object JobQuery::constraint() const {
  json::array all;
  if (userId != kAllUsers) all.push_back(oneOf("userid", userId));
  if (!name.empty()) all.push_back(oneOf("name", json::value(name)));
  if (!queues.empty()) all.push_back(json::object{{"queue", toArray(queues)}});
  if (!hosts.empty()) all.push_back(oneOf("hostlist", json::value(hosts)));
  if (!ranks.empty()) all.push_back(oneOf("ranks", json::value(ranks)));
  const bool inactive = (states & formats::kStateInactive) != 0;
  if (results != 0 && states != 0 && !inactive) {
    all.push_back(
        json::object{{"or", json::array{oneOf("states", states), oneOf("results", results)}}});
  } else if (results != 0) {
    all.push_back(oneOf("results", results));
  } else if (states != 0) {
    all.push_back(oneOf("states", states));
  }
  return {{"and", std::move(all)}};
}

base::Result<json::array> listJobs(Session& session, const JobQuery& query) {
  json::array jobs;
  bool over = false;
  base::Error failure{0, ""};
  json::object payload{{"max_entries", query.count},
                       {"attrs", toArray(query.attributes)},
                       {"constraint", query.constraint()}};
  if (query.since > 0) payload["since"] = query.since;
  const auto end = [&](const base::Error& error) {
    if (error.errnum != ENODATA) failure = error;
    over = true;
    session.loop->stop();
  };
  // As text, so that the jobs are ours to move: they may be many.
  const client::Watch rpc = session->rpcText(
      "job-list.list", payload, {.streaming = true}, [&](const base::Result<std::string>& text) {
        if (!text) return end(text.error());
        auto answer = formats::parseJsonObject(*text);
        if (!answer) return end(answer.error());
        if (auto* chunk = answer->if_contains("jobs"); chunk != nullptr && chunk->is_array())
          for (json::value& job : chunk->get_array()) jobs.push_back(std::move(job));
      });
  while (!over) session.loop->run();
  if (failure.errnum != 0) return base::pass(failure);
  return jobs;
}

base::Result<json::object> findJob(Session& session, formats::JobId id,
                                   const std::vector<std::string>& attributes) {
  MC_TRY_ASSIGN(json::object answer,
                session->call("job-list.list-id", {{"id", id}, {"attrs", toArray(attributes)}}));
  auto* job = answer.if_contains("job");
  if (job == nullptr || !job->is_object()) return base::fail(EPROTO, "answer without job");
  return std::move(job->get_object());
}

}  // namespace mc::flux::commands
