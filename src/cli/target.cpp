#include "cli/target.hpp"

#include <filesystem>

#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/resources.hpp"

namespace mc::cli {

namespace {

base::Result<Target> targetOfFile(Context& context, const std::string& verb,
                                  const std::string& file) {
  FilenameOptions files;
  files.files = {file};
  MC_TRY_ASSIGN(auto manifests, readClusters(context, verb, files));
  if (manifests.size() > 1)
    return base::fail(EINVAL, manifests.front().file + ": " + verb +
                                  " takes one MiniCluster, not " +
                                  std::to_string(manifests.size()) + "; use create -f for several");
  Target target{refOf(manifests.front()), std::move(manifests.front())};
  if (context.global.ns.empty()) context.foundNamespace = target.ref.ns;
  return target;
}

}  // namespace

bool isManifestName(const std::string& word) {
  return word == "-" || word.ends_with(".yaml") || word.ends_with(".yml") ||
         word.ends_with(".json");
}

base::Result<Target> findTarget(Context& context, const std::string& verb,
                                const std::string& word) {
  std::error_code error;
  const bool isFile = std::filesystem::exists(word, error);
  if (isFile || isManifestName(word)) return targetOfFile(context, verb, word);
  MC_TRY_ASSIGN(const ObjectName object, parseObjectName(word, Kind::MiniCluster));
  if (object.kind != Kind::MiniCluster)
    return base::fail(EINVAL, verb + " takes a MiniCluster, not \"" + word + "\"");
  return Target{{context.ns(), object.name}, {}};
}

base::Result<Target> onlyTarget(Context& context, const std::string& verb) {
  if (context.args.size() != 1)
    return base::pass(
        usageError(verb, "expected one FILE with a MiniCluster or NAME of one; - is stdin"));
  return findTarget(context, verb, context.args.front());
}

}  // namespace mc::cli
