#pragma once
// Reads a mapping as the tables of api/fields.hpp describe it: types, limits, unknown and missing
// fields, defaults, and what this version refuses. Rules between fields come later (api/rules.hpp).
//
// Thread-safety: none; one reader, one thread.

#include <string>
#include <vector>

#include "api/fields.hpp"
#include "api/report.hpp"

namespace mc::api {

class TableReader {
 public:
  /// A field that was given and that not every engine carries out.
  struct Mention {
    std::string path;
    const Field* field = nullptr;
  };

  TableReader(Versions version, Report& report) : version_(version), report_(report) {}

  /// Reads into `target`, the structure that the table's bindings are made for. True if the object
  /// says nothing: every field is absent, empty or at its default.
  bool read(const base::YamlNode& node, const Table& table, void* target, const std::string& path);

  /// In the manifest's order.
  [[nodiscard]] const std::vector<Mention>& mentions() const { return mentions_; }

 private:
  /// One value and what is known about it.
  struct Value {
    const base::YamlNode& node;
    base::YamlPlace place;  ///< for messages
    const Type& type;
    const Field& field;
    const std::string& path;
  };

  bool entry(const base::YamlEntry& entry, const Table& table, void* target,
             const std::string& path);
  void absent(const Table& table, const std::vector<const Field*>& present, void* target,
              const std::string& path);
  void defaults(const Field& field, void* target);
  bool field(const base::YamlEntry& entry, const Field& field, void* target,
             const std::string& path);

  /// Checks a value, and reads what is nested in it. False if it is not to be stored.
  bool check(const Value& value, void* target, bool& inert);
  bool checkInteger(const Value& value);
  bool checkText(const Value& value);
  bool checkList(const Value& value, void* target);
  bool checkMap(const Value& value, void* target);
  bool checkKey(const base::YamlEntry& entry, const Type& type, const std::string& path);

  // Report what is wrong with a value; always false.
  bool wrongType(const Value& value);
  bool wrongValue(const Value& value, std::string_view cause, std::string_view cure);
  bool wrong(const Value& value, std::string message, std::string cure);

  Versions version_;
  Report& report_;
  std::vector<Mention> mentions_;
};

}  // namespace mc::api
