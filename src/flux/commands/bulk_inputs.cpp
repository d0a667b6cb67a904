#include "flux/commands/bulk_inputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <random>

#include "base/fd.hpp"
#include "flux/commands/expression.hpp"

namespace mc::flux::commands {

namespace {

/// So many jobs at most come from one command, so that a slip of the finger can't fill the memory.
constexpr size_t kMaxCombinations = 10'000'000;

struct Separator {
  bool file = false;
  bool linked = false;
};
std::optional<Separator> separatorOf(const std::string& word) {
  if (word == ":::") return Separator{false, false};
  if (word == ":::+") return Separator{false, true};
  if (word == "::::") return Separator{true, false};
  if (word == "::::+") return Separator{true, true};
  return std::nullopt;
}

std::vector<std::string> splitAt(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + separator.size());
  }
  return out;
}

std::vector<std::string> splitAtSpaces(std::string_view text) {
  std::vector<std::string> out;
  constexpr std::string_view kSpaces = " \t\r\n\v\f";
  size_t at = 0;
  while ((at = text.find_first_not_of(kSpaces, at)) != text.npos) {
    const size_t end = std::min(text.find_first_of(kSpaces, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

base::Result<std::vector<std::string>> readInputs(const std::string& path,
                                                  const std::optional<std::string>& separator) {
  MC_TRY_ASSIGN(std::string text,
                path == "-" ? base::readAll(STDIN_FILENO, "standard input") : base::readFile(path));
  if (separator == "none") return splitAtSpaces(text);
  auto values = splitAt(text, separator && !separator->empty() ? *separator : "\n");
  if (separator && *separator != "\n" && !values.empty())
    while (values.back().ends_with('\n')) values.back().pop_back();  // the file's own last newline
  return values;
}

std::string_view baseName(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

std::string_view withoutExtension(std::string_view path) {
  const size_t slash = path.rfind('/');
  const size_t name = slash == path.npos ? 0 : slash + 1;
  const size_t dot = path.rfind('.');
  // A name that begins with dots has no extension before its first other character.
  const size_t first = std::min(path.find_first_not_of('.', name), path.size());
  return dot != path.npos && dot > first ? path.substr(0, dot) : path;
}

std::string_view directory(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

base::Result<std::string> applyMethod(std::string_view method, const std::string& input,
                                      const std::vector<BulkMethod>& methods) {
  if (method == "%") return std::string(withoutExtension(input));
  if (method == "/") return std::string(baseName(input));
  if (method == "//") return std::string(directory(input));
  if (method == "/%") return std::string(withoutExtension(baseName(input)));
  for (const BulkMethod& defined : methods)
    if (method == defined.name)
      return evaluate(defined.code, input).prefixed("--define " + defined.name);
  return base::fail(EINVAL, "unknown replacement method '." + std::string(method) + "'");
}

// The fields of one template, with the numbers that "{}" gets one after the other.
class Filler {
 public:
  Filler(const BulkInputs::Combination& inputs, size_t sequence,
         const std::vector<BulkMethod>& methods)
      : inputs_(inputs), sequence_(sequence), methods_(methods) {}

  base::Result<std::string> field(std::string_view name) {
    if (name == "cc") return std::string("{cc}");  // filled for each copy
    if (name == "seq") return std::to_string(sequence_);
    if (name == "seq1") return std::to_string(sequence_ + 1);
    const size_t dot = std::min(name.find('.'), name.size());
    const std::string_view number = name.substr(0, dot);
    if (number.find_first_not_of("0123456789") != number.npos || number.size() > 6)
      return base::fail(EINVAL, "invalid replacement string '{" + std::string(name) + "}'");
    const size_t index = number.empty() ? next_++ : std::stoul(std::string(number));
    if (index >= inputs_.size())
      return base::fail(EINVAL, "replacement string '{" + std::string(name) +
                                    "}': there are only " + std::to_string(inputs_.size()) +
                                    " inputs");
    if (dot == name.size()) return inputs_[index];
    return applyMethod(name.substr(dot + 1), inputs_[index], methods_);
  }

 private:
  const BulkInputs::Combination& inputs_;
  size_t sequence_;
  const std::vector<BulkMethod>& methods_;
  size_t next_ = 0;
};

}  // namespace

base::Result<BulkInputs> BulkInputs::parse(const Args& words,
                                           const std::optional<std::string>& separator) {
  BulkInputs out;
  std::vector<List> lists;
  std::optional<Separator> current;
  for (const std::string& word : words) {
    if (const auto found = separatorOf(word)) {
      if (found->linked && lists.empty())
        return base::fail(EINVAL, "'" + word + "' has no input before it to be linked to");
      current = found;
      lists.push_back({{}, found->linked});
    } else if (!current) {
      out.command_.push_back(word);
    } else if (current->file) {
      MC_TRY_ASSIGN(const auto values, readInputs(word, separator));
      auto& list = lists.back().values;
      list.insert(list.end(), values.begin(), values.end());
    } else {
      lists.back().values.push_back(word);
    }
  }
  if (lists.empty()) {
    MC_TRY_ASSIGN(auto values, readInputs("-", separator));
    lists.push_back({std::move(values), false});
  }
  if (out.command_.empty()) out.command_.emplace_back("{}");
  MC_TRY(out.combine(lists));
  return out;
}

// Each list multiplies what there is; a linked one goes along with the list before it.
base::Status BulkInputs::combine(const std::vector<List>& lists) {
  combinations_ = {Combination()};
  for (size_t first = 0; first < lists.size();) {
    size_t end = first + 1;
    while (end < lists.size() && lists[end].linked) ++end;
    const size_t rows = lists[first].values.size();
    if (combinations_.size() * rows > kMaxCombinations)
      return base::fail(EOVERFLOW, "more than " + std::to_string(kMaxCombinations) + " jobs");
    std::vector<Combination> product;
    for (const Combination& before : combinations_)
      for (size_t row = 0; row < rows; ++row) {
        Combination& next = product.emplace_back(before);
        for (size_t i = first; i < end; ++i) {
          const auto& values = lists[i].values;
          if (values.empty()) return base::fail(EINVAL, "an input list is empty");
          next.push_back(values[row % values.size()]);
        }
      }
    combinations_ = std::move(product);
    first = end;
  }
  return {};
}

void BulkInputs::shuffle() {
  std::mt19937_64 random(std::random_device{}());
  std::shuffle(combinations_.begin(), combinations_.end(), random);
}

base::Result<std::string> fillTemplate(std::string_view text, const BulkInputs::Combination& inputs,
                                       size_t sequence, const std::vector<BulkMethod>& methods) {
  Filler filler(inputs, sequence, methods);
  std::string out;
  while (!text.empty()) {
    const size_t brace = std::min(text.find('{'), text.size());
    out += text.substr(0, brace);
    text.remove_prefix(brace);
    if (text.empty()) break;
    if (text.starts_with("{{")) {  // a tag for the job's shell
      const size_t end = text.find("}}");
      const size_t length = end == text.npos ? 2 : end + 2;
      out += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    const size_t close = text.find('}');
    if (close == text.npos) return base::fail(EINVAL, "expected '}' before end of string");
    MC_TRY_ASSIGN(const std::string value, filler.field(text.substr(1, close - 1)));
    out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace mc::flux::commands
