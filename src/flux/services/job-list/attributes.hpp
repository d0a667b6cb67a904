#pragma once
// The attributes of a job that job-list gives out (RFC 43).
//
// Thread-safety: pure functions.

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::list {

/// A choice of attributes, compiled once per request.
class Attributes {
 public:
  /// Reads an array of names; "all" stands for all. EINVAL for an unknown one.
  static base::Result<Attributes> parse(const boost::json::array& names);
  /// All names, "all" included.
  static std::vector<std::string_view> names();

  /// The job's id and those chosen attributes that it has.
  [[nodiscard]] boost::json::object of(const manager::Job& job,
                                       const boost::json::storage_ptr& storage = {}) const;

 private:
  std::vector<size_t> chosen_;
};

}  // namespace mc::flux::services::list
