// flux watch: the output of jobs that run or have run, and their exit status.

#include <unistd.h>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_selection.hpp"
#include "flux/commands/job_waiter.hpp"
#include "flux/commands/progress.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-watch";

constexpr Option kOptions[] = {
    {'a', "active", Takes::Nothing, "", "Watch all active jobs"},
    {'A', "all", Takes::Nothing, "", "Watch all jobs"},
    {'c', "count", Takes::Value, "N", "Limit to N jobs (default 1000)"},
    {0, "since", Takes::Value, "WHEN",
     "Include jobs that have become inactive since WHEN. Implies --active if no other --filter "
     "option is specified"},
    {'f', "filter", Takes::Value, "STATE|RESULT", "Watch jobs with specific job state or result"},
    {'l', "label-io", Takes::Nothing, "", "Add rank labels to output"},
    {'v', "verbose", Takes::Nothing, "", "Increase verbosity"},
    {0, "progress", Takes::Nothing, "", "Show progress bar"},
    {0, "jps", Takes::Nothing, "", "With --progress, show throughput (jobs/s)"},
};
constexpr int64_t kDefaultCount = 1000;

base::Result<JobQuery> queryOf(const Parsed& parsed) {
  JobQuery query;
  query.attributes = {"state"};
  query.userId = ::getuid();
  const bool all = parsed.has("all") || parsed.has("since");
  const char* fallback = all ? "pending,running,inactive" : "pending,running";
  MC_TRY(addFilter(query, parsed.valueOr("filter", fallback)));
  if (const auto since = parsed.value("since")) {
    MC_TRY_ASSIGN(query.since, parseSince(*since, base::SystemClock().wall()));
  }
  return query;
}

// The ids to watch, oldest first.
base::Result<std::vector<formats::JobId>> selected(Session& session, const JobQuery& query) {
  MC_TRY_ASSIGN(const auto jobs, listJobs(session, query));
  std::vector<formats::JobId> ids;
  for (const auto& job : jobs)
    if (const auto* object = job.if_object())
      ids.push_back(formats::getUnsigned(*object, "id").value_or(0));
  std::reverse(ids.begin(), ids.end());
  return ids;
}

int watchJobs(Session& session, const std::vector<formats::JobId>& ids, const Parsed& parsed) {
  Progress progress(parsed.has("progress"), parsed.has("jps"));
  JobWaiter::Options options;
  options.program = kProgram;
  options.output = true;
  options.labels = parsed.has("label-io");
  JobWaiter waiter(*session.handle, std::move(options), [&] {
    progress.show(waiter.totals(), ids.size());
    if (waiter.idle()) session.loop->stop();
  });
  bool lost = false;
  session->onClosed([&](const base::Error& error) {
    lost = true;
    failPython(kProgram, "lost connection to Flux: " + error.message);
    session.loop->stop();
  });
  for (const formats::JobId id : ids) waiter.add(id);
  while (!waiter.idle() && !lost) session.loop->run();
  progress.finish();
  return lost ? std::max(waiter.exitStatus(), 1) : waiter.exitStatus();
}

}  // namespace

int watchMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-watch [OPTIONS] [JOBID ...]",
                        .description = "monitor one or more Flux jobs",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto named = jobIdValues(parsed.rest);
  if (!named) return usageError(grammar, named.error().message);
  std::vector<formats::JobId>& ids = *named;
  const bool selects =
      parsed.has("active") || parsed.has("all") || parsed.has("since") || parsed.has("filter");
  if (ids.empty() && !selects)
    return usageError(grammar, "At least one job selection option is required");
  std::optional<int> status;
  const auto count = integerOption(grammar, parsed, "count", status).value_or(kDefaultCount);
  if (status) return *status;
  auto query = queryOf(parsed);
  if (!query) return usageError(grammar, query.error().message);
  query->count = count;
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  if (ids.empty()) {
    auto found = selected(*session, *query);
    if (!found) return failPython(kProgram, pythonError(found.error()));
    ids = std::move(*found);
  }
  if (ids.empty()) {
    complain(std::string(kProgram) + ": No matching jobs");
    return 0;
  }
  if (parsed.has("verbose"))
    complain(std::string(kProgram) + ": Watching " + std::to_string(ids.size()) + " jobs");
  return watchJobs(*session, ids, parsed);
}

}  // namespace mc::flux::commands
