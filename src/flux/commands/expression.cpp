#include "flux/commands/expression.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <variant>
#include <vector>

#include "flux/formats/json.hpp"

namespace mc::flux::commands {

namespace {

using Value = std::variant<int64_t, double, std::string>;
using Outcome = base::Result<Value>;

constexpr int kMaxDepth = 64;

tl::unexpected<base::Error> bad(const std::string& what) {
  return base::fail(EINVAL, what);
}
tl::unexpected<base::Error> tooLarge() {
  return base::fail(ERANGE, "the number is too large");
}

bool isText(const Value& value) {
  return std::holds_alternative<std::string>(value);
}
double realOf(const Value& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}
const int64_t* wholeOf(const Value& value) {
  return std::get_if<int64_t>(&value);
}

std::string textOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = wholeOf(value)) return std::to_string(*whole);
  return formats::formatDouble(std::get<double>(value));
}

Outcome wholePower(int64_t base, int64_t exponent) {
  if (exponent == 0 || base == 1) return Value(int64_t{1});
  if (base == 0) return Value(int64_t{0});
  if (base == -1) return Value(exponent % 2 == 0 ? int64_t{1} : int64_t{-1});
  int64_t result = 1;  // others overflow before long
  for (int64_t i = 0; i < exponent; ++i)
    if (__builtin_mul_overflow(result, base, &result)) return tooLarge();
  return Value(result);
}

Outcome ofWholes(std::string_view op, int64_t a, int64_t b) {
  int64_t result = 0;
  if (op == "+") return __builtin_add_overflow(a, b, &result) ? Outcome(tooLarge()) : Value(result);
  if (op == "-") return __builtin_sub_overflow(a, b, &result) ? Outcome(tooLarge()) : Value(result);
  if (op == "*") return __builtin_mul_overflow(a, b, &result) ? Outcome(tooLarge()) : Value(result);
  if (op == "**")
    return b >= 0 ? wholePower(a, b)
                  : Outcome(Value(std::pow(static_cast<double>(a), static_cast<double>(b))));
  if (b == 0) return base::fail(EDOM, "division by zero");
  if (op == "/") return Value(static_cast<double>(a) / static_cast<double>(b));
  if (b == -1) return op == "%" ? Outcome(Value(int64_t{0})) : ofWholes("-", 0, a);
  const bool down = a % b != 0 && (a < 0) != (b < 0);  // Python rounds towards minus infinity
  if (op == "//") return Value(a / b - (down ? 1 : 0));
  return Value(a % b + (down ? b : 0));
}

Outcome ofReals(std::string_view op, double a, double b) {
  if (op == "+") return Value(a + b);
  if (op == "-") return Value(a - b);
  if (op == "*") return Value(a * b);
  if (op == "**") return Value(std::pow(a, b));
  if (b == 0) return base::fail(EDOM, "division by zero");
  if (op == "/") return Value(a / b);
  const double quotient = std::floor(a / b);
  return op == "//" ? Value(quotient) : Value(a - quotient * b);
}

