// flux archive: files in the KVS, to be had on all nodes (RFC 37).

#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "flux/commands/archive_source.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/content_client.hpp"
#include "flux/commands/kvs_client.hpp"
#include "flux/commands/subcommands.hpp"
#include "flux/formats/duration.hpp"
#include "flux/shell/file_archive.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-archive";

constexpr Option kNoForcePrimary{0, "no-force-primary", Takes::Nothing, "",
                                 "Do not force archive to be in the primary KVS namespace"};
constexpr Option kVerbose{'v', "verbose", Takes::OptionalValue, "LEVEL",
                          "List files on standard error"};
constexpr Option kReadName{'n', "name", Takes::Value, "NAME",
                           "Read from archive NAME (default main)"};

constexpr Option kCreateOptions[] = {
    {'n', "name", Takes::Value, "NAME", "Write to archive NAME (default main)"},
    kNoForcePrimary,
    {'C', "directory", Takes::Value, "DIR", "Change to DIR before reading files"},
    kVerbose,
    {0, "overwrite", Takes::Nothing, "", "Overwrite existing archive"},
    {0, "append", Takes::Nothing, "", "Append to existing archive"},
    {0, "preserve", Takes::Nothing, "", "Preserve data over Flux restart"},
    {0, "mmap", Takes::Nothing, "", "Use mmap(2) to map file content"},
    {0, "chunksize", Takes::Value, "N[KMG]", nullptr},
    {0, "small-file-threshold", Takes::Value, "N[KMG]", nullptr},
};
constexpr Option kRemoveOptions[] = {
    {'n', "name", Takes::Value, "NAME", "Remove archive NAME (default main)"},
    kNoForcePrimary,
    {'f', "force", Takes::Nothing, "", "Ignore a nonexistent archive"},
};
constexpr Option kExtractOptions[] = {
    kReadName,
    kVerbose,
    {'C', "directory", Takes::Value, "DIR", "Change to DIR before extracting"},
    {0, "overwrite", Takes::Nothing, "", "Overwrite existing files when extracting"},
    {0, "waitcreate", Takes::OptionalValue, "FSD",
     "Wait for KVS archive key to appear (timeout optional)"},
    kNoForcePrimary,
    {'t', "list-only", Takes::Nothing, "", "List table of contents without extracting"},
};
constexpr Option kListOptions[] = {
    kReadName,
    kNoForcePrimary,
    {'l', "long", Takes::Nothing, "", "Show file type, mode, size"},
    {0, "raw", Takes::Nothing, "", "Show raw RFC 37 file system object without decoding"},
};

int archiveFail(std::string_view text) {
  return failAs(kProgram, text);
}

/// An archive by its name.
struct Archive {
  std::string ns;
  std::string key;

  static Archive of(const Parsed& parsed) {
    return {parsed.has("no-force-primary") ? kvsNamespace(std::nullopt) : "primary",
            "archive." + parsed.valueOr("name", "main")};
  }
  [[nodiscard]] std::string blobsKey() const { return key + "_blobs"; }
};

/// "1.5M"; EINVAL for what is no size up to INT_MAX.
base::Result<int64_t> parseSize(const std::string& text) {
  char* end = nullptr;
  double number = std::strtod(text.c_str(), &end);
  const std::string_view unit = end;
  constexpr std::string_view kUnits = "KMG";
  if (unit.size() == 1) {
    const char letter = unit[0] == 'k' ? 'K' : unit[0];
    const size_t power = kUnits.find(letter);
    if (power == kUnits.npos) return base::fail(EINVAL, "invalid size '" + text + "'");
    number *= std::pow(1024.0, static_cast<double>(power + 1));
  }
  if (end == text.c_str() || unit.size() > 1 || !(number >= 0 && number <= INT_MAX))
    return base::fail(EINVAL, "invalid size '" + text + "'");
  return static_cast<int64_t>(number);
}

base::Status enterDirectory(const Parsed& parsed) {
  const auto directory = parsed.value("directory");
  if (directory && ::chdir(directory->c_str()) != 0) return base::failErrno("chdir " + *directory);
  return {};
}

base::Result<json::array> parseArchive(const std::string& key, std::string_view text) {
  auto value = formats::parseJson(text);
  if (!value || !value->is_array()) return base::fail(EPROTO, key + ": not an RFC 37 archive");
  return std::move(value->get_array());
}

base::Result<json::array> readArchive(Session& session, const Archive& archive) {
  const auto text = kvsGet(session, {archive.ns, std::nullopt}, archive.key);
  if (!text)
    return base::fail(text.error().errnum,
                      "KVS lookup " + archive.key + ": " + text.error().message);
  return parseArchive(archive.key, *text);
}

// ---- create

