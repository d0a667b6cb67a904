#include "local/variables.hpp"

#include <algorithm>
#include <cctype>

#include "local/expansion.hpp"

namespace mc::local {

namespace {

/// Puts a value in, in the place of one of that name.
void put(api::StringPairs& environment, const std::string& name, const std::string& value) {
  const auto same = [&](const auto& pair) { return pair.first == name; };
  const auto found = std::find_if(environment.begin(), environment.end(), same);
  if (found == environment.end()) {
    environment.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

bool isVariableName(const std::string& name) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

base::Status addFrom(const core::VariablesFrom& from, DataReader& data,
                     api::StringPairs& environment) {
  const bool secret = !from.secret.empty();
  const core::Kind kind = secret ? core::Kind::Secret : core::Kind::ConfigMap;
  const std::string& name = secret ? from.secret : from.configMap;
  MC_TRY_ASSIGN(const auto values, data.find(kind, name));
  if (!values && !from.optional) return base::pass(missingObject(kind, name));
  if (!values) return {};
  for (const auto& [key, value] : *values) {
    if (isVariableName(from.prefix + key)) put(environment, from.prefix + key, value);
  }
  return {};
}

/// Nothing for an optional value that is missing.
base::Result<std::optional<std::string>> valueOf(core::Kind kind, const core::KeyRef& ref,
                                                 DataReader& data) {
  MC_TRY_ASSIGN(const auto values, data.find(kind, ref.name));
  if (!values && !ref.optional) return base::pass(missingObject(kind, ref.name));
  const auto found = values ? values->find(ref.key) : Values::const_iterator();
  if (values && found != values->end()) return std::optional(found->second);
  if (!ref.optional) return base::pass(missingKey(kind, ref.name, ref.key));
  return std::optional<std::string>();
}

/// "metadata.labels['app']" -> the label.
std::string quotedEntry(const std::string& path, const api::StringMap& map) {
  const size_t begin = path.find('\'') + 1;
  const auto found = map.find(path.substr(begin, path.rfind('\'') - begin));
  return found == map.end() ? "" : found->second;
}

std::string fieldOf(const std::string& path, const plan::Pod& pod, const PodFacts& facts) {
  if (path == "metadata.name") return facts.name;
  if (path == "metadata.namespace") return facts.ns;
  if (path == "metadata.uid") return facts.uid;
  if (path == "spec.nodeName") return facts.node;
  if (path == "spec.serviceAccountName") return "default";
  if (path.starts_with("metadata.labels")) return quotedEntry(path, pod.labels);
  if (path.starts_with("metadata.annotations")) return quotedEntry(path, pod.annotations);
  return facts.ip;
}

base::Status add(const core::Variable& variable, const plan::Pod& pod, const PodFacts& facts,
                 DataReader& data, api::StringPairs& environment) {
  if (!variable.fieldPath.empty()) {
    put(environment, variable.name, fieldOf(variable.fieldPath, pod, facts));
    return {};
  }
  if (variable.plain()) {
    const api::StringMap known(environment.begin(), environment.end());
    put(environment, variable.name, expand(variable.value, known));
    return {};
  }
  const core::Kind kind = variable.secret ? core::Kind::Secret : core::Kind::ConfigMap;
  const core::KeyRef& ref = variable.secret ? *variable.secret : *variable.configMap;
  MC_TRY_ASSIGN(const auto value, valueOf(kind, ref, data));
  if (value) put(environment, variable.name, *value);
  return {};
}

}  // namespace

bool needsAddress(const plan::Container& container) {
  return std::any_of(container.variables.begin(), container.variables.end(),
                     [](const core::Variable& v) { return v.fieldPath.starts_with("status."); });
}

base::Result<plan::Container> withEnvironment(const plan::Pod& pod,
                                              const plan::Container& container,
                                              const PodFacts& facts, DataReader& data) {
  plan::Container ready = container;
  if (pod.role != plan::Role::Workload) {
    for (const api::SecretKey& key : container.secretEnvironment) {
      MC_TRY_ASSIGN(const auto value,
                    valueOf(core::Kind::Secret, {key.secret, key.key, false}, data));
      // Not searched for $(NAME), which containerSpec() does with the others.
      ready.variables.push_back({key.variable, *value, {}, {}, {}});
    }
    return ready;
  }
  for (const auto& from : container.variablesFrom) MC_TRY(addFrom(from, data, ready.environment));
  for (const auto& variable : container.variables)
    MC_TRY(add(variable, pod, facts, data, ready.environment));
  const api::StringMap known(ready.environment.begin(), ready.environment.end());
  for (std::string& word : ready.command) word = expand(word, known);
  for (std::string& word : ready.args) word = expand(word, known);
  return ready;
}

}  // namespace mc::local
