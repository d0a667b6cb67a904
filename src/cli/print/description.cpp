#include "cli/print/description.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "cli/print/human.hpp"

namespace mc::cli {

namespace {

namespace json = boost::json;

std::string indent(int level) {
  return std::string(static_cast<size_t>(level) * 2, ' ');
}

bool isUpper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}
bool isLower(char c) {
  return std::islower(static_cast<unsigned char>(c)) != 0;
}

/// "podIPAddress" into "pod", "IP", "Address".
std::vector<std::string> camelWords(const std::string& field) {
  std::vector<std::string> words;
  for (size_t i = 0; i < field.size(); ++i) {
    const bool first = i == 0;
    const bool afterLower = !first && isUpper(field[i]) && !isUpper(field[i - 1]);
    const bool lastOfCapitals =
        !first && isUpper(field[i]) && i + 1 < field.size() && isLower(field[i + 1]);
    if (first || afterLower || lastOfCapitals) words.emplace_back();
    words.back() += field[i];
  }
  return words;
}

std::string scalarText(const json::value& value) {
  if (value.is_string()) return value.get_string().c_str();
  return value.is_null() ? "<nil>" : json::serialize(value);
}

}  // namespace

std::string labelFor(const std::string& field) {
  static constexpr std::array<const char*, 5> kAcronyms = {"API", "URL", "UID", "OSB", "GUID"};
  const bool plain = std::all_of(field.begin(), field.end(),
                                 [](unsigned char c) { return std::isalpha(c) != 0 || c == '-'; });
  if (!plain) return field;
  std::string label;
  for (std::string word : camelWords(field)) {
    std::string upper = word;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    const bool acronym = std::find(kAcronyms.begin(), kAcronyms.end(), upper) != kAcronyms.end();
    word[0] = upper[0];
    label += (label.empty() ? "" : " ") + (acronym ? upper : word);
  }
  return label;
}

void Description::value(int level, const std::string& label, const std::string& value) {
  columns_.line({indent(level) + label + ":", value});
}

void Description::heading(int level, const std::string& label) {
  text(level, label + ":");
}

void Description::text(int level, const std::string& text) {
  columns_.line({indent(level) + text});
}

void Description::row(int level, std::vector<std::string> cells) {
  cells.front() = indent(level) + cells.front();
  columns_.line(std::move(cells));
}

void Description::map(const std::string& label, const api::StringMap& entries,
                      const char* separator) {
  if (entries.empty()) return value(0, label, "<none>");
  bool first = true;
  for (const auto& [key, text] : entries) {
    columns_.line({first ? label + ":" : "", key + separator + text});
    first = false;
  }
}

void Description::member(int level, const std::string& label, const json::value& value,
                         const std::string& path, const std::vector<std::string>& skip) {
  if (const auto* nested = value.if_object()) {
    heading(level, label);
    return object(level + 1, *nested, path, skip);
  }
  const auto* items = value.if_array();
  if (items == nullptr) return this->value(level, label, scalarText(value));
  heading(level, label);
  for (const auto& item : *items) {
    if (const auto* nested = item.if_object()) {
      object(level + 1, *nested, path, skip);
    } else {
      text(level + 1, scalarText(item));
    }
  }
}

void Description::object(int level, const json::object& object, const std::string& path,
                         const std::vector<std::string>& skip) {
  std::vector<std::string> keys;
  for (const auto& entry : object) keys.emplace_back(entry.key());
  std::sort(keys.begin(), keys.end());
  for (const auto& key : keys) {
    const std::string below = path + "." + key;
    if (std::find(skip.begin(), skip.end(), below) == skip.end())
      member(level, labelFor(key), object.at(key), below, skip);
  }
}

void Description::events(const std::vector<engine::Event>& events, double now) {
  if (events.empty()) return value(0, "Events", "<none>");
  columns_.breakColumns();
  heading(0, "Events");
  row(1, {"Type", "Reason", "Age", "From", "Message"});
  row(1, {"----", "------", "----", "----", "-------"});
  for (const auto& event : events)
    row(1, {event.warning ? "Warning" : "Normal", event.reason, age(event.time, now), "minicluster",
            event.message});
}

}  // namespace mc::cli