base::Status unlinkArchive(Session& session, const Archive& archive) {
  const auto answer =
      kvsCommit(session, archive.ns,
                {kvsOperation(archive.key, nullptr), kvsOperation(archive.blobsKey(), nullptr)});
  if (!answer)
    return base::fail(answer.error().errnum, "unlink " + archive.key + "," + archive.blobsKey() +
                                                 ": " + answer.error().message);
  return {};
}

base::Status checkCreate(Session& session, const Parsed& parsed) {
  if (parsed.has("mmap")) {
    const auto rank = session->call("attr.get", {{"name", "rank"}});
    const auto* text = rank ? formats::findString(*rank, "value") : nullptr;
    if (text != nullptr && *text != "0")
      return base::fail(EINVAL, "--mmap only works on the rank 0 broker");
    if (parsed.has("preserve")) return base::fail(EINVAL, "--mmap cannot work with --preserve");
    if (parsed.has("no-force-primary"))
      return base::fail(EINVAL, "--mmap cannot work with --no-force-primary");
  }
  if (parsed.has("overwrite") && parsed.has("append"))
    return base::fail(EINVAL, "--overwrite and --append cannot be used together");
  return {};
}

/// What the archive holds already.
base::Result<json::array> previousFiles(Session& session, const Parsed& parsed,
                                        const Archive& archive) {
  if (parsed.has("overwrite")) {
    MC_TRY(unlinkArchive(session, archive));
    return json::array();
  }
  auto previous = readArchive(session, archive);
  if (!previous) return json::array();
  if (!parsed.has("append")) return base::fail(EEXIST, archive.key + ": key exists");
  return previous;
}

/// One reference for each blob, so that a dump of the KVS takes them along.
void preserve(const Archive& archive, const json::array& files, json::array& operations) {
  size_t number = 0;
  for (const json::value& file : files) {
    const auto* encoding = formats::findString(file.get_object(), "encoding");
    if (encoding == nullptr || *encoding != "blobvec") continue;
    for (const json::value& region : file.get_object().at("data").get_array())
      operations.push_back(
          kvsOperation(archive.blobsKey() + "." + std::to_string(number++),
                       kvsObject("valref", json::array{region.get_array().at(2)})));
  }
}

base::Status create(const Parsed& parsed) {
  const Archive archive = Archive::of(parsed);
  ArchiveSource::Options options;
  MC_TRY_ASSIGN(options.chunkSize, parseSize(parsed.valueOr("chunksize", "1M")));
  MC_TRY_ASSIGN(options.smallFile, parseSize(parsed.valueOr("small-file-threshold", "1K")));
  auto session = Session::open();
  if (!session) return base::fail(session.error().errnum, openFailure(session.error()));
  MC_TRY(checkCreate(*session, parsed));
  MC_TRY(enterDirectory(parsed));
  MC_TRY_ASSIGN(json::array previous, previousFiles(*session, parsed, archive));
  MC_TRY_ASSIGN(const auto content, ContentClient::open());
  options.store = [&](std::string_view blob) { return content->store(blob); };
  if (parsed.has("verbose")) options.added = [](const std::string& path) { print(path + "\n"); };
  ArchiveSource source(std::move(options));
  source.files() = std::move(previous);
  for (const std::string& path : parsed.rest) MC_TRY(source.add(path));
  json::array operations{kvsOperation(archive.key, kvsValue(formats::toJson(source.files())))};
  if (parsed.has("preserve")) preserve(archive, source.files(), operations);
  const auto committed = kvsCommit(*session, archive.ns, std::move(operations));
  if (!committed)
    return base::fail(committed.error().errnum, "kvs commit: " + committed.error().message);
  return {};
}

int createMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-archive create",
                        .usage = "flux archive create [-n NAME] [-C DIR] [--preserve] PATH ...",
                        .description = "Create a KVS file archive",
                        .options = kCreateOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const auto created = create(parsed);
  return created ? 0 : archiveFail(created.error().message);
}

// ---- remove

int removeMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-archive remove",
                        .usage = "flux archive remove [-n NAME] [-f]",
                        .description = "Remove a KVS file archive",
                        .options = kRemoveOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  const Archive archive = Archive::of(parsed);
  auto session = Session::open();
  if (!session) return archiveFail(openFailure(session.error()));
  if (!parsed.has("force") && !kvsLookup(*session, {archive.ns, std::nullopt}, archive.key, 0))
    return archiveFail(archive.key + " does not exist");
  const auto removed = unlinkArchive(*session, archive);
  return removed ? 0 : archiveFail(removed.error().message);
}

// ---- extract and list

const char* kindOf(mode_t mode) {
  return S_ISREG(mode) ? "f" : S_ISLNK(mode) ? "l" : S_ISDIR(mode) ? "d" : "?";
}

