#include "flux/services/job-manager/documents.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

base::Result<std::string> update(std::string text, std::string_view event, std::string_view below,
                                 const std::string& eventlog) {
  if (eventlog.find(event) == std::string::npos) return text;
  MC_TRY_ASSIGN(json::object document, formats::parseJsonObject(text));
  MC_TRY_ASSIGN(const auto events, formats::parseEventlog(eventlog));
  for (const formats::Event& entry : events) {
    if (entry.name != event) continue;
    for (const auto& [path, value] : entry.context)
      formats::setPath(document, std::string(below).append(path), value);
  }
  return formats::toJson(document);
}

}  // namespace

base::Result<std::string> readDocument(kvs::Store& store, JobId id, std::string_view key) {
  const auto node = store.resolve(store.primary(), jobKey(id, key));
  if (!node || !(*node)->isValue()) return base::fail(ENOENT, std::string(key) + ": key not found");
  return (*node)->read();
}

base::Result<std::string> readCurrent(kvs::Store& store, JobId id, std::string_view key) {
  MC_TRY_ASSIGN(std::string text, readDocument(store, id, key));
  const bool isR = key == "R";
  if (!isR && key != "jobspec") return text;
  MC_TRY_ASSIGN(const std::string eventlog, readDocument(store, id, "eventlog"));
  return isR ? update(std::move(text), "resource-update", "execution.", eventlog)
             : update(std::move(text), "jobspec-update", "", eventlog);
}

}  // namespace mc::flux::services::manager
