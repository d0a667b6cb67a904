#include "api/table_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "api/suggest.hpp"

namespace mc::api {
namespace {

using base::YamlEntry;
using base::YamlNode;
using base::YamlType;
using Kind = Type::Kind;

/// For a value, its own place; for what spans lines or is empty, the key's.
base::YamlPlace bestPlace(const YamlNode& node, base::YamlPlace key) {
  const bool simple = !node.is(YamlType::Null) && !node.is(YamlType::Mapping) &&
                      !node.is(YamlType::Sequence) && node.style != base::YamlStyle::Block;
  return simple ? node.place : key;
}

/// JSON makes no difference between 2 and 2.0. A number beyond 64 bits becomes the last one within.
std::optional<int64_t> asInteger(const YamlNode& node) {
  if (node.is(YamlType::Integer)) return node.scalar.integer;
  const double number = node.scalar.number;
  if (!node.is(YamlType::Float) || std::trunc(number) != number) return std::nullopt;
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  if (number >= kBeyond) return std::numeric_limits<int64_t>::max();
  return number <= -kBeyond ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(number);
}

bool typeFits(const YamlNode& node, Kind kind) {
  switch (kind) {
    case Kind::Any:
      return true;
    case Kind::Boolean:
      return node.is(YamlType::Boolean);
    case Kind::Integer:
      return asInteger(node).has_value();
    case Kind::String:
      return node.is(YamlType::String);
    case Kind::Quantity:
      return node.is(YamlType::String) || asInteger(node).has_value();
    case Kind::List:
      return node.is(YamlType::Sequence);
    case Kind::Map:
    case Kind::Object:
      return node.is(YamlType::Mapping);
  }
  return false;
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::Boolean:
      return "true or false";
    case Kind::Integer:
      return "a whole number";
    case Kind::String:
      return "a string";
    case Kind::Quantity:
      return "a quantity: a string or a whole number";
    case Kind::List:
      return "a list";
    default:
      return "a mapping";
  }
}

bool isScalar(const YamlNode& node) {
  return !node.is(YamlType::Mapping) && !node.is(YamlType::Sequence);
}

/// What to write in place of a value of another type.
std::string cureFor(const YamlNode& node, Kind wanted, std::string_view shape, bool secret) {
  if (!shape.empty()) return std::string(shape);
  if ((wanted == Kind::String || wanted == Kind::Quantity) && isScalar(node)) {
    if (node.is(YamlType::Null)) return "write \"\" if it is to be empty";
    return "write it in quotes" + (secret ? "" : ": \"" + node.text + "\"");
  }
  const auto inside = base::resolveScalar(node.text).type;
  const bool quotedNumber = wanted == Kind::Integer && inside == YamlType::Integer;
  const bool quotedBoolean = wanted == Kind::Boolean && inside == YamlType::Boolean;
  if (node.is(YamlType::String) && (quotedNumber || quotedBoolean))
    return "write " + node.text + " without quotes";
  if (wanted == Kind::List) return "begin each item with `- `";
  return wanted == Kind::Map || wanted == Kind::Object ? "write `key: value` lines" : "";
}

std::string rangeText(const Type& type, int64_t number) {
  if (type.maximum < kMaxInt32)
    return "must be from " + std::to_string(type.minimum) + " to " + std::to_string(type.maximum);
  return number < type.minimum ? "must be at least " + std::to_string(type.minimum)
                               : "must be at most " + std::to_string(type.maximum);
}

std::string listText(std::span<const std::string_view> values) {
  std::string text = "must be ";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
    text += std::string(values[i]);
  }
  return text;
}

bool isDefault(const YamlNode& node, std::string_view byDefault) {
  const auto value = base::resolveScalar(byDefault);
  if (node.is(YamlType::Boolean)) return node.scalar.boolean == value.boolean;
  if (node.is(YamlType::Integer) || node.is(YamlType::Float))
    return node.scalar.number == value.number;
  return node.text == byDefault;
}

