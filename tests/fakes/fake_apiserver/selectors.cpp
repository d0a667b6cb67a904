#include "fakes/fake_apiserver/selectors.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

using Operator = Requirement::Operator;

/// The tokens of a label selector: words and ( ) , ! = == != < >.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] std::string peek() const { return Lexer(*this).next(); }

  std::string next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size()) return "";
    const auto two = text_.substr(at_, 2);
    if (two == "==" || two == "!=") return take(2);
    if (special(text_[at_])) return take(1);
    size_t length = 0;
    while (at_ + length < text_.size() && text_[at_ + length] != ' ' &&
           !special(text_[at_ + length]))
      ++length;
    return take(length);
  }

 private:
  static bool special(char c) { return std::string_view("(),!=<>").find(c) != std::string::npos; }
  std::string take(size_t length) {
    const std::string token(text_.substr(at_, length));
    at_ += length;
    return token;
  }
  std::string_view text_;
  size_t at_ = 0;
};

bool isWord(const std::string& token) {
  return !token.empty() && std::string_view("(),!=<>").find(token[0]) == std::string_view::npos;
}

ApiError unparsable(std::string_view text, const std::string& why) {
  return badRequest("unable to parse requirement: " + why + " in " + quoted(std::string(text)));
}

/// "(a,b)" behind `in` and `notin`.
std::optional<std::set<std::string>> valueSet(Lexer& lexer) {
  if (lexer.next() != "(") return std::nullopt;
  std::set<std::string> values;
  while (true) {
    if (isWord(lexer.peek()))
      values.insert(lexer.next());
    else
      values.insert("");
    const auto after = lexer.next();
    if (after == ")") return values;
    if (after != ",") return std::nullopt;
  }
}

std::optional<Operator> simpleOperator(const std::string& token) {
  if (token == "=" || token == "==") return Operator::In;
  if (token == "!=") return Operator::NotIn;
  if (token == ">") return Operator::GreaterThan;
  if (token == "<") return Operator::LessThan;
  return std::nullopt;
}

std::optional<Requirement> requirement(Lexer& lexer) {
  if (lexer.peek() == "!") {
    lexer.next();
    const auto key = lexer.next();
    if (!isWord(key)) return std::nullopt;
    return Requirement{key, Operator::Missing};
  }
  Requirement one;
  one.key = lexer.next();
  if (!isWord(one.key)) return std::nullopt;
  const auto op = lexer.peek();
  if (op.empty() || op == ",") return one;
  lexer.next();
  if (op == "in" || op == "notin") {
    one.op = op == "in" ? Operator::In : Operator::NotIn;
    auto values = valueSet(lexer);
    if (!values) return std::nullopt;
    one.values = std::move(*values);
    return one;
  }
  const auto simple = simpleOperator(op);
  if (!simple) return std::nullopt;
  one.op = *simple;
  one.values.insert(isWord(lexer.peek()) ? lexer.next() : "");
  return one;
}

bool satisfied(const Requirement& one, const json::object& labels) {
  const auto* label = labels.if_contains(one.key);
  const bool there = label && label->is_string();
  const std::string value = there ? std::string(label->get_string()) : std::string();
  const auto number = [](const std::string& text) {
    return std::strtoll(text.c_str(), nullptr, 10);
  };
  switch (one.op) {
    case Operator::In:
      return there && one.values.count(value) > 0;
    case Operator::NotIn:
      return !there || one.values.count(value) == 0;
    case Operator::Exists:
      return there;
    case Operator::Missing:
      return !there;
    case Operator::GreaterThan:
      return there && number(value) > number(*one.values.begin());
    case Operator::LessThan:
      return there && number(value) < number(*one.values.begin());
  }
  return false;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// The text of a field; numbers and booleans as Kubernetes prints them, missing ones are empty.
std::string fieldText(const json::object& object, const std::vector<std::string>& path) {
  const json::object* in = &object;
  const json::value* value = nullptr;
  for (const auto& step : path) {
    if (!in) return "";
    value = in->if_contains(step);
    if (!value) return "";
    in = value->if_object();
  }
  if (!value) return "";
  if (const auto* text = value->if_string()) return std::string(*text);
  if (const auto* flag = value->if_bool()) return *flag ? "true" : "false";
  if (const auto* number = value->if_int64()) return std::to_string(*number);
  return "";
}

}  // namespace

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  Lexer lexer(text);
  while (!lexer.peek().empty()) {
    auto one = requirement(lexer);
    if (!one) return refuse(unparsable(text, "invalid label selector"));
    selector.requirements_.push_back(std::move(*one));
    const auto after = lexer.next();
    if (!after.empty() && after != ",")
      return refuse(unparsable(text, "found '" + after + "', expected: ',' or 'end of string'"));
  }
  return selector;
}

bool LabelSelector::matches(const json::object& object) const {
  const auto& labels = objectAt(object, {"metadata", "labels"});
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& one) { return satisfied(one, labels); });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text,
                                            const std::vector<std::string>& selectable) {
  FieldSelector selector;
  if (text.empty()) return selector;
  for (const auto& part : split(text, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || equals == 0)
      return refuse(
          badRequest("invalid selector: '" + part + "'; can't understand '" + part + "'"));
    Term term;
    term.equal = part[equals - 1] != '!';
    const auto field = part.substr(0, term.equal ? equals : equals - 1);
    const bool doubled = term.equal && equals + 1 < part.size() && part[equals + 1] == '=';
    term.value = part.substr(equals + (doubled ? 2 : 1));
    term.path = split(field, '.');
    if (field != "metadata.name" && field != "metadata.namespace" &&
        std::find(selectable.begin(), selectable.end(), field) == selectable.end())
      return refuse(badRequest(quoted(field) +
                               " is not a known field selector: only \"metadata.name\", "
                               "\"metadata.namespace\""));
    selector.terms_.push_back(std::move(term));
  }
  return selector;
}

bool FieldSelector::matches(const json::object& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return (fieldText(object, term.path) == term.value) == term.equal;
  });
}

}  // namespace mc::fakes
