#include "local/expansion.hpp"

namespace mc::local {

std::string expand(std::string_view text, const api::StringMap& variables) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
    } else if (text[i + 1] == '$') {
      out += '$';
      ++i;
    } else if (const size_t end = text[i + 1] == '(' ? text.find(')', i) : text.npos;
               end != text.npos) {
      const auto found = variables.find(std::string(text.substr(i + 2, end - i - 2)));
      out += found != variables.end() ? found->second : text.substr(i, end - i + 1);
      i = end;
    } else {
      out += '$';
    }
  }
  return out;
}

api::StringPairs expandEnvironment(const api::StringPairs& environment) {
  api::StringMap known;
  api::StringPairs expanded;
  for (const auto& [name, value] : environment) {
    const std::string& text = known[name] = expand(value, known);
    expanded.emplace_back(name, text);
  }
  return expanded;
}

}  // namespace mc::local
