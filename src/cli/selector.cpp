#include "cli/selector.hpp"

#include <algorithm>
#include <cctype>

namespace mc::cli {

namespace {

bool isWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
         c == '/';
}

/// Takes a selector apart, token by token.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() {
    skipSpace();
    return text_.empty();
  }
  bool at(std::string_view token) {
    skipSpace();
    return text_.starts_with(token);
  }
  bool take(std::string_view token) {
    if (!at(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  /// A key or value; may be empty.
  std::string word() {
    skipSpace();
    const auto end = std::find_if_not(text_.begin(), text_.end(), isWordCharacter);
    std::string found(text_.begin(), end);
    text_.remove_prefix(found.size());
    return found;
  }
  [[nodiscard]] std::string rest() const { return std::string(text_); }

 private:
  void skipSpace() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front())) != 0)
      text_.remove_prefix(1);
  }

  std::string_view text_;
};

base::Error unreadable(std::string_view selector, const std::string& why) {
  return {EINVAL, "unable to parse requirement: " + why + " in \"" + std::string(selector) + "\""};
}

/// "(a, b)"; false if that is not what comes.
bool takeSet(Scanner& scanner, std::vector<std::string>& values) {
  if (!scanner.take("(")) return false;
  do {
    values.push_back(scanner.word());
  } while (scanner.take(","));
  return scanner.take(")");
}

}  // namespace

base::Result<Selector> Selector::parse(std::string_view text) {
  Selector selector;
  Scanner scanner(text);
  while (!scanner.done()) {
    Requirement requirement;
    requirement.wanted = !scanner.take("!");
    const bool existence = !requirement.wanted;
    requirement.key = scanner.word();
    if (requirement.key.empty()) return base::pass(unreadable(text, "a label's name is missing"));
    if (!existence && scanner.take("!=")) {
      requirement.wanted = false;
      requirement.values = {scanner.word()};
    } else if (!existence && (scanner.take("==") || scanner.take("="))) {
      requirement.values = {scanner.word()};
    } else if (!existence && !scanner.done() && !scanner.at(",")) {
      requirement.wanted = !scanner.take("notin");
      if (requirement.wanted && !scanner.take("in"))
        return base::pass(unreadable(text, "unexpected '" + scanner.rest() + "'"));
      if (!takeSet(scanner, requirement.values))
        return base::pass(unreadable(text, "a list such as (a, b) is expected"));
    }
    selector.requirements_.push_back(std::move(requirement));
    if (!scanner.done() && !scanner.take(","))
      return base::pass(unreadable(text, "unexpected '" + scanner.rest() + "'"));
  }
  return selector;
}

bool Selector::matches(const api::StringMap& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const auto& requirement) {
    const auto label = labels.find(requirement.key);
    const auto& values = requirement.values;
    const bool found =
        label != labels.end() &&
        (values.empty() || std::find(values.begin(), values.end(), label->second) != values.end());
    return found == requirement.wanted;
  });
}

}  // namespace mc::cli