void show(const json::value& value, bool longForm) {
  const auto* file = value.if_object();
  const auto* path = file ? formats::findString(*file, "path") : nullptr;
  const auto mode =
      file ? formats::getInteger(*file, "mode") : base::Result<int64_t>(base::fail(EPROTO, ""));
  if (path == nullptr || !mode) return print("invalid fileref\n");
  if (longForm) {
    char columns[64];
    std::snprintf(columns, sizeof columns, "%s 0%o %8lld ", kindOf(static_cast<mode_t>(*mode)),
                  static_cast<unsigned>(*mode & 0777),
                  static_cast<long long>(formats::getInteger(*file, "size").value_or(0)));
    print(columns);
  }
  print(std::string(path->c_str()) + "\n");
}

void applyPattern(json::array& files, const Parsed& parsed) {
  if (parsed.rest.empty()) return;
  const std::string& pattern = parsed.rest[0];
  json::array matching;
  for (json::value& file : files) {
    const auto* path = file.is_object() ? formats::findString(file.get_object(), "path") : nullptr;
    if (path != nullptr && ::fnmatch(pattern.c_str(), path->c_str(), 0) == 0)
      matching.push_back(std::move(file));
  }
  files = std::move(matching);
  if (files.empty()) archiveFail("No files matched pattern '" + pattern + "'");
}

/// Waits until the archive is there.
base::Result<json::array> awaitArchive(Session& session, const Archive& archive,
                                       const std::string& limit) {
  double seconds = std::numeric_limits<double>::infinity();
  if (!limit.empty()) {
    const auto duration = formats::parseDuration(limit);
    if (!duration)
      return base::fail(EINVAL,
                        "could not parse --waitcreate timeout: " + duration.error().message);
    seconds = *duration;
  }
  const auto answer = session.callFor(
      "kvs-watch.lookup", kvsLookupPayload({archive.ns, std::nullopt}, archive.key, kKvsWaitCreate),
      wire::kNodeidAny, seconds);
  if (!answer && answer.error().errnum == ETIMEDOUT)
    return base::fail(ETIMEDOUT, archive.key + ": key was not created within timeout window");
  return readArchive(session, archive);
}

base::Status extract(const json::array& files, const Parsed& parsed) {
  MC_TRY_ASSIGN(const auto content, ContentClient::open());
  shell::ExtractOptions options;
  options.overwrite = parsed.has("overwrite");
  options.load = [&](std::string_view blobref) { return content->load(blobref); };
  for (const json::value& value : files) {
    const auto* file = value.if_object();
    const auto* path = file ? formats::findString(*file, "path") : nullptr;
    if (path == nullptr) return base::fail(EPROTO, "invalid fileref");
    const std::string name = path->c_str();
    if (parsed.has("verbose")) complain(name);
    MC_TRY(shell::extractFile(".", name, *file, options).prefixed(name));
  }
  return {};
}

int extractMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-archive extract",
                        .usage = "flux archive extract [-n NAME] [--overwrite] [-C DIR] [PATTERN]",
                        .description = "Extract KVS file archive contents",
                        .options = kExtractOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  const Archive archive = Archive::of(parsed);
  if (const auto entered = enterDirectory(parsed); !entered)
    return archiveFail(entered.error().message);
  auto session = Session::open();
  if (!session) return archiveFail(openFailure(session.error()));
  auto files = parsed.has("waitcreate")
                   ? awaitArchive(*session, archive, parsed.valueOr("waitcreate", ""))
                   : readArchive(*session, archive);
  if (!files) return archiveFail(files.error().message);
  applyPattern(*files, parsed);
  if (parsed.has("list-only")) {
    for (const json::value& file : *files) show(file, parsed.has("verbose"));
    return 0;
  }
  const auto extracted = extract(*files, parsed);
  return extracted ? 0 : archiveFail(extracted.error().message);
}

int listMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-archive list",
                        .usage = "flux archive list [-n NAME] [PATTERN]",
                        .description = "List KVS file archive contents",
                        .options = kListOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return archiveFail(openFailure(session.error()));
  auto files = readArchive(*session, Archive::of(parsed));
  if (!files) return archiveFail(files.error().message);
  applyPattern(*files, parsed);
  for (const json::value& file : *files) {
    if (parsed.has("raw")) {
      print(formats::toJson(file));
    } else {
      show(file, parsed.has("long"));
    }
  }
  return 0;
}

constexpr std::array kSubcommands{
    Subcommand{"create", createMain, "Create a KVS file archive"},
    Subcommand{"remove", removeMain, "Remove a KVS file archive"},
    Subcommand{"extract", extractMain, "Extract KVS file archive contents"},
    Subcommand{"list", listMain, "List KVS file archive contents"},
};

}  // namespace

int archiveMain(const Args& args) {
  return runSubcommand(kProgram, kSubcommands, args);
}

}  // namespace mc::flux::commands
