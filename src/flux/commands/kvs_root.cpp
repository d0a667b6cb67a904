// flux kvs version, wait, getroot, dropcache, namespace: the KVS as a whole.

#include <charconv>
#include <cstdio>

#include "flux/commands/kvs_command.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kNamespaceOptions[] = {kKvsNamespace};
constexpr Option kGetrootOptions[] = {
    kKvsNamespace,
    {'s', "sequence", Takes::Nothing, "", "Show sequence number"},
    {'o', "owner", Takes::Nothing, "", "Show owner"},
    {'b', "blobref", Takes::Nothing, "", "Show blobref"},
};
constexpr Option kDropcacheOptions[] = {
    {'a', "all", Takes::Nothing, "", "Drop KVS across all ranks"}};
constexpr Option kCreateOptions[] = {
    {'o', "owner", Takes::Value, "UID", "Specify alternate namespace owner via userid"}};

int callFail(const char* call, const base::Error& error) {
  return kvsFail(std::string(call) + ": " + std::strerror(error.errnum));
}

std::optional<uint32_t> number(const std::string& text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int namespaceCreate(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs namespace create", "flux-kvs namespace create [-o owner] name [name...]",
                 "Create a KVS namespace", kCreateOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  uint32_t owner = wire::kUseridUnknown;
  if (const auto text = parsed.value("owner")) {
    const auto uid = number(*text);
    if (!uid) return kvsFail("--owner requires an unsigned integer argument");
    owner = *uid;
  }
  auto session = kvsSession();
  if (!session) return 1;
  for (const std::string& name : parsed.rest) {
    const auto made = kvsCreateNamespace(*session, name, owner);
    if (!made) return kvsFail(name + ": " + std::strerror(made.error().errnum));
  }
  return 0;
}

int namespaceRemove(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs namespace remove", "flux-kvs namespace remove name [name...]",
                 "Remove a KVS namespace", {});
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  auto session = kvsSession();
  if (!session) return 1;
  for (const std::string& name : parsed.rest) {
    const auto removed = kvsRemoveNamespace(*session, name);
    if (!removed) return kvsFail(name + ": " + std::strerror(removed.error().errnum));
  }
  return 0;
}

int namespaceList(const Args& args) {
  const Grammar grammar = kvsGrammar("flux-kvs namespace list", "flux-kvs namespace list",
                                     "List namespaces on local rank", {});
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  auto session = kvsSession();
  if (!session) return 1;
  const auto answer = (*session)->call("kvs.namespace-list");
  if (!answer) return callFail("flux_rpc_get_unpack", answer.error());
  print("NAMESPACE                                 OWNER      FLAGS\n");
  const auto* list = formats::findArray(*answer, "namespaces");
  if (list == nullptr) return callFail("flux_rpc_get_unpack", {EPROTO, ""});
  for (const auto& value : *list) {
    const auto* object = value.if_object();
    if (object == nullptr) continue;
    const std::string name(formats::getString(*object, "namespace").value_or(""));
    char line[64];
    std::snprintf(line, sizeof line, " %10u 0x%08X\n",
                  static_cast<unsigned>(formats::getInteger(*object, "owner").value_or(0)),
                  static_cast<unsigned>(formats::getInteger(*object, "flags").value_or(0)));
    print(name + std::string(name.size() < 36 ? 36 - name.size() : 0, ' ') + line);
  }
  return 0;
}

// Reads the options of a command that has none but the namespace, and connects.
struct Opened {
  Parsed parsed;
  std::optional<Session> session;
  std::string ns;
  std::optional<int> exitStatus;
};
Opened openWith(const Grammar& grammar, const Args& args) {
  auto outcome = parseOptions(grammar, args);
  Opened out{std::move(outcome.parsed), std::nullopt, {}, outcome.exitStatus};
  if (out.exitStatus) return out;
  out.ns = kvsNamespace(out.parsed.value("namespace"));
  out.session = kvsSession();
  if (!out.session) out.exitStatus = 1;
  return out;
}

}  // namespace

int kvsVersionMain(const Args& args) {
  Opened opened = openWith(kvsGrammar("flux-kvs version", "flux-kvs version [-N ns]",
                                      "Display current KVS version", kNamespaceOptions),
                           args);
  if (opened.exitStatus) return *opened.exitStatus;
  const auto answer =
      (*opened.session)->call("kvs.getroot", {{"namespace", opened.ns}, {"flags", 0}});
  if (!answer) return callFail("flux_kvs_get_version", answer.error());
  print(std::to_string(formats::getInteger(*answer, "rootseq").value_or(0)) + "\n");
  return 0;
}

int kvsWaitMain(const Args& args) {
  const Grammar grammar = kvsGrammar("flux-kvs wait", "flux-kvs wait [-N ns] version",
                                     "Block until the KVS reaches version", kNamespaceOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const auto version = parsed.rest.size() == 1 ? number(parsed.rest[0]) : std::nullopt;
  if (!version) return kvsFail("wait: specify a version");
  auto session = kvsSession();
  if (!session) return 1;
  const auto answer = (*session)->call(
      "kvs.wait-version",
      {{"namespace", kvsNamespace(parsed.value("namespace"))}, {"rootseq", *version}});
  return answer ? 0 : callFail("flux_kvs_wait_version", answer.error());
}

int kvsGetrootMain(const Args& args) {
  Opened opened = openWith(kvsGrammar("flux-kvs getroot", "flux-kvs getroot [-N ns] [-s|-o|-b]",
                                      "Get KVS root treeobj", kGetrootOptions),
                           args);
  if (opened.exitStatus) return *opened.exitStatus;
  const auto answer =
      (*opened.session)->call("kvs.getroot", {{"namespace", opened.ns}, {"flags", 0}});
  if (!answer) return callFail("flux_kvs_getroot", answer.error());
  const std::string ref(formats::getString(*answer, "rootref").value_or(""));
  std::string text = formats::toJson(kvsObject("dirref", json::array{json::value(ref)}));
  if (opened.parsed.has("blobref")) text = ref;
  if (opened.parsed.has("owner"))
    text = std::to_string(formats::getInteger(*answer, "owner").value_or(0));
  if (opened.parsed.has("sequence"))
    text = std::to_string(formats::getInteger(*answer, "rootseq").value_or(0));
  print(text + "\n");
  return 0;
}

int kvsDropcacheMain(const Args& args) {
  const Grammar grammar = kvsGrammar("flux-kvs dropcache", "flux-kvs dropcache [--all]",
                                     "Tell KVS to drop its cache", kDropcacheOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = kvsSession();
  if (!session) return 1;
  if (parsed.has("all")) {
    (*session)->publish("kvs.dropcache");
    const auto sent = (*session)->flush();
    return sent ? 0 : callFail("flux_send", sent.error());
  }
  const auto answer = (*session)->call("kvs.dropcache");
  return answer ? 0 : callFail("flux_kvs_dropcache", answer.error());
}

int kvsNamespaceMain(const Args& args) {
  const Args rest(args.begin() + (args.empty() ? 0 : 1), args.end());
  const std::string name = args.empty() ? "" : args[0];
  if (name == "create") return namespaceCreate(rest);
  if (name == "remove") return namespaceRemove(rest);
  if (name == "list") return namespaceList(rest);
  complain(
      "Usage: flux-kvs namespace [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux-kvs namespace:\n"
      "   create          Create a KVS namespace\n"
      "   remove          Remove a KVS namespace\n"
      "   list            List namespaces on local rank");
  return 1;
}

}  // namespace mc::flux::commands