bool saysNothing(const YamlNode& node, const Field& field) {
  const bool empty = node.text.empty() && node.items.empty() && node.entries.empty();
  if (empty || field.byDefault.empty()) {
    const bool off = node.is(YamlType::Boolean) && !node.scalar.boolean;
    const bool zero = node.is(YamlType::Integer) && node.scalar.integer == 0;
    return empty || off || zero;
  }
  return isDefault(node, field.byDefault);
}

}  // namespace

bool TableReader::read(const YamlNode& node, const Table& table, void* target,
                       const std::string& path) {
  std::vector<const Field*> present;
  bool inert = true;
  for (const auto& each : node.entries) {
    const Field* known = table.find(each.key, version_);
    if (known != nullptr && !each.value->is(YamlType::Null)) present.push_back(known);
    inert = entry(each, table, target, path) && inert;
  }
  absent(table, present, target, path);
  return inert;
}

bool TableReader::entry(const YamlEntry& entry, const Table& table, void* target,
                        const std::string& path) {
  const std::string here =
      path.empty() ? base::pathStep(entry.key).substr(1) : path + base::pathStep(entry.key);
  const Field* known = table.find(entry.key, version_);
  if (known != nullptr) return field(entry, *known, target, here);
  if (report_.full()) return true;
  const auto suggestion = suggestField(entry.key, table, version_);
  report_.addAt(entry.place, here, suggestion.cause, suggestion.cure);
  if (!suggestion.meant.empty())
    report_.trouble((path.empty() ? "" : path + ".") + std::string(suggestion.meant));
  return true;
}

/// Fields that the manifest leaves out: their defaults, or the complaint that one is missing.
void TableReader::absent(const Table& table, const std::vector<const Field*>& present, void* target,
                         const std::string& path) {
  for (const auto& field : table.fields) {
    const bool here = std::find(present.begin(), present.end(), &field) != present.end();
    if (here || (field.versions & version_) == 0) continue;
    if (field.required) {
      const std::string name(field.name);
      report_.add(
          path.empty() ? name : path + "." + name, "missing",
          "add `" + name + ":`" + (field.shape.empty() ? "" : "; " + std::string(field.shape)));
    }
    defaults(field, target);
  }
}

void TableReader::defaults(const Field& field, void* target) {
  if (target == nullptr) return;
  if (field.type.kind == Kind::Object && field.binding.enter != nullptr) {
    void* inner = field.binding.enter(target, "");
    for (const auto& each : field.type.table->fields) {
      if ((each.versions & version_) != 0) defaults(each, inner);
    }
  }
  if (field.byDefault.empty() || field.binding.set == nullptr) return;
  YamlNode value;
  value.text = field.byDefault;
  if (field.type.kind != Kind::String) value.scalar = base::resolveScalar(field.byDefault);
  field.binding.set(target, value);
}

bool TableReader::field(const YamlEntry& entry, const Field& field, void* target,
                        const std::string& path) {
  const YamlNode& node = *entry.value;
  const base::YamlPlace place = bestPlace(node, entry.place);
  if (node.is(YamlType::Null)) {  // `key:` with nothing behind it: as if it was left out
    report_.wrote(path, entry.place, true);
    return true;
  }
  bool inert = saysNothing(node, field);
  report_.wrote(path, place, inert);
  const bool stored = check({node, place, field.type, field, path}, target, inert);
  if (stored && target != nullptr && field.binding.set != nullptr) field.binding.set(target, node);
  report_.wrote(path, place, inert);
  if (!inert && field.support.stage != Support::Stage::Everywhere)
    mentions_.push_back({path, &field});
  return inert;
}

bool TableReader::check(const Value& value, void* target, bool& inert) {
  if (!typeFits(value.node, value.type.kind)) return wrongType(value);
  const auto enter = value.field.binding.enter;
  switch (value.type.kind) {
    case Kind::Integer:
      return checkInteger(value);
    case Kind::String:
    case Kind::Quantity:
      return checkText(value);
    case Kind::List:
      return checkList(value, target);
    case Kind::Map:
      return checkMap(value, target);
    case Kind::Object: {
      void* inner = enter == nullptr || target == nullptr ? nullptr : enter(target, "");
      inert = read(value.node, *value.type.table, inner, value.path);
      return true;
    }
    default:
      return true;
  }
}

