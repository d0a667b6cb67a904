// flux kvs get, put, unlink, mkdir, link, readlink, copy, move.

#include <unistd.h>

#include <cstdlib>

#include "base/fd.hpp"
#include "flux/commands/kvs_command.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kGetOptions[] = {
    kKvsNamespace,
    {'r', "raw", Takes::Nothing, "", "Interpret value(s) as raw data"},
    {'t', "treeobj", Takes::Nothing, "", "Show RFC 11 object"},
    kKvsAt,
    {'l', "label", Takes::Nothing, "", "Print key= before value"},
    {'W', "waitcreate", Takes::Nothing, "", "Wait for creation to occur on watch"},
    {'w', "watch", Takes::Nothing, "", "Monitor key writes"},
    {'u', "uniq", Takes::Nothing, "", "Only monitor key writes if values have changed"},
    {'A', "append", Takes::Nothing, "", "Only monitor key appends"},
    {'f', "full", Takes::Nothing, "", "Monitor key changes with more complete accuracy"},
    {'c', "count", Takes::Value, "COUNT", "Display at most COUNT changes"},
};
constexpr Option kPutOptions[] = {
    kKvsNamespace,
    kKvsTreeRoot,
    kKvsSequence,
    {'r', "raw", Takes::Nothing, "", "Store value(s) as-is without adding NULL termination"},
    {'t', "treeobj", Takes::Nothing, "", "Store RFC 11 object"},
    {'n', "no-merge", Takes::Nothing, "", "Set the NO_MERGE flag to ensure commit is standalone"},
    {'A', "append", Takes::Nothing, "", "Append value(s) to key instead of overwriting"},
};
constexpr Option kUnlinkOptions[] = {
    kKvsNamespace,
    kKvsTreeRoot,
    kKvsSequence,
    {'R', "recursive", Takes::Nothing, "", "Remove directory contents recursively"},
    {'f', "force", Takes::Nothing, "", "ignore nonexistent files"},
};
constexpr Option kMkdirOptions[] = {kKvsNamespace, kKvsTreeRoot, kKvsSequence};
constexpr Option kLinkOptions[] = {
    kKvsNamespace,
    {'T', "target-namespace", Takes::Value, "NS", "Specify target's namespace"},
    kKvsTreeRoot,
    kKvsSequence,
};
constexpr Option kReadlinkOptions[] = {
    kKvsNamespace,
    kKvsAt,
    {'o', "namespace-only", Takes::Nothing, "",
     "Output only namespace if link points to a namespace"},
    {'k', "key-only", Takes::Nothing, "", "Output only key if link points to a namespace"},
};
constexpr Option kCopyOptions[] = {
    {'S', "src-namespace", Takes::Value, "NS", "Specify source key's namespace"},
    {'D', "dst-namespace", Takes::Value, "NS", "Specify destination key's namespace"},
};

int keyFail(std::string_view key, const base::Error& error) {
  return kvsFail(std::string(key) + ": " + std::strerror(error.errnum));
}

// Prints one value as the options say.
base::Status show(const Parsed& parsed, const std::string& key, const json::object& object) {
  std::string text;
  if (parsed.has("label")) text = key + '=';
  if (parsed.has("treeobj")) {
    text += formats::toJson(object) + '\n';
  } else {
    if (kvsIsDirectory(object)) return base::fail(EISDIR, std::strerror(EISDIR));
    MC_TRY_ASSIGN(const std::string bytes, kvsBytes(object));
    text += bytes;
    if (!parsed.has("raw") && !bytes.empty()) text += '\n';
  }
  print(text);
  flushOutput();
  return {};
}

int getFlags(const Parsed& parsed) {
  int flags = parsed.has("treeobj") ? kKvsTreeObject : 0;
  if (parsed.has("waitcreate")) flags |= kKvsWaitCreate;
  if (!parsed.has("watch")) return flags;
  flags |= kKvsWatch;
  if (parsed.has("full")) flags |= kKvsWatchFull;
  if (parsed.has("uniq")) flags |= kKvsWatchUnique;
  if (parsed.has("append")) flags |= kKvsWatchAppend;
  return flags;
}

