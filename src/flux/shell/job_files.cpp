#include "flux/shell/job_files.hpp"

#include "flux/shell/file_archive.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

base::Status extractOne(const std::string& directory, std::string_view path,
                        const json::value& value) {
  const auto* file = value.if_object();
  const std::string name(path);
  if (file == nullptr) return base::fail(EINVAL, "attributes.system.files: bad entry " + name);
  return extractFile(directory, name, *file, {}).prefixed("attributes.system.files: " + name);
}

}  // namespace

base::Status extractFiles(const Job& job, const std::string& directory) {
  const json::value* files = job.jobspec.system("files");
  if (files == nullptr) return {};
  if (const auto* table = files->if_object())
    for (const auto& [path, value] : *table) MC_TRY(extractOne(directory, path, value));
  if (const auto* list = files->if_array())
    for (const json::value& value : *list) {
      const auto* file = value.if_object();
      const auto* path = file ? formats::findString(*file, "path") : nullptr;
      MC_TRY(extractOne(directory, path ? std::string_view(*path) : "", value));
    }
  return {};
}

}  // namespace mc::flux::shell
