// flux restore: an archive of `flux dump` becomes a directory of the KVS.

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "flux/commands/commands.hpp"
#include "flux/commands/key_count.hpp"
#include "flux/commands/kvs_client.hpp"
#include "flux/formats/tar.hpp"

namespace mc::flux::commands {

namespace {

constexpr size_t kBatchBytes = size_t{1} << 20;

constexpr Option kOptions[] = {
    {'v', "verbose", Takes::Nothing, "", "List keys on stderr as they are restored"},
    {'q', "quiet", Takes::Nothing, "", "Don't show periodic progress updates"},
    {0, "checkpoint", Takes::Nothing, "", "Restore to checkpoint"},
    {0, "key", Takes::Value, "KEY", "Restore to KVS key"},
    {0, "no-cache", Takes::Nothing, "", "Bypass the broker content cache"},
    {0, "size-limit", Takes::Value, "SIZE", "Do not restore blobs greater than SIZE bytes"},
};

int restoreFail(std::string_view text) {
  return failAs("flux-restore", text);
}

// "1.5M" in bytes.
std::optional<double> parseSize(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  if (unit.empty() || unit == "b") return value;
  if (unit == "k") return value * 1024;
  if (unit == "M") return value * 1024 * 1024;
  if (unit == "G") return value * 1024 * 1024 * 1024;
  return std::nullopt;
}

// A namespace that goes with the command.
class TemporaryNamespace {
 public:
  explicit TemporaryNamespace(Session& session)
      : session_(session), name_("restore-" + std::to_string(::getpid())) {}
  ~TemporaryNamespace() {
    if (made_) (void)kvsRemoveNamespace(session_, name_).has_value();
  }
  TemporaryNamespace(const TemporaryNamespace&) = delete;
  TemporaryNamespace& operator=(const TemporaryNamespace&) = delete;

  base::Status make() {
    MC_TRY(kvsCreateNamespace(session_, name_, wire::kUseridUnknown));
    made_ = true;
    return {};
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Session& session_;
  std::string name_;
  bool made_ = false;
};

class Restore {
 public:
  Restore(Session& session, std::string ns, KeyCount& count, std::optional<double> limit)
      : session_(session), ns_(std::move(ns)), count_(count), limit_(limit) {}

  base::Status all(formats::TarReader& in) {
    while (true) {
      MC_TRY_ASSIGN(const auto entry, in.next());
      if (!entry) return flush();
      if (limit_ && static_cast<double>(entry->data.size()) > *limit_) {
        complain("flux-restore: " + entry->path + " exceeds size limit, skipping");
        continue;
      }
      MC_TRY(add(*entry));
      count_.add(entry->path);
    }
  }

 private:
  base::Status add(const formats::TarEntry& entry) {
    std::string key = entry.path;
    std::replace(key.begin(), key.end(), '/', '.');
    operations_.push_back(
        kvsOperation(key, entry.target ? linkOf(*entry.target) : kvsValue(entry.data)));
    bytes_ += entry.data.size() + key.size();
    return bytes_ > kBatchBytes ? flush() : base::Status();
  }

  static json::object linkOf(const std::string& target) {
    const size_t colons = target.find("::");
    json::object data;
    if (colons != std::string::npos) data["namespace"] = target.substr(0, colons);
    data["target"] = colons == std::string::npos ? target : target.substr(colons + 2);
    return kvsObject("symlink", std::move(data));
  }

  base::Status flush() {
    bytes_ = 0;
    if (operations_.empty()) return {};
    MC_TRY(kvsCommit(session_, ns_, std::exchange(operations_, {})));
    return {};
  }

  Session& session_;
  std::string ns_;
  KeyCount& count_;
  std::optional<double> limit_;
  json::array operations_;
  size_t bytes_ = 0;
};

// The whole snapshot comes into its place at once.
base::Status restoreTo(Session& session, const std::string& key, formats::TarReader& in,
                       KeyCount& count, std::optional<double> limit, bool quiet) {
  TemporaryNamespace ns(session);
  MC_TRY(ns.make());
  MC_TRY(Restore(session, ns.name(), count, limit).all(in));
  MC_TRY_ASSIGN(const json::object root,
                kvsLookup(session, {ns.name(), std::nullopt}, ".", kKvsTreeObject));
  count.finish(" (0 blobs)");
  const auto* refs = formats::findArray(root, "data");
  const auto* ref = refs != nullptr && !refs->empty() ? refs->front().if_string() : nullptr;
  if (!quiet && ref != nullptr)
    complain("flux-restore: writing snapshot " + std::string(*ref).substr(0, 13) + " to KVS key '" +
             key + "'");
  MC_TRY(kvsCommit(session, "primary", {kvsOperation(key, root)}));
  return {};
}

}  // namespace

int restoreMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-restore",
                        .usage = "flux-restore [OPTIONS] INFILE",
                        .description = "Read KVS snapshot from a portable archive format",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  const auto key = parsed.value("key");
  if (!key && !parsed.has("checkpoint"))
    return restoreFail("Please specify a restore target with --checkpoint or --key");
  if (!key)
    return restoreFail(
        "--checkpoint: the KVS is running; start an instance with -Scontent.restore=INFILE");
  std::optional<double> limit;
  if (const auto text = parsed.value("size-limit")) {
    limit = parseSize(*text);
    if (!limit) return restoreFail("Invalid size '" + *text + "'");
  }
  const auto archive = formats::openTar(parsed.rest[0]);
  if (!archive) return restoreFail("Failed to open '" + parsed.rest[0] + "'");
  auto session = Session::open();
  if (!session) return restoreFail(openFailure(session.error()));
  KeyCount count("flux-restore: restored", parsed.has("quiet"), parsed.has("verbose"));
  const auto restored = restoreTo(*session, *key, **archive, count, limit, parsed.has("quiet"));
  return restored ? 0 : restoreFail(parsed.rest[0] + ": " + restored.error().message);
}

}  // namespace mc::flux::commands
