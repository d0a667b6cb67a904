#pragma once
// Asking job-list for jobs (RFC 43).
//
// Thread-safety: none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

/// What a word of `flux jobs --filter` selects.
struct JobFilter {
  int64_t states = 0;   ///< bit mask
  int64_t results = 0;  ///< bit mask
};
/// "pending", "running", "active", a state or a result; nothing for other words.
std::optional<JobFilter> findJobFilter(std::string_view word);

struct JobQuery {
  static constexpr uint32_t kAllUsers = 0xffffffff;

  std::vector<std::string> attributes = {"all"};
  int64_t count = 0;  ///< 0: no limit
  uint32_t userId = kAllUsers;
  int64_t states = 0;   ///< bit mask; jobs in one of these states ...
  int64_t results = 0;  ///< ... or inactive with one of these results
  double since = 0;     ///< active since then; 0: always
  std::string name;     ///< empty: any
  std::vector<std::string> queues;
  std::string hosts;  ///< ran on one of these hosts (hostlist); empty: anywhere
  std::string ranks;  ///< ran on one of these ranks (idset); empty: anywhere

  [[nodiscard]] boost::json::object constraint() const;
};

/// The jobs that match, in job-list's order.
base::Result<boost::json::array> listJobs(Session& session, const JobQuery& query);

/// One job with the given attributes; ENOENT if it is unknown.
base::Result<boost::json::object> findJob(Session& session, formats::JobId id,
                                          const std::vector<std::string>& attributes);

}  // namespace mc::flux::commands