Outcome apply(std::string_view op, const Value& a, const Value& b) {
  if (isText(a) && isText(b) && op == "+") return Value(textOf(a) + textOf(b));
  if (isText(a) || isText(b))
    return bad("'" + std::string(op) + "' needs numbers: use int(x) or float(x)");
  const auto* left = wholeOf(a);
  const auto* right = wholeOf(b);
  return left && right ? ofWholes(op, *left, *right) : ofReals(op, realOf(a), realOf(b));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

template <typename Number>
Outcome numberFrom(std::string_view text, const char* type) {
  std::string_view digits = trimmed(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  Number number{};
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc::result_out_of_range) return tooLarge();
  if (error != std::errc{} || rest != end) return bad("'" + std::string(text) + "' is no " + type);
  return Value(number);
}

Outcome toWhole(const Value& value) {
  if (isText(value)) return numberFrom<int64_t>(std::get<std::string>(value), "whole number");
  const double real = std::trunc(realOf(value));
  if (wholeOf(value)) return value;
  if (!(std::abs(real) < 9.2e18)) return tooLarge();
  return Value(static_cast<int64_t>(real));
}

Outcome callOne(std::string_view name, const Value& value) {
  if (name == "str") return Value(textOf(value));
  if (name == "int") return toWhole(value);
  if (name == "float")
    return isText(value) ? numberFrom<double>(std::get<std::string>(value), "number")
                         : Outcome(Value(realOf(value)));
  if (name == "len")
    return isText(value) ? Outcome(Value(static_cast<int64_t>(std::get<std::string>(value).size())))
                         : Outcome(bad("len() needs a string"));
  if (isText(value)) return bad(std::string(name) + "() needs a number");
  const auto* whole = wholeOf(value);
  if (name == "abs") {
    if (whole == nullptr) return Value(std::abs(realOf(value)));
    return *whole < 0 ? ofWholes("-", 0, *whole) : Outcome(value);
  }
  if (name == "round")
    return whole ? Outcome(value) : toWhole(Value(std::nearbyint(realOf(value))));
  return bad("unknown function " + std::string(name) + "()");
}

Outcome call(std::string_view name, const std::vector<Value>& arguments) {
  if ((name == "min" || name == "max") && arguments.size() > 1) {
    for (const Value& value : arguments)
      if (isText(value)) return bad(std::string(name) + "() needs numbers");
    const auto less = [](const Value& a, const Value& b) { return realOf(a) < realOf(b); };
    return name == "min" ? *std::min_element(arguments.begin(), arguments.end(), less)
                         : *std::max_element(arguments.begin(), arguments.end(), less);
  }
  if (arguments.size() != 1) return bad(std::string(name) + "(): wrong number of arguments");
  return callOne(name, arguments[0]);
}

// A recursive descent in the order of Python's precedence.
class Parser {
 public:
  Parser(std::string_view text, const std::string& x) : rest_(text), x_(x) {}

  Outcome whole() {
    MC_TRY_ASSIGN(Value value, sum());
    skip();
    if (!rest_.empty()) return bad("unexpected '" + std::string(rest_) + "'");
    return value;
  }

 private:
  void skip() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())))
      rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skip();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  Outcome sum() {
    MC_TRY_ASSIGN(Value left, product());
    while (true) {
      const std::string_view op = take("+") ? "+" : take("-") ? "-" : "";
      if (op.empty()) return left;
      MC_TRY_ASSIGN(const Value right, product());
      MC_TRY_ASSIGN(left, apply(op, left, right));
    }
  }

  Outcome product() {
    MC_TRY_ASSIGN(Value left, factor());
    while (true) {
      skip();
      if (rest_.starts_with("**")) return left;
      const std::string_view op = take("//")  ? "//"
                                  : take("/") ? "/"
                                  : take("*") ? "*"
                                  : take("%") ? "%"
                                              : "";
      if (op.empty()) return left;
      MC_TRY_ASSIGN(const Value right, factor());
      MC_TRY_ASSIGN(left, apply(op, left, right));
    }
  }

  Outcome factor() {
    if (++depth_ > kMaxDepth) return bad("the expression nests too deep");
    Outcome out = take("-") ? negated() : take("+") ? factor() : power();
    --depth_;
    return out;
  }
  Outcome negated() {
    MC_TRY_ASSIGN(const Value value, factor());
    return apply("-", Value(int64_t{0}), value);
  }
  Outcome power() {
    MC_TRY_ASSIGN(Value base, atom());
    if (!take("**")) return base;
    MC_TRY_ASSIGN(const Value exponent, factor());
    return apply("**", base, exponent);
  }

  Outcome atom() {
    skip();
    if (rest_.empty()) return bad("the expression ends too soon");
    const char c = rest_.front();
    if (take("(")) {
      MC_TRY_ASSIGN(Value value, sum());
      return take(")") ? Outcome(value) : Outcome(bad("missing ')'"));
    }
    if (c == '"' || c == '\'') return quoted(c);
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    return nameOrCall();
  }

  Outcome quoted(char quote) {
    const size_t end = rest_.find(quote, 1);
    if (end == rest_.npos) return bad("a string has no end");
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return Value(std::move(text));
  }
  Outcome number() {
    const size_t length = std::min(rest_.find_first_not_of("0123456789."), rest_.size());
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (text.find('.') == text.npos) return numberFrom<int64_t>(text, "number");
    return numberFrom<double>(text, "number");
  }
  Outcome nameOrCall() {
    size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) || rest_[length] == '_'))
      ++length;
    if (length == 0) return bad("unexpected '" + std::string(rest_) + "'");
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (!take("("))
      return name == "x" ? Outcome(Value(x_)) : Outcome(bad("unknown name " + std::string(name)));
    std::vector<Value> arguments;
    while (!take(")")) {
      if (!arguments.empty() && !take(",")) return bad("missing ')'");
      MC_TRY_ASSIGN(Value value, sum());
      arguments.push_back(std::move(value));
    }
    return call(name, arguments);
  }

  std::string_view rest_;
  const std::string& x_;
  int depth_ = 0;
};

}  // namespace

base::Result<std::string> evaluate(std::string_view code, const std::string& x) {
  MC_TRY_ASSIGN(const Value value, Parser(code, x).whole().prefixed(std::string(code)));
  return textOf(value);
}

}  // namespace mc::flux::commands
