#include "api/object.hpp"

#include <boost/json/serialize.hpp>
#include <cstdio>

#include "api/conversion.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;

/// As long as what the server puts behind generateName.
constexpr std::string_view kMadeSuffix = "xxxxx";

void copyText(const json::object& from, json::object& to, const char* key) {
  if (const auto* value = from.if_contains(key)) to[key] = *value;
}

/// Only what people write; the rest is the server's.
json::object metadataOf(const json::object& metadata) {
  json::object result;
  for (const char* key : {"name", "namespace", "labels", "annotations"})
    copyText(metadata, result, key);
  const auto* prefix = metadata.if_contains("generateName");
  const auto* name = result.if_contains("name");
  const bool named = name != nullptr && name->is_string() && !name->get_string().empty();
  if (!named && prefix != nullptr && prefix->is_string() && !prefix->get_string().empty())
    result["name"] = std::string(prefix->get_string()) + std::string(kMadeSuffix);
  return result;
}

/// Length of the character at `at` if YAML takes it as an escape only, where JSON takes it as it
/// is: DEL and other control characters beyond ASCII (U+007F to U+009F), line and paragraph
/// separators (U+2028, U+2029), the byte order mark (YAML 1.1, 5.1 and 5.4). 0 for others.
size_t specialLength(std::string_view text, size_t at) {
  const auto next = [&](size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  if (next(0) == 0x7F) return 1;
  if (next(0) == 0xC2 && next(1) < 0xA0) return 2;
  if (next(0) == 0xE2 && next(1) == 0x80 && (next(2) & 0xFE) == 0xA8) return 3;
  return text.substr(at, 3) == "\xEF\xBB\xBF" ? 3 : 0;
}

/// \uXXXX for one UTF-8 character of `bytes`, of one to three bytes.
std::string escaped(std::string_view bytes) {
  static constexpr unsigned char kFirstBits[] = {0x7F, 0x1F, 0x0F};
  unsigned code = static_cast<unsigned char>(bytes[0]) & kFirstBits[bytes.size() - 1];
  for (const char byte : bytes.substr(1)) code = code << 6 | (static_cast<unsigned>(byte) & 0x3F);
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", code & 0xFFFF);
  return text;
}

std::string asYaml(const json::value& value) {
  const std::string text = json::serialize(value);
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t special = specialLength(text, i);
    if (special == 0) {
      result += text[i++];
    } else {
      result += escaped(std::string_view(text).substr(i, special));
      i += special;
    }
  }
  return result;
}

/// Messages that name another field tell its line, which an object has none of.
std::string withoutLines(std::string message) {
  constexpr std::string_view kLine = ", line 1";
  for (size_t at = message.find(kLine); at != std::string::npos; at = message.find(kLine, at))
    message.erase(at, kLine.size());
  return message;
}

ReadResult refusal(std::string field, std::string message) {
  ReadResult result;
  result.problems.push_back({0, 0, std::move(field), std::move(message), ""});
  return result;
}

}  // namespace

ReadResult readObject(const json::object& object) {
  auto written = asWritten(object);
  if (!written) return refusal("", written.error().message);
  json::object manifest;
  for (const char* key : {"apiVersion", "kind", "spec"}) copyText(*written, manifest, key);
  const auto* metadata = written->if_contains("metadata");
  if (metadata != nullptr && metadata->is_object())
    manifest["metadata"] = metadataOf(metadata->get_object());
  auto result = read(asYaml(manifest), "default", Runs::OnKubernetes);
  for (auto& problem : result.problems) {
    problem.line = problem.column = 0;
    problem.message = withoutLines(std::move(problem.message));
  }
  return result;
}

}  // namespace mc::api
