#include "base/json_write.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <vector>

namespace mc::base {

namespace {

namespace json = boost::json;

class Writer {
 public:
  explicit Writer(int indent) : indent_(static_cast<size_t>(indent)) {}
  void write(const json::value& value, size_t depth);
  std::string take() { return std::move(text_); }

 private:
  void object(const json::object& object, size_t depth);
  void array(const json::array& array, size_t depth);
  void number(double number);
  void newLine(size_t depth) {
    text_ += '\n';
    text_.append(depth * indent_, ' ');
  }

  const size_t indent_;
  std::string text_;
};

void Writer::write(const json::value& value, size_t depth) {
  if (const auto* object = value.if_object()) return this->object(*object, depth);
  if (const auto* array = value.if_array()) return this->array(*array, depth);
  if (const auto* number = value.if_double()) return this->number(*number);
  text_ += json::serialize(value);
}

void Writer::object(const json::object& object, size_t depth) {
  std::vector<const json::key_value_pair*> entries;
  for (const auto& entry : object) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  text_ += '{';
  for (const auto* entry : entries) {
    if (entry != entries.front()) text_ += ',';
    newLine(depth + 1);
    text_ += json::serialize(entry->key()) + ": ";
    write(entry->value(), depth + 1);
  }
  if (!entries.empty()) newLine(depth);
  text_ += '}';
}

void Writer::array(const json::array& array, size_t depth) {
  text_ += '[';
  for (size_t i = 0; i < array.size(); ++i) {
    if (i > 0) text_ += ',';
    newLine(depth + 1);
    write(array[i], depth + 1);
  }
  if (!array.empty()) newLine(depth);
  text_ += ']';
}

/// Boost writes 1.5 as 1.5E0.
void Writer::number(double number) {
  if (!std::isfinite(number)) {
    text_ += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text_.append(digits.data(), end);
}

}  // namespace

std::string toIndentedJson(const json::value& value, int indent) {
  Writer writer(indent);
  writer.write(value, 0);
  return writer.take() + '\n';
}

}  // namespace mc::base
