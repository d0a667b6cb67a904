#pragma once
// The fields of `flux jobs --format`, worked out from what job-list tells of a job.
//
// Thread-safety: none.

#include <optional>
#include <string>
#include <vector>

#include "flux/commands/row_format.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

class JobFields {
 public:
  /// `job` is used as long as this lives. `now`: seconds since the epoch, for jobs that still run.
  JobFields(const boost::json::object& job, double now) : job_(&job), now_(now) {}

  /// The value of a field; empty where the job has none.
  [[nodiscard]] FieldValue value(const std::string& field) const;

  [[nodiscard]] const boost::json::object& job() const { return *job_; }
  [[nodiscard]] int64_t state() const { return integer("state").value_or(0); }
  [[nodiscard]] int64_t result() const { return integer("result").value_or(0); }
  [[nodiscard]] double runtime() const;
  [[nodiscard]] std::optional<int64_t> returncode() const;

  /// The job as `flux jobs --json` shows it.
  [[nodiscard]] boost::json::object toJson() const;

 private:
  /// Fields that are more than an attribute of job-list.
  enum class Computed {
    Uri,
    Username,
    State,
    StateSingle,
    Status,
    StatusAbbrev,
    Result,
    ResultAbbrev,
    Runtime,
    Nnodes,
    Dependencies,
    Returncode,
    ContextualTime,
    ContextualInfo,
    InactiveReason,
    Remaining,
    Success,
  };
  [[nodiscard]] FieldValue computed(Computed what) const;
  [[nodiscard]] std::optional<int64_t> integer(std::string_view key) const;
  [[nodiscard]] double real(std::string_view key) const;
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] FieldValue member(std::string_view key) const;
  [[nodiscard]] FieldValue annotation(const std::string& path) const;
  [[nodiscard]] FieldValue idField(const std::string& field) const;
  [[nodiscard]] FieldValue exceptionField(const std::string& field) const;
  [[nodiscard]] std::string status(bool abbreviated) const;
  [[nodiscard]] std::string dependencies() const;
  [[nodiscard]] std::string contextualInfo() const;
  [[nodiscard]] std::string inactiveReason() const;

  const boost::json::object* job_;
  double now_;
};

/// The column title of a field: "JOBID" of "id.f58". Nothing for a field that does not exist.
std::optional<std::string> jobFieldTitle(const std::string& field);

/// The job-list attributes that the fields need.
std::vector<std::string> jobFieldAttributes(const std::vector<std::string>& fields);

}  // namespace mc::flux::commands