// Waits for a value, or follows it, with the kvs-watch service.
int watchKeys(Session& session, const KvsPlace& place, const Parsed& parsed) {
  int status = 0;
  long left = parsed.has("watch") ? std::strtol(parsed.valueOr("count", "0").c_str(), nullptr, 10)
                                  : static_cast<long>(parsed.rest.size());
  size_t open = parsed.rest.size();
  bool over = false;
  const auto stop = [&](int code) {
    over = true;
    status = code;
    session.loop->stop();
  };
  std::vector<client::Watch> watches;
  for (const std::string& key : parsed.rest)
    watches.push_back(session->rpc(
        "kvs-watch.lookup", kvsLookupPayload(place, key, getFlags(parsed)),
        {wire::kNodeidAny, parsed.has("watch")}, [&, key](const client::Answer& answer) {
          if (over) return;
          if (client::isEnd(answer)) return --open == 0 ? stop(0) : void();
          if (!answer) return stop(keyFail(key, answer.error()));
          const auto* value = formats::findObject(*answer, "val");
          if (value == nullptr) return;
          if (const auto shown = show(parsed, key, *value); !shown)
            return stop(keyFail(key, shown.error()));
          if (left > 0 && --left == 0) stop(0);
        }));
  while (!over) session.loop->run();
  return status;
}

// The value of "KEY=-" comes from standard input.
base::Result<std::string> valueText(const std::string& text, bool fromInput) {
  if (text != "-" || !fromInput) return text;
  return base::readAll(STDIN_FILENO, "stdin");
}

base::Result<json::object> putOperation(const Parsed& parsed, const std::string& key,
                                        const std::string& given) {
  const bool tree = parsed.has("treeobj");
  MC_TRY_ASSIGN(const std::string text, valueText(given, tree || parsed.has("raw")));
  if (tree) {
    const auto object = formats::parseJsonObject(text);
    if (!object) return base::fail(EINVAL, std::strerror(EINVAL));
    return kvsOperation(key, *object);
  }
  return kvsOperation(key, kvsValue(text), parsed.has("append") ? kKvsAppend : 0);
}

// Whether a key may be removed: nothing if it is not there and need not be.
base::Result<bool> removable(Session& session, const KvsPlace& place, const std::string& key,
                             const Parsed& parsed) {
  const auto object = kvsLookup(session, place, key, kKvsTreeObject);
  if (!object && object.error().errnum == ENOENT && parsed.has("force")) return false;
  if (!object) return base::pass(object.error());
  if (!kvsIsDirectory(*object) || parsed.has("recursive")) return true;
  MC_TRY_ASSIGN(const json::object directory, kvsLookup(session, place, key, kKvsReadDirectory));
  if (!kvsEntries(directory).empty()) return base::fail(ENOTEMPTY, std::strerror(ENOTEMPTY));
  return true;
}

int copyOrMove(const Args& args, bool move) {
  const Grammar grammar =
      move ? kvsGrammar("flux-kvs move", "flux-kvs move [-S src-ns] [-D dst-ns] source destination",
                        "Move source key to destination key", kCopyOptions)
           : kvsGrammar("flux-kvs copy", "flux-kvs copy [-S src-ns] [-D dst-ns] source destination",
                        "Copy source key to destination key", kCopyOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const std::string verb = move ? "move" : "copy";
  if (parsed.rest.size() != 2) return kvsFail(verb + ": specify srckey dstkey");
  auto session = kvsSession();
  if (!session) return 1;
  const KvsPlace source{kvsNamespace(parsed.value("src-namespace")), std::nullopt};
  const std::string target = kvsNamespace(parsed.value("dst-namespace"));
  const auto object = kvsLookup(*session, source, parsed.rest[0], kKvsTreeObject);
  if (!object) return kvsFail("flux_kvs_" + verb + ": " + object.error().message);
  auto answer = kvsCommit(*session, target, {kvsOperation(parsed.rest[1], *object)});
  if (answer && move)
    answer = kvsCommit(*session, source.ns, {kvsOperation(parsed.rest[0], nullptr)});
  if (!answer) return kvsFail("flux_kvs_" + verb + ": " + std::strerror(answer.error().errnum));
  return 0;
}

}  // namespace

