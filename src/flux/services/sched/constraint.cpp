#include "flux/services/sched/constraint.hpp"

#include <algorithm>

#include "flux/formats/hostlist.hpp"

namespace mc::flux::services::sched {

namespace {

namespace json = boost::json;

constexpr int kMaxDepth = 16;

base::Result<std::vector<std::string>> strings(std::string_view name, const json::array& values) {
  std::vector<std::string> out;
  for (const auto& value : values) {
    const auto* text = value.if_string();
    if (text == nullptr)
      return base::fail(EINVAL, "constraint '" + std::string(name) + "' takes strings only");
    out.emplace_back(*text);
  }
  return out;
}

}  // namespace

base::Result<Constraint> Constraint::parse(const json::object& object) {
  return parse(object, 0);
}

base::Result<Constraint> Constraint::parse(const json::object& object, int depth) {
  if (depth > kMaxDepth) return base::fail(EINVAL, "constraint is nested too deeply");
  Constraint all;
  for (const auto& [name, values] : object) {
    const auto* list = values.if_array();
    if (list == nullptr)
      return base::fail(EINVAL, "constraint '" + std::string(name) + "' takes a list");
    MC_TRY_ASSIGN(Constraint child, parseOperator(name, *list, depth));
    all.children_.push_back(std::move(child));
  }
  return all;
}

base::Result<Constraint> Constraint::parseOperator(std::string_view name, const json::array& values,
                                                   int depth) {
  Constraint out;
  if (name == "and" || name == "or" || name == "not") {
    out.kind_ = name == "and" ? Kind::All : (name == "or" ? Kind::Any : Kind::None);
    for (const auto& value : values) {
      const auto* object = value.if_object();
      if (object == nullptr)
        return base::fail(EINVAL, "constraint '" + std::string(name) + "' takes constraints");
      MC_TRY_ASSIGN(Constraint child, parse(*object, depth + 1));
      out.children_.push_back(std::move(child));
    }
    return out;
  }
  MC_TRY_ASSIGN(const auto words, strings(name, values));
  if (name == "properties") {
    out.kind_ = Kind::Properties;
    for (const std::string& word : words) {
      const bool negated = word.starts_with('^');
      if (word.size() == (negated ? 1 : 0) || word.find_first_of("!&'\"`|()") != std::string::npos)
        return base::fail(EINVAL, "invalid property '" + word + "'");
      (negated ? out.unwanted_ : out.wanted_).insert(word.substr(negated ? 1 : 0));
    }
    return out;
  }
  if (name == "hostlist") {
    out.kind_ = Kind::Hosts;
    for (const std::string& word : words) {
      MC_TRY_ASSIGN(const formats::Hostlist hosts, formats::Hostlist::parse(word));
      for (std::string& host : hosts.hosts()) out.wanted_.insert(std::move(host));
    }
    return out;
  }
  if (name == "ranks") {
    out.kind_ = Kind::Ranks;
    for (const std::string& word : words) {
      MC_TRY_ASSIGN(const formats::Idset ranks, formats::Idset::parse(word));
      out.ranks_.insert(ranks);
    }
    return out;
  }
  return base::fail(EINVAL, "unknown constraint operator '" + std::string(name) + "'");
}

bool Constraint::matches(const NodeTraits& node) const {
  const auto childMatches = [&](const Constraint& child) { return child.matches(node); };
  const auto has = [&](const std::string& property) { return node.properties.contains(property); };
  switch (kind_) {
    case Kind::All:
      return std::all_of(children_.begin(), children_.end(), childMatches);
    case Kind::Any:
      return std::any_of(children_.begin(), children_.end(), childMatches);
    case Kind::None:
      return !std::all_of(children_.begin(), children_.end(), childMatches);
    case Kind::Properties:
      return std::all_of(wanted_.begin(), wanted_.end(), has) &&
             std::none_of(unwanted_.begin(), unwanted_.end(), has);
    case Kind::Hosts:
      return wanted_.contains(node.host);
    case Kind::Ranks:
      return ranks_.contains(node.rank);
  }
  return false;
}

}  // namespace mc::flux::services::sched