bool TableReader::checkInteger(const Value& value) {
  const int64_t number = *asInteger(value.node);
  if (number >= value.type.minimum && number <= value.type.maximum) return true;
  return wrongValue(value, rangeText(value.type, number), {});
}

bool TableReader::checkText(const Value& value) {
  const std::string text = textOf(value.node);
  const auto& type = value.type;
  if (text.find('\0') != std::string::npos)
    return wrong(value, "holds a NUL character", "remove it");
  if (text.empty()) return !value.field.required || wrong(value, "must not be empty", {});
  if (!type.values.empty()) {
    if (std::find(type.values.begin(), type.values.end(), text) != type.values.end()) return true;
    return wrongValue(value, listText(type.values), didYouMean(text, type.values));
  }
  return type.format->fits(text) || wrongValue(value, type.format->cause, type.format->cure);
}

bool TableReader::checkList(const Value& value, void* target) {
  const size_t before = report_.problems().size();
  const auto enter = value.field.binding.enter;
  for (size_t i = 0; i < value.node.items.size(); ++i) {
    const YamlNode& item = *value.node.items[i];
    const std::string path = value.path + "[" + std::to_string(i) + "]";
    report_.wrote(path, item.place, false);
    const Value each{item, item.place, *value.type.items, value.field, path};
    const bool nested = each.type.kind == Kind::Object;
    // Also for an item of the wrong type, so that rules count as the manifest does.
    void* inner = nested && enter != nullptr && target != nullptr ? enter(target, "") : nullptr;
    bool inert = false;
    if (nested && typeFits(item, Kind::Object)) {
      read(item, *each.type.table, inner, path);
    } else {
      check(each, nullptr, inert);
    }
  }
  return report_.problems().size() == before;
}

bool TableReader::checkMap(const Value& value, void* target) {
  const size_t before = report_.problems().size();
  const auto enter = value.field.binding.enter;
  for (const auto& entry : value.node.entries) {
    const YamlNode& item = *entry.value;
    const std::string path = value.path + base::pathStep(entry.key);
    report_.wrote(path, bestPlace(item, entry.place), false);
    const bool goodKey = checkKey(entry, value.type, path);
    const Value each{item, bestPlace(item, entry.place), *value.type.items, value.field, path};
    const bool nested = each.type.kind == Kind::Object && typeFits(item, Kind::Object);
    bool inert = false;
    if (nested) {
      const bool into = goodKey && enter != nullptr && target != nullptr;
      read(item, *each.type.table, into ? enter(target, entry.key) : nullptr, path);
    } else {
      check(each, nullptr, inert);
    }
  }
  return report_.problems().size() == before;
}

bool TableReader::checkKey(const YamlEntry& entry, const Type& type, const std::string& path) {
  const bool nul = entry.key.find('\0') != std::string::npos;
  if (!nul && type.keys->fits(entry.key)) return true;
  report_.addAt(entry.place, path, nul ? "holds a NUL character" : std::string(type.keys->cause),
                std::string(type.keys->cure));
  return false;
}

bool TableReader::wrongType(const Value& value) {
  const bool quotable = value.type.kind == Kind::String && isScalar(value.node);
  const bool own = &value.type == &value.field.type || !isScalar(value.node);
  const auto shape = own && !quotable ? value.field.shape : std::string_view();
  const bool fraction = value.type.kind == Kind::Integer && value.node.is(YamlType::Float);
  if (fraction && !value.field.secret) return wrongValue(value, "must be a whole number", {});
  std::string message = "must be " + std::string(describe(value.type.kind)) + ", not " +
                        std::string(base::describe(value.node.type()));
  return wrong(value, std::move(message),
               cureFor(value.node, value.type.kind, shape, value.field.secret));
}

bool TableReader::wrongValue(const Value& value, std::string_view cause, std::string_view cure) {
  std::string message(cause);
  if (!value.field.secret) message += ", not " + quoted(value.node.text);
  return wrong(value, std::move(message), std::string(cure));
}

bool TableReader::wrong(const Value& value, std::string message, std::string cure) {
  report_.addAt(value.place, value.path, std::move(message), std::move(cure));
  return false;
}

}  // namespace mc::api
