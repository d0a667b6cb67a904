#include "flux/commands/named_formats.hpp"

namespace mc::flux::commands {

base::Result<std::string> findFormat(std::span<const NamedFormat> known, const std::string& text) {
  if (text.find('{') != std::string::npos) return text;
  for (const NamedFormat& entry : known)
    if (text == entry.name) return std::string(entry.format);
  return base::fail(EINVAL,
                    "--format: No such format " + text + " (Did you mean '{" + text + "}'?)");
}

std::string formatHelp(std::string_view program, std::span<const NamedFormat> known) {
  std::string out = "\nConfigured " + std::string(program) + " output formats:\n\n";
  for (const NamedFormat& entry : known) {
    std::string name = entry.name;
    name.resize(13, ' ');
    out += "  " + name + entry.description + "\n";
  }
  return out + "\n";
}

}  // namespace mc::flux::commands
