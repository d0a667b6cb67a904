#pragma once
// Builds what `describe` prints: labels and values, indented by level, values aligned.
//
// Source of the layout: kubectl's describe.
// Thread-safety: none.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "api/minicluster.hpp"
#include "cli/print/columns.hpp"
#include "engine/view.hpp"

namespace mc::cli {

class Description {
 public:
  /// "LABEL:  VALUE", or "LABEL:" above deeper lines.
  void value(int level, const std::string& label, const std::string& value);
  void heading(int level, const std::string& label);
  /// A line without label.
  void text(int level, const std::string& text);
  /// Cells of a table inside the description.
  void row(int level, std::vector<std::string> cells);
  /// One line per entry below each other: "Labels:  a=1", separator "=" or ": ".
  void map(const std::string& label, const api::StringMap& entries, const char* separator);
  /// A JSON object, key by key, as kubectl describes custom resources. `path` (".metadata") and
  /// below it what is in `skip` are left out.
  void object(int level, const boost::json::object& object, const std::string& path,
              const std::vector<std::string>& skip);
  /// The Events table. `now` is for its AGE column.
  void events(const std::vector<engine::Event>& events, double now);

  std::string take() { return columns_.take(); }

 private:
  void member(int level, const std::string& label, const boost::json::value& value,
              const std::string& path, const std::vector<std::string>& skip);

  Columns columns_ = Columns::description();
};

/// "creationTimestamp" as "Creation Timestamp", "apiVersion" as "API Version".
std::string labelFor(const std::string& field);

}  // namespace mc::cli
