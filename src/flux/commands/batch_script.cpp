#include "flux/commands/batch_script.hpp"

#include <algorithm>
#include <optional>

namespace mc::flux::commands {

namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kTripleQuotes[] = {"\"\"\"", "'''"};

bool isBlank(char c) {
  return kBlank.find(c) != kBlank.npos;
}
bool isWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string_view trimLeft(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text;
}
std::string_view trimRight(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

size_t countOf(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++count;
  return count;
}

struct Sentinel {
  std::string_view prefix;  ///< what makes the line a comment of the script's language
  std::string_view tag;     ///< "flux:" or "FLUX:"
  std::string_view value;   ///< the rest of the line
};

std::optional<Sentinel> findSentinel(std::string_view line) {
  const auto end = std::find_if(line.begin(), line.end(), isWord);
  const auto length = static_cast<size_t>(end - line.begin());
  const std::string_view rest = line.substr(length);
  if (!rest.starts_with("flux:") && !rest.starts_with("FLUX:")) return std::nullopt;
  return Sentinel{line.substr(0, length), rest.substr(0, 5), rest.substr(5)};
}

/// Reads a script line by line.
class Reader {
 public:
  base::Status add(std::string_view line) {
    ++number_;
    const auto sentinel = findSentinel(line);
    if (!sentinel) return addOther(line);
    if (ended_)
      return bad("orphan '" + std::string(sentinel->tag) +
                 "' detected: directives disabled after line " + std::to_string(last_));
    if (!known_) known_ = *sentinel;
    if (sentinel->prefix != known_->prefix || sentinel->tag != known_->tag)
      return bad("sentinel changed from '" + spelling(*known_) + "' to '" + spelling(*sentinel) +
                 "'");
    return addValue(sentinel->value);
  }

  base::Status finish() {
    if (open_) return unterminated();
    return {};
  }

  std::vector<Directive> directives;

 private:
  /// Text between triple quotes, the first of which ends a line.
  struct Quote {
    std::string_view mark;
    size_t line = 0;
    std::string before;  ///< what stands in front of the first
    std::string_view indent;
    std::string text;
    bool any = false;
  };

  static std::string spelling(const Sentinel& sentinel) {
    return std::string(sentinel.prefix) + std::string(sentinel.tag);
  }
  [[nodiscard]] base::Status bad(const std::string& what) const {
    return base::fail(EINVAL, "line " + std::to_string(number_) + ": " + what);
  }
  [[nodiscard]] base::Status unterminated() const {
    return bad("unterminated multi-line quote at line " + std::to_string(open_->line));
  }

  /// The first line of the program itself ends the directives.
  base::Status addOther(std::string_view line) {
    if (open_) return unterminated();
    if (!known_ || ended_ || trimRight(trimLeft(line)).empty()) return {};
    if (line.starts_with(trimRight(known_->prefix))) return {};
    ended_ = true;
    last_ = number_ - 1;
    return {};
  }

  base::Status addValue(std::string_view value) {
    value = trimRight(value);
    if (open_) return addQuoted(value);
    for (const std::string_view mark : kTripleQuotes) {
      const size_t count = countOf(value, mark);
      if (count == 0) continue;
      if (count % 2 == 0) return addDirective(withoutTripleQuotes(value, mark), number_);
      if (!value.ends_with(mark))
        return bad("unclosed triple quote: " + std::string(trimLeft(value)));
      open_ = Quote{mark,
                    number_,
                    std::string(value.substr(0, value.size() - mark.size())),
                    value.substr(0, value.size() - trimLeft(value).size()),
                    {}};
      return {};
    }
    return addDirective(std::string(value), number_);
  }

  base::Status addQuoted(std::string_view value) {
    const bool closes = value.ends_with(open_->mark);
    if (closes) value.remove_suffix(open_->mark.size());
    if (value.starts_with(open_->indent)) value.remove_prefix(open_->indent.size());
    if (std::exchange(open_->any, true)) open_->text += '\n';
    open_->text += value;
    if (!closes) return {};
    const Quote quote = *std::exchange(open_, std::nullopt);
    return addDirective(quote.before + quoted(quote.text), quote.line);
  }

  static std::string withoutTripleQuotes(std::string_view value, std::string_view mark) {
    std::string out;
    size_t begin;
    while ((begin = value.find(mark)) != value.npos) {
      const size_t end = value.find(mark, begin + mark.size());
      out += value.substr(0, begin);
      out += quoted(value.substr(begin + mark.size(), end - begin - mark.size()));
      value.remove_prefix(end + mark.size());
    }
    return out += value;
  }

  base::Status addDirective(const std::string& text, size_t line) {
    auto words = splitShellWords(text);
    const std::string where = "line " + std::to_string(line) + ": ";
    if (!words) return base::fail(EINVAL, where + text + ": " + words.error().message);
    if (words->empty()) return {};
    if (!words->front().starts_with('-'))
      return base::fail(EINVAL, where + "Unknown directive: " + text);
    directives.push_back({line, std::move(*words)});
    return {};
  }

  size_t number_ = 0;
  size_t last_ = 0;
  bool ended_ = false;
  std::optional<Sentinel> known_;
  std::optional<Quote> open_;
};

}  // namespace

base::Result<std::vector<std::string>> splitShellWords(std::string_view text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'' && c != quote) {
      *word += c;
    } else if (c == '\\' && i + 1 < text.size() &&
               (quote == 0 || text[i + 1] == '"' || text[i + 1] == '\\')) {
      word = word.value_or("") + text[++i];
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        *word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      word = word.value_or("");
    } else if (isBlank(c) || c == '\n' || c == '\r') {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
    } else if (c == '#' && !word) {
      break;
    } else {
      word = word.value_or("") + c;
    }
  }
  if (quote != 0) return base::fail(EINVAL, "No closing quotation");
  if (word) words.push_back(*word);
  return words;
}

base::Result<std::vector<Directive>> findDirectives(std::string_view script) {
  Reader reader;
  while (!script.empty()) {
    const size_t end = std::min(script.find('\n'), script.size());
    MC_TRY(reader.add(script.substr(0, end)));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  MC_TRY(reader.finish());
  return std::move(reader.directives);
}

}  // namespace mc::flux::commands
