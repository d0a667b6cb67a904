#pragma once
// What a YAML scalar written without quotes stands for, as kubectl reads it.
//
// Source: YAML 1.1's types (yaml.org/type) as the YAML library of Kubernetes (sigs.k8s.io/yaml,
// go-yaml v2) takes them: yes/no/on/off/y/n are booleans, 0x1F, 0b11, 017 and 1_000 are integers,
// dates stay text, base 60 is not read. One difference: .inf and .nan stay text, because JSON can't
// hold them.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

namespace mc::base {

enum class YamlType { Null, Boolean, Integer, Float, String, Sequence, Mapping };

/// "a boolean", "a mapping" ...: for messages.
std::string_view describe(YamlType type);

struct YamlScalar {
  YamlType type = YamlType::String;
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;  ///< An integer beyond 64 bits is a Float.

  /// How JSON would spell it; empty for strings and null.
  [[nodiscard]] std::string canonical() const;
};

YamlScalar resolveScalar(std::string_view text);

}  // namespace mc::base