int kvsGetMain(const Args& args) {
  const Grammar grammar = kvsGrammar(
      "flux-kvs get",
      "flux-kvs get [-N ns] [-r|-t] [-a treeobj] [-l] [-W] [-w] [-u] [-A] [-f] [-c COUNT] key "
      "[key...]",
      "Get value stored under key", kGetOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const auto place = kvsPlace(parsed);
  if (!place) return 1;
  auto session = kvsSession();
  if (!session) return 1;
  if (parsed.has("watch") || parsed.has("waitcreate")) return watchKeys(*session, *place, parsed);
  for (const std::string& key : parsed.rest) {
    const auto object = kvsLookup(*session, *place, key, getFlags(parsed));
    if (!object) return keyFail(key, object.error());
    if (const auto shown = show(parsed, key, *object); !shown) return keyFail(key, shown.error());
  }
  return 0;
}

int kvsPutMain(const Args& args) {
  const Grammar grammar = kvsGrammar(
      "flux-kvs put", "flux-kvs put [-N ns] [-O|-s] [-r|-t] [-n] [-A] key=value [key=value...]",
      "Store value under key", kPutOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  json::array operations;
  for (const std::string& word : parsed.rest) {
    const size_t sign = word.find('=');
    if (sign == std::string::npos) return kvsFail("put: you must specify a value as key=value");
    const std::string key = word.substr(0, sign);
    auto operation = putOperation(parsed, key, word.substr(sign + 1));
    if (!operation) return keyFail(key, operation.error());
    operations.push_back(std::move(*operation));
  }
  auto session = kvsSession();
  if (!session) return 1;
  return kvsCommitAndReport(*session, parsed, kvsNamespace(parsed.value("namespace")),
                            std::move(operations));
}

int kvsUnlinkMain(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs unlink", "flux-kvs unlink [-N ns] [-O|-s] [-R] [-f] key [key...]",
                 "Remove key", kUnlinkOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  auto session = kvsSession();
  if (!session) return 1;
  const KvsPlace place{kvsNamespace(parsed.value("namespace")), std::nullopt};
  json::array operations;
  for (const std::string& key : parsed.rest) {
    const auto wanted = removable(*session, place, key, parsed);
    if (!wanted)
      return kvsFail("cannot unlink '" + key + "': " + std::strerror(wanted.error().errnum));
    if (*wanted) operations.push_back(kvsOperation(key, nullptr));
  }
  return kvsCommitAndReport(*session, parsed, place.ns, std::move(operations));
}

int kvsMkdirMain(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs mkdir", "flux-kvs mkdir [-N ns] [-O|-s] key [key...]",
                 "Create a directory", kMkdirOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  auto session = kvsSession();
  if (!session) return 1;
  json::array operations;
  for (const std::string& key : parsed.rest)
    operations.push_back(kvsOperation(key, kvsObject("dir", json::object())));
  return kvsCommitAndReport(*session, parsed, kvsNamespace(parsed.value("namespace")),
                            std::move(operations));
}

int kvsLinkMain(const Args& args) {
  const Grammar grammar =
      kvsGrammar("flux-kvs link", "flux-kvs link [-N ns] [-T ns] [-O|-s] target linkname",
                 "Create a new name for target", kLinkOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  if (parsed.rest.size() != 2) return kvsFail("link: specify target and link_name");
  auto session = kvsSession();
  if (!session) return 1;
  json::object link;
  if (const auto ns = parsed.value("target-namespace")) link["namespace"] = *ns;
  link["target"] = parsed.rest[0];
  return kvsCommitAndReport(*session, parsed, kvsNamespace(parsed.value("namespace")),
                            {kvsOperation(parsed.rest[1], kvsObject("symlink", std::move(link)))});
}

int kvsReadlinkMain(const Args& args) {
  const Grammar grammar = kvsGrammar(
      "flux-kvs readlink", "flux-kvs readlink [-N ns] [-a treeobj] [ -o | -k ] key [key...]",
      "Retrieve the key a link refers to", kReadlinkOptions);
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const auto place = kvsPlace(parsed);
  if (!place) return 1;
  auto session = kvsSession();
  if (!session) return 1;
  for (const std::string& key : parsed.rest) {
    const auto object = kvsLookup(*session, *place, key, kKvsReadLink);
    if (!object) return keyFail(key, object.error());
    const auto* data = formats::findObject(*object, "data");
    const auto* target = data ? formats::findString(*data, "target") : nullptr;
    if (target == nullptr) return keyFail(key, {EINVAL, ""});
    const auto* ns = formats::findString(*data, "namespace");
    std::string text;
    if (ns != nullptr && !parsed.has("key-only")) text = *ns;
    if (text.empty() || !parsed.has("namespace-only"))
      text += (text.empty() ? "" : "::") + std::string(*target);
    print(text + "\n");
  }
  return 0;
}

int kvsCopyMain(const Args& args) {
  return copyOrMove(args, false);
}

int kvsMoveMain(const Args& args) {
  return copyOrMove(args, true);
}

}  // namespace mc::flux::commands
