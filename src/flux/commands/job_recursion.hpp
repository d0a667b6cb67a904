#pragma once
// Walking down the tree of instances: jobs that are Flux instances, and their jobs.
//
// Thread-safety: none.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flux/commands/instance_fields.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// The URI of a running instance that this job (as job-list tells of it, with annotations, state
/// and userid) is; nothing for other jobs. Without `everyone` only jobs of this user count.
std::optional<std::string> instanceUri(const boost::json::object& job, bool everyone);

/// Connects to the instance of a job; nothing where there is nobody, or nobody for us.
std::optional<Session> openInstance(const std::string& uri);

/// Calls `visit` for each job of `jobs` that is a running instance, in order; `session` is null
/// where it cannot be reached.
using VisitInstance = std::function<void(const boost::json::object& job, Session* session)>;
void visitInstances(const boost::json::array& jobs, bool everyone, const VisitInstance& visit);

/// A job with the instance that it may be: the values of the fields of both.
class JobRow {
 public:
  /// Asks the instance only where `needsInstance`; `session` is null where the job is none, or none
  /// that can be reached.
  JobRow(const JobFields& job, Session* session, bool needsInstance);
  [[nodiscard]] FieldValue value(const std::string& field) const;

 private:
  const JobFields& job_;
  InstanceFields instance_;
};

/// The column title of a field of a job or of its instance; nothing for one that does not exist.
std::optional<std::string> jobRowTitle(const std::string& field);
/// Whether any field is one of instances.
bool needsInstance(const std::vector<std::string>& fields);

/// What instanceUri() needs to know of a job.
inline constexpr const char* kInstanceAttributes[] = {"annotations", "state", "userid"};

}  // namespace mc::flux::commands
