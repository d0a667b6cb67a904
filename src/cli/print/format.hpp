#pragma once
// The formats of -o.
//
// Thread-safety: pure functions.

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::cli {

enum class Format { Table, Wide, Yaml, Json, Name };

/// `allowed`: the spellings that the verb takes. EINVAL with kubectl's words for another one; an
/// empty text is Format::Table.
base::Result<Format> parseFormat(const std::string& text, const std::vector<std::string>& allowed);

/// All spellings, for `get`.
const std::vector<std::string>& allFormats();
/// For verbs that print objects they changed: json, name, yaml.
const std::vector<std::string>& objectFormats();

/// One document of Format::Yaml or Format::Json, as kubectl prints it.
std::string formatDocument(const boost::json::value& value, Format format);

/// Several documents one after the other: YAML needs "---" between them.
class DocumentStream {
 public:
  explicit DocumentStream(Format format) : format_(format) {}
  std::string next(const boost::json::value& value);

 private:
  Format format_;
  bool first_ = true;
};

}  // namespace mc::cli
