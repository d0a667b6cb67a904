#include "flux/commands/environment_rules.hpp"

#include <fnmatch.h>
#include <regex.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <functional>
#include <memory>

#include "base/fd.hpp"

namespace mc::flux::commands {

namespace {

constexpr int kMaxFileDepth = 8;

using Matcher = std::function<bool(const std::string&)>;

// Whether a name matches a glob or a /regular expression/.
base::Result<Matcher> matcher(std::string pattern) {
  if (!pattern.starts_with('/'))
    return Matcher([pattern](const std::string& name) {
      return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
  pattern.erase(0, 1);
  if (pattern.ends_with('/')) pattern.pop_back();
  auto compiled = std::make_unique<regex_t>();
  if (::regcomp(compiled.get(), ("^(" + pattern + ")").c_str(), REG_EXTENDED | REG_NOSUB) != 0)
    return base::fail(EINVAL, "--env: invalid regular expression: /" + pattern + "/");
  const std::shared_ptr<regex_t> regex(compiled.release(), [](regex_t* r) {
    ::regfree(r);
    delete r;
  });
  return Matcher([regex](const std::string& name) {
    return ::regexec(regex.get(), name.c_str(), 0, nullptr, 0) == 0;
  });
}

// The name behind a '$', without braces; empty if there is none.
std::string takeName(const std::string& text, size_t& at) {
  const bool braces = at < text.size() && text[at] == '{';
  size_t end = at + (braces ? 1 : 0);
  const size_t start = end;
  const auto isName = [](char c, bool first) {
    return c == '_' || (first ? std::isalpha(static_cast<unsigned char>(c))
                              : std::isalnum(static_cast<unsigned char>(c)));
  };
  while (end < text.size() && isName(text[end], end == start)) ++end;
  const std::string name = text.substr(start, end - start);
  if (braces && (end >= text.size() || text[end] != '}')) return {};
  at = end + (braces ? 1 : 0);
  return name;
}

class Rules {
 public:
  explicit Rules(const Environment& base) : base_(base) {}

  base::Status apply(const std::string& rule, int depth = 0) {
    if (rule.starts_with('-')) return remove(rule.substr(1));
    if (rule.starts_with('^')) return applyFile(rule.substr(1), depth);
    if (const size_t equals = rule.find('='); equals != std::string::npos)
      return set(rule.substr(0, equals), rule.substr(equals + 1));
    return take(rule);
  }

  Environment result;

 private:
  base::Status remove(const std::string& pattern) {
    MC_TRY_ASSIGN(const auto matches, matcher(pattern));
    std::erase_if(result, [&](const auto& entry) { return matches(entry.first); });
    return {};
  }

  base::Status take(const std::string& pattern) {
    MC_TRY_ASSIGN(const auto matches, matcher(pattern));
    for (const auto& [name, value] : base_)
      if (matches(name)) result.emplace(name, value);
    return {};
  }

  base::Status set(const std::string& name, const std::string& text) {
    std::string value;
    for (size_t i = 0; i < text.size();) {
      if (text[i] != '$') {
        value += text[i++];
        continue;
      }
      if (++i < text.size() && text[i] == '$') {
        value += text[i++];
        continue;
      }
      const std::string variable = takeName(text, i);
      if (variable.empty())
        return base::fail(EINVAL, "--env: Unable to substitute " + name + "=" + text);
      MC_TRY_ASSIGN(const std::string found, lookup(variable));
      value += found;
    }
    result.insert_or_assign(name, std::move(value));
    return {};
  }

  base::Result<std::string> lookup(const std::string& name) const {
    for (const Environment* environment : {&result, &base_})
      if (const auto at = environment->find(name); at != environment->end()) return at->second;
    return base::fail(EINVAL, "--env: Variable " + name + " not found in env");
  }

  base::Status applyFile(std::string path, int depth) {
    if (depth == kMaxFileDepth)
      return base::fail(ELOOP, "--env: files include each other: " + path);
    if (const char* home = std::getenv("HOME"); home != nullptr && path.starts_with("~/"))
      path.replace(0, 1, home);
    MC_TRY_ASSIGN(const std::string text, base::readFile(path));
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      const std::string line = text.substr(start, end - start);
      if (!line.empty()) MC_TRY(apply(line, depth + 1));
      start = end + 1;
    }
    return {};
  }

  const Environment& base_;
};

}  // namespace

Environment submitterEnvironment() {
  Environment out;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const char* name : {"FLUX_KVS_NAMESPACE", "FLUX_PROXY_REMOTE", "FLUX_EXEC_PROTOCOL"})
    out.erase(name);
  return out;
}

base::Result<Environment> applyEnvironmentRules(const Environment& base,
                                                const std::vector<std::string>& rules) {
  Rules state(base);
  state.result = base;
  for (const std::string& rule : rules) MC_TRY(state.apply(rule));
  return std::move(state.result);
}

}  // namespace mc::flux::commands
