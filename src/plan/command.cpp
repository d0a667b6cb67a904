#include "plan/command.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace mc::plan {
namespace {

/// Reserved words, and the built-in utilities that exist as no program of their own.
constexpr std::array<std::string_view, 29> kShellWords = {
    "!",      ".",     ":",     "alias",  "break", "case", "cd",     "continue",
    "eval",   "exec",  "exit",  "export", "for",   "hash", "if",     "readonly",
    "return", "set",   "shift", "source", "times", "trap", "ulimit", "umask",
    "unset",  "until", "wait",  "while",  "{"};

bool isNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool isName(std::string_view text) {
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), isNameCharacter);
}

struct Words {
  std::vector<std::string> words;
  /// Place of the first thing that needs a shell.
  std::optional<size_t> shellAt;
};

/// Reads a text once from left to right.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  base::Result<Words> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t') {
        endWord();
        ++at_;
      } else if (c == '\'') {
        MC_TRY(singleQuotes());
      } else if (c == '"') {
        MC_TRY(doubleQuotes());
      } else if (c == '\\') {
        MC_TRY(backslash());
      } else {
        plain(c);
      }
    }
    endWord();
    return std::move(result_);
  }

 private:
  void needShell() {
    if (!result_.shellAt) result_.shellAt = at_;
  }

  void endWord() {
    if (!inWord_) return;
    const bool first = result_.words.empty();
    if (first && !quoted_ &&
        std::find(kShellWords.begin(), kShellWords.end(), word_) != kShellWords.end())
      needShell();
    result_.words.push_back(std::move(word_));
    word_.clear();
    inWord_ = quoted_ = false;
  }

  void append(char c) {
    word_ += c;
    inWord_ = true;
  }

  /// A lone '$' is itself.
  bool startsExpansion() const {
    return at_ + 1 < text_.size() && std::string_view(" \t\n").find(text_[at_ + 1]) == text_.npos;
  }

  void plain(char c) {
    if (std::string_view("|&;<>()\n`*?[").find(c) != std::string_view::npos) needShell();
    if (c == '$' && startsExpansion()) needShell();
    if (c == '~' && !inWord_) needShell();
    if (c == '=' && result_.words.empty() && !quoted_ && isName(word_)) needShell();
    append(c);
    ++at_;
  }

  base::Status backslash() {
    if (at_ + 1 == text_.size())
      return unbalanced(at_, "nothing follows the backslash", "write \\\\ for a backslash itself");
    const char next = text_[at_ + 1];
    if (next != '\n') {
      append(next);
      quoted_ = true;
    }
    at_ += 2;
    return {};
  }

  base::Status singleQuotes() {
    const size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos)
      return unbalanced(at_, "the single quote is not closed",
                        "close it, or write \\' for the character");
    word_.append(text_.substr(at_ + 1, end - at_ - 1));
    inWord_ = quoted_ = true;
    at_ = end + 1;
    return {};
  }

  base::Status doubleQuotes() {
    const size_t start = at_++;
    inWord_ = quoted_ = true;
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_];
      if (c == '`' || (c == '$' && startsExpansion() && text_[at_ + 1] != '"')) needShell();
      if (c == '\\' && at_ + 1 < text_.size()) {
        escapeInQuotes(text_[at_ + 1]);
      } else {
        append(c);
        ++at_;
      }
    }
    if (at_ == text_.size())
      return unbalanced(start, "the double quote is not closed",
                        "close it, or write \\\" for the character");
    ++at_;
    return {};
  }

  /// Between double quotes a backslash is special only before these.
  void escapeInQuotes(char next) {
    const bool special = std::string_view("$`\"\\\n").find(next) != std::string_view::npos;
    if (!special) append('\\');
    if (next != '\n') append(next);
    at_ += 2;
  }

  base::Status unbalanced(size_t place, const std::string& cause, const std::string& cure) const {
    return base::fail(EINVAL, cause + " (character " + std::to_string(place + 1) + " of `" +
                                  std::string(text_) + "`): " + cure);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string word_;
  bool inWord_ = false;
  bool quoted_ = false;
  Words result_;
};

/// YAML's block texts end in newlines, which are no operators.
std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of('\n') + 1 - begin);
}

}  // namespace

base::Result<std::vector<std::string>> splitWords(std::string_view text) {
  text = trimmed(text);
  MC_TRY_ASSIGN(Words words, Splitter(text).run());
  if (words.shellAt)
    return base::fail(EINVAL, "shell syntax has no meaning here (character " +
                                  std::to_string(*words.shellAt + 1) + " of `" + std::string(text) +
                                  "`): put it in quotes to have it taken as it is");
  return std::move(words.words);
}

base::Result<std::vector<std::string>> commandLine(std::string_view text) {
  text = trimmed(text);
  MC_TRY_ASSIGN(Words words, Splitter(text).run());
  if (words.shellAt) return std::vector<std::string>{"sh", "-c", std::string(text)};
  return std::move(words.words);
}

}  // namespace mc::plan
