#pragma once
// Constraints on the jobs of a listing (RFC 43, with the syntax of RFC 31).
//
// Thread-safety: values; const methods may run concurrently.

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::list {

/// A compiled constraint.
class Match {
 public:
  /// Matches every job.
  Match() = default;
  /// EINVAL with the operator that is unknown or has bad values.
  static base::Result<Match> parse(const boost::json::object& constraint);

  [[nodiscard]] bool operator()(const manager::Job& job) const { return !test_ || test_(job); }
  /// A mask of the states that a matching job can be in: whole lists are skipped by it.
  [[nodiscard]] int states() const { return states_; }

 private:
  using Test = std::function<bool(const manager::Job&)>;
  Match(int states, Test test) : states_(states), test_(std::move(test)) {}
  static base::Result<Match> parse(const boost::json::object& constraint, int depth);
  static base::Result<Match> parseOperator(std::string_view name, const boost::json::array& values,
                                           int depth);
  static base::Result<Match> combine(std::string_view name, const boost::json::array& values,
                                     int depth);
  static Match allOf(std::vector<Match> parts);
  static base::Result<Match> stateMatch(const boost::json::array& values);
  static base::Result<Match> resultMatch(const boost::json::array& values);
  static base::Result<Match> timeMatch(std::string_view name, const boost::json::array& values);

  int states_ = manager::kAnyState;
  Test test_;
};

}  // namespace mc::flux::services::list
