// flux dump: the KVS as an archive.

#include "flux/commands/commands.hpp"
#include "flux/commands/key_count.hpp"
#include "flux/commands/kvs_client.hpp"
#include "flux/formats/tar.hpp"

#include <chrono>
#include <cstdio>

namespace mc::flux::commands {

namespace {

constexpr Option kOptions[] = {
    {'v', "verbose", Takes::Nothing, "", "List keys on stderr as they are archived"},
    {'q', "quiet", Takes::Nothing, "", "Don't show periodic progress updates"},
    {0, "checkpoint", Takes::Nothing, "", "Dump from checkpoint"},
    {0, "no-cache", Takes::Nothing, "", "Bypass the broker content cache"},
};

int dumpFail(std::string_view text) {
  return failAs("flux-dump", text);
}

struct Snapshot {
  std::string ref;
  double time = 0;
};

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

base::Result<Snapshot> present(Session& session) {
  MC_TRY_ASSIGN(const json::object root,
                session->call("kvs.getroot", {{"namespace", "primary"}, {"flags", 0}}));
  MC_TRY_ASSIGN(const std::string_view ref, formats::getString(root, "rootref"));
  return Snapshot{std::string(ref), now()};
}

base::Result<Snapshot> lastCheckpoint(Session& session) {
  // Older brokers want the name of the checkpoint.
  MC_TRY_ASSIGN(const json::object answer,
                session->call("content.checkpoint-get", {{"key", "kvs-primary"}, {"flags", 0}}, 0));
  const auto* value = formats::findObject(answer, "value");
  // One checkpoint, or several with the newest first.
  const auto* several = formats::findArray(answer, "value");
  if (several != nullptr && !several->empty()) value = several->front().if_object();
  if (value == nullptr) return base::fail(EPROTO, "checkpoint without a value");
  MC_TRY_ASSIGN(const std::string_view ref, formats::getString(*value, "rootref"));
  const auto* time = formats::find(*value, "timestamp");
  return Snapshot{std::string(ref), time ? formats::toDouble(*time).value_or(now()) : now()};
}

class Dump {
 public:
  Dump(Session& session, formats::TarWriter& out, KeyCount& count)
      : session_(session), out_(out), count_(count) {}

  base::Status directory(const json::object& object, const std::string& path) {
    if (kvsType(object) == "dir") return entries(object, object, path);
    MC_TRY_ASSIGN(const json::object dir,
                  kvsLookup(session_, {"primary", object}, ".", kKvsReadDirectory));
    return entries(dir, object, path);
  }

 private:
  base::Status entries(const json::object& directory, const json::object& reference,
                       const std::string& path) {
    for (const auto& [name, object] : kvsEntries(directory))
      MC_TRY(entry(object, reference, name, path.empty() ? name : path + '/' + name));
    return {};
  }

  base::Status entry(const json::object& object, const json::object& parent,
                     const std::string& name, const std::string& path) {
    if (kvsIsDirectory(object)) return directory(object, path);
    formats::TarEntry out{path, {}, std::nullopt};
    if (kvsType(object) == "symlink") {
      MC_TRY_ASSIGN(out.target, targetOf(object));
    } else if (kvsType(object) == "val") {
      MC_TRY_ASSIGN(out.data, kvsBytes(object));
    } else {
      MC_TRY_ASSIGN(out.data, kvsGet(session_, {"primary", parent}, name));
    }
    MC_TRY(out_.add(out));
    count_.add(path);
    return {};
  }

  static base::Result<std::string> targetOf(const json::object& object) {
    const auto* data = formats::findObject(object, "data");
    if (data == nullptr) return base::fail(EPROTO, "symlink object without a target");
    MC_TRY_ASSIGN(const std::string_view target, formats::getString(*data, "target"));
    const auto* ns = formats::findString(*data, "namespace");
    return (ns ? std::string(*ns) + "::" : std::string()) + std::string(target);
  }

  Session& session_;
  formats::TarWriter& out_;
  KeyCount& count_;
};

}  // namespace

void KeyCount::add(std::string_view path) {
  ++count_;
  if (quiet_) return;
  if (verbose_) return complain(path);
  if (count_ < 10 || count_ % 100 == 0) show({}, false);
}

void KeyCount::finish(std::string_view more) const {
  if (!quiet_ && !verbose_) show(more, true);
}

void KeyCount::show(std::string_view more, bool last) const {
  const std::string text = "\r" + words_ + ' ' + std::to_string(count_) + " keys" +
                           std::string(more) + (last ? "\n" : "");
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int dumpMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-dump",
                        .usage = "flux-dump [OPTIONS] OUTFILE",
                        .description = "Dump KVS snapshot to a portable archive format",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return dumpFail(openFailure(session.error()));
  const bool checkpoint = parsed.has("checkpoint");
  const auto snapshot = checkpoint ? lastCheckpoint(*session) : present(*session);
  if (!snapshot)
    return dumpFail(
        std::string(checkpoint ? "error fetching checkpoint: " : "error fetching root: ") +
        snapshot.error().message);
  const std::string& path = parsed.rest[0];
  const auto archive = formats::createTar(path, snapshot->time);
  if (!archive && archive.error().errnum == ENOTSUP) return dumpFail(archive.error().message);
  if (!archive) return dumpFail("Failed to open '" + path + "'");
  KeyCount count("flux-dump: archived", parsed.has("quiet"), parsed.has("verbose"));
  Dump dump(*session, **archive, count);
  const json::object root = kvsObject("dirref", json::array{json::value(snapshot->ref)});
  auto status = dump.directory(root, "");
  if (status) status = (*archive)->finish();
  if (!status) {
    if (path != "-") std::remove(path.c_str());  // half an archive is none
    return dumpFail(path + ": " + status.error().message);
  }
  count.finish();
  return 0;
}

}  // namespace mc::flux::commands
