#include "flux/services/kvs/archive.hpp"

#include <unistd.h>

#include <algorithm>

#include "flux/formats/tar.hpp"

namespace mc::flux::services::kvs {

namespace {

base::Status dumpNode(Node& node, const std::string& path, formats::TarWriter& out) {
  if (const Symlink* link = node.symlink())
    return out.add({path, {}, (link->ns.empty() ? "" : link->ns + "::") + link->target});
  if (node.isValue()) return out.add({path, node.read(), std::nullopt});
  const Directory* directory = node.directory();
  if (directory == nullptr) return base::fail(EIO, path + ": the directory is lost");
  for (const auto& [name, entry] : directory->entries())
    MC_TRY(
        dumpNode(*entry, path.empty() ? std::string(name) : path + '/' + std::string(name), out));
  return {};
}

std::unique_ptr<const Symlink> linkOf(const std::string& target) {
  const size_t colons = target.find("::");
  auto link = std::make_unique<Symlink>();
  if (colons != std::string::npos) link->ns = target.substr(0, colons);
  link->target = colons == std::string::npos ? target : target.substr(colons + 2);
  return link;
}

base::Status dumpTo(Node& root, const std::string& path, double time) {
  MC_TRY_ASSIGN(const auto out, formats::createTar(path, time));
  MC_TRY(dumpNode(root, "", *out));
  return out->finish();
}

}  // namespace

base::Status dumpTree(Node& root, const std::string& path, double time) {
  auto status = dumpTo(root, path, time);
  if (!status && status.error().errnum != ENOTSUP) ::unlink(path.c_str());
  return status;
}

base::Status restoreTree(Namespace& ns, const std::string& path) {
  MC_TRY_ASSIGN(const auto in, formats::openTar(path));
  while (true) {
    MC_TRY_ASSIGN(auto entry, in->next());
    if (!entry) return {};
    std::string key = entry->path;
    std::replace(key.begin(), key.end(), '/', '.');
    if (entry->target)
      MC_TRY(ns.put(key, linkOf(*entry->target)).prefixed(key));
    else
      MC_TRY(ns.put(key, std::move(entry->data)).prefixed(key));
  }
}

}  // namespace mc::flux::services::kvs
