#pragma once
// Label and field selectors, as the query parameters labelSelector and fieldSelector carry them.
//
// Source: "Labels and Selectors" and "Field Selectors" of the Kubernetes documentation.
// Thread-safety: values.

#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/fake_apiserver/api_error.hpp"

namespace mc::fakes {

struct Requirement {
  enum class Operator { In, NotIn, Exists, Missing, GreaterThan, LessThan };
  std::string key;
  Operator op = Operator::Exists;
  std::set<std::string> values = {};
};

class LabelSelector {
 public:
  /// "a=b,c!=d,e in (f,g),!h"; empty text selects all.
  static Outcome<LabelSelector> parse(std::string_view text);
  [[nodiscard]] bool matches(const boost::json::object& object) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }

 private:
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  /// "metadata.name=x,status.phase!=Running". `selectable` are the fields of this resource.
  static Outcome<FieldSelector> parse(std::string_view text,
                                      const std::vector<std::string>& selectable);
  [[nodiscard]] bool matches(const boost::json::object& object) const;
  [[nodiscard]] bool empty() const { return terms_.empty(); }

 private:
  struct Term {
    std::vector<std::string> path;
    bool equal = true;
    std::string value;
  };
  std::vector<Term> terms_;
};

}  // namespace mc::fakes
