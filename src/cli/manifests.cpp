#include "cli/manifests.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/fd.hpp"
#include "cli/errors.hpp"
#include "cli/problems.hpp"
#include "core/read.hpp"

namespace mc::cli {

namespace {

namespace fs = std::filesystem;

struct Source {
  std::string file;
  std::string text;
};

bool isManifestFile(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

/// The manifests of a directory, sorted by path.
template <class Iterator>
base::Status listDirectory(const std::string& path, std::vector<std::string>& files) {
  std::error_code error;
  std::vector<std::string> found;
  for (Iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    if (entry->is_regular_file(error) && isManifestFile(entry->path()))
      found.push_back(entry->path().string());
  if (error) return base::fail(error.value(), path + ": " + error.message());
  if (found.empty())
    return base::fail(
        EINVAL, "error reading [" + path + "]: recognized file extensions are [.json .yaml .yml]");
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
  return {};
}

base::Status listPattern(const std::string& pattern, std::vector<std::string>& files) {
  glob_t matches{};
  const int failed = ::glob(pattern.c_str(), 0, nullptr, &matches);
  for (size_t i = 0; failed == 0 && i < matches.gl_pathc; ++i)
    files.emplace_back(matches.gl_pathv[i]);
  ::globfree(&matches);
  if (failed == 0) return {};
  return base::fail(EINVAL, "the path \"" + pattern + "\" does not exist");
}

base::Status listFiles(const std::string& path, bool recursive, std::vector<std::string>& files) {
  for (const auto* scheme : {"http://", "https://"})
    if (path.starts_with(scheme))
      return base::fail(EINVAL, "a manifest is not read from a URL (" + path +
                                    "): download it, or pipe it into -f -");
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return recursive ? listDirectory<fs::recursive_directory_iterator>(path, files)
                     : listDirectory<fs::directory_iterator>(path, files);
  }
  if (path == "-" || fs::exists(path, error)) {
    files.push_back(path);
    return {};
  }
  return listPattern(path, files);
}

base::Result<Source> readSource(const std::string& file, int stdinFd) {
  const std::string shown = file == "-" ? "STDIN" : file;
  auto text = file == "-" ? base::readAll(stdinFd, shown, api::kMaxBytes)
                          : base::readFile(file, api::kMaxBytes);
  if (text) return Source{shown, std::move(*text)};
  if (text.error().errnum == EFBIG)
    return base::fail(EFBIG, shown + ": larger than " + std::to_string(api::kMaxBytes >> 20) +
                                 " MiB, which no manifest needs");
  return base::fail(text.error().errnum, shown + ": " + std::strerror(text.error().errnum));
}

base::Result<std::vector<Source>> readSources(const FilenameOptions& options, int stdinFd) {
  std::vector<std::string> files;
  for (const auto& file : options.files) MC_TRY(listFiles(file, options.recursive, files));
  std::vector<Source> sources;
  for (const auto& file : files) {
    MC_TRY_ASSIGN(Source source, readSource(file, stdinFd));
    sources.push_back(std::move(source));
  }
  return sources;
}

/// Why a document does not go with -n; empty if it does.
std::string namespaceConflict(const GlobalOptions& global, const api::Metadata& metadata) {
  const std::string& own = metadata.ns;
  if (global.ns.empty() || own == global.ns) return "";
  return "the namespace from the provided object \"" + own + "\" does not match the namespace \"" +
         global.ns + "\". You must pass '--namespace=" + own + "' to perform this operation.";
}

/// Reads the documents of one source into `manifests`; false if something was wrong and printed.
base::Result<bool> takeDocuments(Context& context, const Source& source,
                                 std::vector<Manifest>& manifests) {
  const auto where = context.engineKind() == EngineKind::Kubernetes ? api::Runs::OnKubernetes
                                                                    : api::Runs::OnOneMachine;
  core::ReadResult read = core::read(source.text, context.ns(), where);
  if (!read.problems.empty()) {
    const ProblemStyle style = {context.err.terminal(), context.err.colour(),
                                context.err.columns()};
    MC_TRY(context.err.write(formatProblems(read.problems, source.file, source.text, style)));
    return false;
  }
  bool good = true;
  std::map<size_t, Manifest> inOrder;
  const auto take = [&](size_t position, const std::string& wrong,
                        Manifest manifest) -> base::Status {
    if (!wrong.empty()) {
      good = false;
      return context.err.write(errorText({EINVAL, wrong}));
    }
    inOrder.emplace(position, std::move(manifest));
    return {};
  };
  for (auto& document : read.documents) {
    std::string wrong = namespaceConflict(context.global, document.cluster.metadata);
    auto plan = plan::makePlan(document.cluster);
    if (wrong.empty() && !plan) wrong = source.file + ": " + plan.error().message;
    const size_t position = document.position;
    MC_TRY(take(position, wrong,
                {source.file, std::move(document), plan ? std::move(*plan) : plan::Plan()}));
  }
  for (auto& object : read.objects) {
    const std::string wrong = namespaceConflict(context.global, object.metadata);
    const size_t position = object.position;
    MC_TRY(take(position, wrong, {source.file, {}, {}, std::move(object)}));
  }
  for (auto& [position, manifest] : inOrder) manifests.push_back(std::move(manifest));
  return good;
}

/// The lower, the earlier.
int rankOf(const Manifest& manifest) {
  if (!manifest.object) return 4;
  switch (manifest.object->kind) {
    case core::Kind::ConfigMap:
    case core::Kind::Secret:
      return 0;
    case core::Kind::Service:
      return 1;
    case core::Kind::NetworkPolicy:
      return 2;
    case core::Kind::Deployment:
    case core::Kind::Pod:
      break;
  }
  return 3;
}

}  // namespace

void FilenameOptions::declare(OptionSet& options, const std::string& help) {
  options.list("filename,f", &files, help).offer(Completes::Files);
  options.flag("recursive,R", &recursive,
               "Process the directory used in -f, --filename recursively.");
}

void orderForCreation(std::vector<Manifest>& manifests) {
  std::stable_sort(manifests.begin(), manifests.end(),
                   [](const Manifest& a, const Manifest& b) { return rankOf(a) < rankOf(b); });
}

base::Status printNotes(Context& context, const Manifest& manifest) {
  if (!manifest.object) return {};
  const core::Object& object = *manifest.object;
  const std::string name =
      std::string(core::infoOf(object.kind).singular) + "/" + object.metadata.name;
  for (const api::Note& note : object.notes)
    MC_TRY(context.err.write("Warning: " + name + ": " +
                             (note.field == "kind" ? "" : note.field + ": ") + note.text + "\n"));
  return {};
}

base::Result<std::vector<Manifest>> readClusters(Context& context, const std::string& verb,
                                                 const FilenameOptions& options) {
  MC_TRY_ASSIGN(auto manifests, readManifests(context, verb, options));
  for (const Manifest& manifest : manifests) {
    if (manifest.object)
      return base::fail(EINVAL, manifest.file + ": " + verb + " takes a MiniCluster, not a " +
                                    core::infoOf(manifest.object->kind).name + " (\"" +
                                    manifest.metadata().name + "\")");
  }
  return manifests;
}

base::Result<std::vector<Manifest>> readManifests(Context& context, const std::string& verb,
                                                  const FilenameOptions& options) {
  MC_TRY_ASSIGN(const auto sources, readSources(options, context.stdinFd));
  std::vector<Manifest> manifests;
  bool good = true;
  for (const auto& source : sources) {
    MC_TRY_ASSIGN(const bool fine, takeDocuments(context, source, manifests));
    good = good && fine;
  }
  if (!good) return base::pass(alreadyPrinted());
  if (manifests.empty()) return base::fail(EINVAL, "no objects passed to " + verb);
  return manifests;
}

}  // namespace mc::cli
