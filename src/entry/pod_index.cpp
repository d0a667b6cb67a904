#include "entry/pod_index.hpp"

#include <charconv>

#include "entry/settings.hpp"

namespace mc::entry {

base::Result<int32_t> podIndex(const std::string& variable, const std::string& hostname,
                               const std::string& cluster) {
  std::string text = variable;
  if (text.empty() && hostname.rfind(cluster + "-", 0) == 0)
    text = hostname.substr(cluster.size() + 1);
  int32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || index < 0)
    return base::fail(EINVAL, std::string("neither ") + kIndexVariable + " (`" + variable +
                                  "`) nor the host name `" + hostname +
                                  "` gives the index of this pod");
  return index;
}

}  // namespace mc::entry
