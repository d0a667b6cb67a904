#include "flux/formats/jobspec.hpp"

#include <cmath>
#include <limits>

namespace mc::flux::formats {

namespace {

constexpr int64_t kMaxCount = std::numeric_limits<int32_t>::max();

tl::unexpected<base::Error> invalid(const std::string& why) {
  return base::fail(EINVAL, "Invalid jobspec: " + why);
}

// Keys beyond those listed are errors: a misspelt one would otherwise be lost without a word.
base::Status checkKeys(const json::object& object, std::initializer_list<std::string_view> known,
                       const std::string& where) {
  for (const auto& [key, value] : object) {
    bool found = false;
    for (const std::string_view name : known) found = found || name == key;
    if (!found) return invalid(where + " has an unknown key '" + std::string(key) + "'");
  }
  return {};
}

base::Result<uint32_t> readCount(const json::object& object, std::string_view key,
                                 const std::string& where) {
  const auto count = getInteger(object, key);
  if (!count) return invalid(where + " has no integer '" + std::string(key) + "'");
  if (*count < 1 || *count > kMaxCount)
    return invalid("'" + std::string(key) + "' of " + where + " must be at least 1");
  return static_cast<uint32_t>(*count);
}

base::Result<std::string_view> typeOf(const json::value& vertex) {
  const auto* object = vertex.if_object();
  const auto* type = object ? findString(*object, "type") : nullptr;
  if (type == nullptr) return invalid("resource without a type");
  MC_TRY(checkKeys(*object, {"type", "count", "unit", "with", "label", "exclusive", "id"},
                   "resource '" + std::string(*type) + "'"));
  return std::string_view(*type);
}

base::Status readLeaf(const json::value& vertex, JobShape& shape, bool& hasCore) {
  MC_TRY_ASSIGN(const std::string_view type, typeOf(vertex));
  const json::object& object = vertex.get_object();
  const std::string where = "resource '" + std::string(type) + "'";
  if (type != "core" && type != "gpu") return invalid(where + " is not allowed in a slot");
  if (find(object, "with") != nullptr) return invalid(where + " must not contain others");
  MC_TRY_ASSIGN(const uint32_t count, readCount(object, "count", where));
  (type == "core" ? shape.coresPerSlot : shape.gpusPerSlot) = count;
  hasCore = hasCore || type == "core";
  return {};
}

base::Status readSlot(const json::object& slot, JobShape& shape, std::string& label) {
  MC_TRY_ASSIGN(shape.slots, readCount(slot, "count", "resource 'slot'"));
  const auto* text = findString(slot, "label");
  if (text == nullptr) return invalid("slot without a label");
  label = *text;
  const auto* with = findArray(slot, "with");
  if (with == nullptr || with->empty() || with->size() > 2)
    return invalid("slot must contain 'core' and at most 'gpu' beside");
  bool hasCore = false;
  for (const auto& leaf : *with) MC_TRY(readLeaf(leaf, shape, hasCore));
  if (!hasCore) return invalid("slot contains no 'core'");
  return {};
}

base::Status readResources(const json::object& document, JobShape& shape, std::string& label) {
  const auto* resources = findArray(document, "resources");
  if (resources == nullptr) return invalid("'resources' is missing or no list");
  if (resources->size() != 1) return invalid("'resources' must have exactly one element");
  const json::value* vertex = &resources->front();
  MC_TRY_ASSIGN(std::string_view type, typeOf(*vertex));
  if (type == "node") {
    const json::object& node = vertex->get_object();
    MC_TRY_ASSIGN(shape.nodes, readCount(node, "count", "resource 'node'"));
    if (const auto* exclusive = find(node, "exclusive")) {
      if (!exclusive->is_bool()) return invalid("'exclusive' must be true or false");
      shape.exclusive = exclusive->get_bool();
    }
    const auto* with = findArray(node, "with");
    if (with == nullptr || with->size() != 1) return invalid("node must contain exactly one slot");
    vertex = &with->front();
    MC_TRY_ASSIGN(type, typeOf(*vertex));
  }
  if (type != "slot")
    return invalid("'resources' must be a node or a slot, not '" + std::string(type) + "'");
  return readSlot(vertex->get_object(), shape, label);
}

base::Status readCommand(const json::object& task, std::vector<std::string>& command) {
  const auto* words = findArray(task, "command");
  if (words == nullptr || words->empty())
    return invalid("task command must be a list that is not empty");
  for (const auto& word : *words) {
    const auto* text = word.if_string();
    if (text == nullptr) return invalid("task command must consist of strings");
    if (text->find('\0') != json::string::npos) return invalid("task command contains a NUL");
    command.emplace_back(*text);
  }
  return {};
}

base::Status readTasks(const json::object& document, const std::string& label, Jobspec& out) {
  const auto* tasks = findArray(document, "tasks");
  if (tasks == nullptr || tasks->size() != 1)
    return invalid("'tasks' must be a list of exactly one");
  const auto* task = tasks->front().if_object();
  if (task == nullptr) return invalid("task is no object");
  MC_TRY(checkKeys(*task, {"command", "slot", "count", "attributes", "distribution"}, "task"));
  MC_TRY(readCommand(*task, out.command));
  const auto* slot = findString(*task, "slot");
  if (slot == nullptr || *slot != label) return invalid("task names no slot of 'resources'");
  const auto* count = findObject(*task, "count");
  if (count == nullptr || count->size() != 1)
    return invalid("task 'count' must have exactly one of 'per_slot' and 'total'");
  const bool total = find(*count, "total") != nullptr;
  out.tasks.kind = total ? TaskCount::Kind::Total : TaskCount::Kind::PerSlot;
  MC_TRY_ASSIGN(out.tasks.count, readCount(*count, total ? "total" : "per_slot", "task count"));
  return {};
}

base::Status checkEnvironment(const json::value& environment) {
  const auto* object = environment.if_object();
  if (object == nullptr) return invalid("attributes.system.environment must be an object");
  for (const auto& [name, value] : *object)
    if (!value.is_string())
      return invalid("environment variable '" + std::string(name) + "' is no string");
  return {};
}

base::Status readAttributes(const json::object& document, Jobspec& out) {
  const auto* attributes = findObject(document, "attributes");
  const auto* system = attributes ? findObject(*attributes, "system") : nullptr;
  if (system == nullptr) return invalid("'attributes.system' is missing or no object");
  MC_TRY(checkKeys(*attributes, {"system", "user"}, "'attributes'"));
  const auto* duration = find(*system, "duration");
  if (duration == nullptr) return invalid("'attributes.system.duration' is missing");
  const auto seconds = toDouble(*duration);
  if (!seconds || *seconds < 0 || !std::isfinite(*seconds))
    return invalid("'attributes.system.duration' must be a number that is not negative");
  out.duration = *seconds;
  if (const auto* environment = find(*system, "environment"))
    MC_TRY(checkEnvironment(*environment));
  if (const auto* cwd = find(*system, "cwd"); cwd != nullptr && !cwd->is_string())
    return invalid("'attributes.system.cwd' must be a string");
  return {};
}

}  // namespace

base::Result<Jobspec> Jobspec::parse(json::object document) {
  MC_TRY(checkKeys(document, {"version", "resources", "tasks", "attributes"}, "jobspec"));
  const auto version = getInteger(document, "version");
  if (!version || *version != 1) return invalid("'version' must be 1");
  Jobspec out{.document = std::move(document)};  // an assignment would give it other storage
  std::string label;
  MC_TRY(readResources(out.document, out.shape, label));
  MC_TRY(readTasks(out.document, label, out));
  MC_TRY(readAttributes(out.document, out));
  if (out.tasks.kind == TaskCount::Kind::Total && out.tasks.count > out.shape.totalSlots())
    return invalid("more tasks than slots");
  return out;
}

base::Result<Jobspec> Jobspec::parse(std::string_view text) {
  auto document = parseJsonObject(text);
  if (!document) return invalid(document.error().message);
  return parse(std::move(*document));
}

uint64_t Jobspec::taskCount() const {
  return tasks.kind == TaskCount::Kind::Total ? tasks.count : shape.totalSlots() * tasks.count;
}

const json::value* Jobspec::system(std::string_view path) const {
  const auto* attributes = findObject(document, "attributes");
  const auto* object = attributes ? findObject(*attributes, "system") : nullptr;
  return object ? getPath(*object, path) : nullptr;
}

const json::object* Jobspec::systemObject(std::string_view path) const {
  const auto* value = system(path);
  return value ? value->if_object() : nullptr;
}

std::optional<std::string> Jobspec::systemString(std::string_view path) const {
  const auto* value = system(path);
  const auto* text = value ? value->if_string() : nullptr;
  if (text == nullptr) return std::nullopt;
  return std::string(*text);
}

std::string Jobspec::name() const {
  if (auto name = systemString("job.name")) return *name;
  const std::string& program = command.front();
  const size_t slash = program.rfind('/');
  return slash == std::string::npos ? program : program.substr(slash + 1);
}

void setPath(json::object& root, std::string_view path, json::value value) {
  json::object* at = &root;
  for (size_t dot; (dot = path.find('.')) != std::string_view::npos; path.remove_prefix(dot + 1)) {
    json::value& next = (*at)[path.substr(0, dot)];
    at = next.is_object() ? &next.get_object() : &next.emplace_object();
  }
  (*at)[path] = std::move(value);
}

const json::value* getPath(const json::object& root, std::string_view path) {
  const json::object* at = &root;
  while (at != nullptr) {
    const size_t dot = path.find('.');
    const json::value* next = find(*at, path.substr(0, dot));
    if (next == nullptr || dot == std::string_view::npos) return next;
    at = next->if_object();
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

}  // namespace mc::flux::formats
