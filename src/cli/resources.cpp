#include "cli/resources.hpp"

#include <algorithm>
#include <array>

#include "cli/errors.hpp"
#include "cli/suggest.hpp"

namespace mc::cli {

namespace {

struct KindInfo {
  Kind kind;
  const char* singular;
  const char* plural;
  const char* brief;
  const char* group;  ///< ".GROUP", empty for core
  bool amongAll;      ///< whether `all` means it too
};

constexpr std::array<KindInfo, 7> kKinds = {{
    {Kind::Pod, "pod", "pods", "po", "", true},
    {Kind::Service, "service", "services", "svc", "", true},
    {Kind::Deployment, "deployment", "deployments", "deploy", ".apps", true},
    {Kind::MiniCluster, "minicluster", "miniclusters", "mc", ".flux-framework.org", true},
    {Kind::ConfigMap, "configmap", "configmaps", "cm", "", false},
    {Kind::Secret, "secret", "secrets", "secret", "", false},
    {Kind::NetworkPolicy, "networkpolicy", "networkpolicies", "netpol", ".networking.k8s.io",
     false},
}};
constexpr const char* kAll = "all";

const KindInfo& infoOf(Kind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return k.kind == kind; });
}

std::optional<Kind> parseKind(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  for (const auto& info : kKinds) {
    if (lower == info.brief) return info.kind;
    for (const std::string name : {info.singular, info.plural})
      if (lower == name || (*info.group != 0 && lower == name + info.group)) return info.kind;
  }
  return std::nullopt;
}

base::Error unknownKind(const std::string& word) {
  std::string message = "the server doesn't have a resource type \"" + word + "\"";
  const std::string hint = didYouMean(word, kindWords());
  return {EINVAL, message + (hint.empty() ? "" : "\n" + hint.substr(0, hint.size() - 1))};
}

std::vector<std::string> splitWords(const std::string& text, char separator) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// "pods,svc" or "all".
base::Result<std::vector<Kind>> parseKinds(const std::string& text) {
  std::vector<Kind> kinds;
  const auto add = [&](Kind kind) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  };
  for (const auto& word : splitWords(text, ',')) {
    const auto kind = parseKind(word);
    if (!kind && word != kAll) return base::pass(unknownKind(word));
    if (kind) add(*kind);
    if (word == kAll)
      for (const auto& info : kKinds)
        if (info.amongAll) add(info.kind);
  }
  return kinds;
}

/// Puts names of one kind together, in the order in which the kinds came.
void addName(std::vector<Selection>& selections, const ObjectName& object) {
  for (auto& selection : selections)
    if (selection.kind == object.kind) return selection.names.push_back(object.name);
  selections.push_back({object.kind, {object.name}});
}

base::Result<std::vector<Selection>> parseSlashed(const std::vector<std::string>& words) {
  std::vector<Selection> selections;
  for (const auto& word : words) {
    if (word.find('/') == std::string::npos)
      return base::fail(EINVAL,
                        "there is no need to specify a resource type as a separate argument when "
                        "passing arguments in resource/name form (e.g. 'minicluster get "
                        "resource/<resource_name>' instead of 'minicluster get resource "
                        "resource/<resource_name>'");
    MC_TRY_ASSIGN(const ObjectName object, parseObjectName(word, Kind::Pod));
    addName(selections, object);
  }
  return selections;
}

}  // namespace

std::optional<core::Kind> coreKind(Kind kind) {
  switch (kind) {
    case Kind::Pod:
      return core::Kind::Pod;
    case Kind::MiniCluster:
      return std::nullopt;
    case Kind::Service:
      return core::Kind::Service;
    case Kind::Deployment:
      return core::Kind::Deployment;
    case Kind::ConfigMap:
      return core::Kind::ConfigMap;
    case Kind::Secret:
      return core::Kind::Secret;
    case Kind::NetworkPolicy:
      return core::Kind::NetworkPolicy;
  }
  return std::nullopt;
}

Kind fromCore(core::Kind kind) {
  for (const auto& info : kKinds)
    if (coreKind(info.kind) == kind) return info.kind;
  return Kind::Pod;
}

std::string resourceName(Kind kind) {
  return std::string(infoOf(kind).plural) + infoOf(kind).group;
}

std::string waitedName(Kind kind, const std::string& name) {
  return std::string(infoOf(kind).plural) + "/" + name;
}

std::string kindName(Kind kind) {
  return std::string(infoOf(kind).singular) + infoOf(kind).group;
}

std::string objectName(Kind kind, const std::string& name) {
  return kindName(kind) + "/" + name;
}

const std::vector<std::string>& kindWords() {
  static const std::vector<std::string> kWords = [] {
    std::vector<std::string> words = {kAll};
    for (const auto& info : kKinds)
      words.insert(words.end(), {info.plural, info.singular, info.brief});
    return words;
  }();
  return kWords;
}

base::Error notFound(Kind kind, const std::string& name) {
  return {ENOENT, resourceName(kind) + " \"" + name + "\" not found"};
}

base::Result<std::vector<Selection>> parseSelections(const std::string& verb,
                                                     const std::vector<std::string>& words) {
  if (words.empty())
    return base::pass(usageError(verb,
                                 "Required resource not specified. The resource types are pods "
                                 "(po), services (svc), deployments (deploy), miniclusters (mc), "
                                 "configmaps (cm), secrets, networkpolicies (netpol) and all"));
  const bool slashed = std::any_of(words.begin(), words.end(), [](const auto& word) {
    return word.find('/') != std::string::npos;
  });
  if (slashed) return parseSlashed(words);
  MC_TRY_ASSIGN(const auto kinds, parseKinds(words.front()));
  std::vector<Selection> selections;
  for (const Kind kind : kinds) selections.push_back({kind, {words.begin() + 1, words.end()}});
  return selections;
}

base::Result<ObjectName> parseObjectName(const std::string& word, Kind defaultKind) {
  const size_t slash = word.find('/');
  if (slash == std::string::npos) return ObjectName{defaultKind, word};
  const auto kind = parseKind(word.substr(0, slash));
  if (!kind) return base::pass(unknownKind(word.substr(0, slash)));
  const std::string name = word.substr(slash + 1);
  if (name.empty() || name.find('/') != std::string::npos)
    return base::fail(EINVAL,
                      "arguments in resource/name form must have a single resource and name");
  return ObjectName{*kind, name};
}

}  // namespace mc::cli
