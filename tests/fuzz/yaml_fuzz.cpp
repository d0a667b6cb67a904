// Any text as YAML; and what was read without error is the same after it was written and read
// again.

#include <cstdlib>

#include "base/yaml.hpp"
#include "base/yaml_write.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto stream = mc::base::parseYaml(text, {.bytes = 1u << 16, .depth = 20, .nodes = 5000});
  if (!stream.errors.empty()) return 0;
  for (const auto& document : stream.documents) {
    const auto written = mc::base::toYaml(toJson(*document));
    const auto again = mc::base::parseYaml(written);
    if (!again.errors.empty() || again.documents.size() != 1) std::abort();
    // Compared as text, for which 1.0 and 1 are the same.
    if (mc::base::toYaml(toJson(*again.documents[0])) != written) std::abort();
  }
  return 0;
}
