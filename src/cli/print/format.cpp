#include "cli/print/format.hpp"

#include <algorithm>
#include <utility>

#include "base/json_write.hpp"
#include "base/yaml_write.hpp"

namespace mc::cli {

namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

const std::vector<std::string>& allFormats() {
  static const std::vector<std::string> kFormats = {"json", "name", "wide", "yaml"};
  return kFormats;
}

const std::vector<std::string>& objectFormats() {
  static const std::vector<std::string> kFormats = {"json", "name", "yaml"};
  return kFormats;
}

base::Result<Format> parseFormat(const std::string& text, const std::vector<std::string>& allowed) {
  if (text.empty()) return Format::Table;
  if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
    return base::fail(EINVAL, "unable to match a printer suitable for the output format \"" + text +
                                  "\", allowed formats are: " + join(allowed));
  if (text == "wide") return Format::Wide;
  if (text == "yaml") return Format::Yaml;
  return text == "json" ? Format::Json : Format::Name;
}

std::string formatDocument(const boost::json::value& value, Format format) {
  return format == Format::Json ? base::toIndentedJson(value) : base::toYaml(value);
}

std::string DocumentStream::next(const boost::json::value& value) {
  const bool first = std::exchange(first_, false);
  return (first || format_ == Format::Json ? "" : "---\n") + formatDocument(value, format_);
}

}  // namespace mc::cli
