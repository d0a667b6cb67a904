#include "flux/commands/constraint_query.hpp"

#include <string>
#include <vector>

#include "flux/formats/hostlist.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr int kMaxDepth = 16;

struct Token {
  enum class Kind { Term, And, Or, Not, Open, Close, End } kind;
  std::string text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  base::Result<Token> next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
    if (rest_.empty()) return Token{Token::Kind::End, "end of input"};
    const char first = rest_[0];
    if (first == '(' || first == ')')
      return symbol(first == '(' ? Token::Kind::Open : Token::Kind::Close, 1);
    if (first == '&' || first == '|')
      return symbol(first == '&' ? Token::Kind::And : Token::Kind::Or,
                    rest_.size() > 1 && rest_[1] == first ? 2 : 1);
    return word();
  }

 private:
  Token symbol(Token::Kind kind, size_t length) {
    Token token{kind, std::string(rest_.substr(0, length))};
    rest_.remove_prefix(length);
    return token;
  }

  // Up to the next blank or operator outside of quotes.
  base::Result<Token> word() {
    Token token{Token::Kind::Term, {}};
    bool quoted = false;
    while (!rest_.empty() &&
           std::string_view(" \t\n()&|").find(rest_[0]) == std::string_view::npos) {
      const char c = rest_[0];
      if (c != '"' && c != '\'') {
        token.text += c;
        rest_.remove_prefix(1);
        continue;
      }
      const size_t end = rest_.find(c, 1);
      if (end == rest_.npos) return base::fail(EINVAL, "unclosed quote");
      token.text += rest_.substr(1, end - 1);
      rest_.remove_prefix(end + 1);
      quoted = true;
    }
    if (!quoted && token.text == "and") token.kind = Token::Kind::And;
    if (!quoted && token.text == "or") token.kind = Token::Kind::Or;
    if (!quoted && token.text == "not") token.kind = Token::Kind::Not;
    return token;
  }

  std::string_view rest_;
};

json::object negated(json::object object) {
  return {{"not", json::array{std::move(object)}}};
}

base::Result<json::object> makeTerm(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t colon = text.find(':');
  const std::string_view name = colon == text.npos ? "properties" : text.substr(0, colon);
  const std::string values(colon == text.npos ? text : text.substr(colon + 1));
  if (values.empty()) return base::fail(EINVAL, "no value in '" + std::string(text) + "'");
  json::object out;
  if (name == "properties") {
    json::array list;
    for (std::string& value : formats::splitList(values)) {
      if (value.starts_with('-')) value[0] = '^';
      if (value.find_first_of("!&'\"^`|()", 1) != std::string::npos || value.empty())
        return base::fail(EINVAL, "invalid property '" + value + "'");
      list.emplace_back(value);
    }
    out["properties"] = std::move(list);
  } else if (name == "host" || name == "hosts" || name == "hostlist") {
    MC_TRY(formats::Hostlist::parse(values));
    out["hostlist"] = json::array{json::value(values)};
  } else if (name == "rank" || name == "ranks") {
    MC_TRY(formats::Idset::parse(values));
    out["ranks"] = json::array{json::value(values)};
  } else {
    return base::fail(EINVAL, "unknown operator '" + std::string(name) + "'");
  }
  return negative ? negated(std::move(out)) : std::move(out);
}

json::object joined(const char* operation, std::vector<json::object> parts) {
  if (parts.size() == 1) return std::move(parts[0]);
  json::array list;
  for (json::object& part : parts) list.emplace_back(std::move(part));
  return {{operation, std::move(list)}};
}

// Properties that are all required are one list.
void addRequired(std::vector<json::object>& parts, json::object part) {
  auto* more = part.size() == 1 ? part.if_contains("properties") : nullptr;
  if (more != nullptr)
    for (json::object& known : parts)
      if (auto* list = known.if_contains("properties")) {
        for (const json::value& value : more->get_array()) list->get_array().push_back(value);
        return;
      }
  parts.push_back(std::move(part));
}

// any := all {or all};  all := one {[and] one};  one := not one | ( any ) | term
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  base::Result<json::object> parse() {
    MC_TRY(advance());
    MC_TRY_ASSIGN(json::object out, any(0));
    if (token_.kind != Token::Kind::End) return unexpected();
    return out;
  }

 private:
  base::Status advance() {
    MC_TRY_ASSIGN(token_, lexer_.next());
    return {};
  }
  [[nodiscard]] tl::unexpected<base::Error> unexpected() const {
    return base::fail(EINVAL, "unexpected " + token_.text);
  }

  base::Result<json::object> any(int depth) {
    if (depth > kMaxDepth) return base::fail(EINVAL, "too many levels");
    std::vector<json::object> parts;
    while (true) {
      MC_TRY_ASSIGN(json::object part, all(depth));
      parts.push_back(std::move(part));
      if (token_.kind != Token::Kind::Or) return joined("or", std::move(parts));
      MC_TRY(advance());
    }
  }

  base::Result<json::object> all(int depth) {
    std::vector<json::object> parts;
    while (true) {
      MC_TRY_ASSIGN(json::object part, one(depth));
      addRequired(parts, std::move(part));
      if (token_.kind == Token::Kind::And) {
        MC_TRY(advance());
      } else if (token_.kind != Token::Kind::Term && token_.kind != Token::Kind::Not &&
                 token_.kind != Token::Kind::Open) {
        return joined("and", std::move(parts));
      }
    }
  }

  base::Result<json::object> one(int depth) {
    if (depth > kMaxDepth) return base::fail(EINVAL, "too many levels");
    const Token token = token_;
    if (token.kind == Token::Kind::Not) {
      MC_TRY(advance());
      MC_TRY_ASSIGN(json::object part, one(depth + 1));
      return negated(std::move(part));
    }
    if (token.kind == Token::Kind::Open) {
      MC_TRY(advance());
      MC_TRY_ASSIGN(json::object part, any(depth + 1));
      if (token_.kind != Token::Kind::Close) return unexpected();
      MC_TRY(advance());
      return part;
    }
    if (token.kind != Token::Kind::Term) return unexpected();
    MC_TRY(advance());
    return makeTerm(token.text);
  }

  Lexer lexer_;
  Token token_{Token::Kind::End, {}};
};

}  // namespace

base::Result<json::object> parseConstraint(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace mc::flux::commands
