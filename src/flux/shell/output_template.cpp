#include "flux/shell/output_template.hpp"

#include <optional>

#include "flux/formats/job_id.hpp"

namespace mc::flux::shell {

namespace {

std::optional<std::string> idIn(formats::JobId id, std::string_view form) {
  if (form.empty()) return formats::formatJobId(id, formats::JobIdForm::F58);
  const auto known = formats::jobIdFormOf(form);
  if (!known) return std::nullopt;
  return formats::formatJobId(id, *known);
}

std::optional<std::string> valueOf(std::string_view tag, const Job& job,
                                   const std::string& tmpdir) {
  for (const std::string_view name : {"id", "jobid"}) {
    if (tag == name) return idIn(job.id, "");
    if (tag.starts_with(std::string(name) + ".")) return idIn(job.id, tag.substr(name.size() + 1));
  }
  if (tag == "name") return job.jobspec.name();
  if (tag == "size") return std::to_string(job.tasks.tasks());
  if (tag == "nnodes") return std::to_string(job.nodes());
  if (tag == "tmpdir") return tmpdir;
  if (tag == "node.id") return std::to_string(job.shellRank);
  if (tag == "node.name") return job.host();
  return std::nullopt;
}

}  // namespace

std::string expandTemplate(std::string_view text, const Job& job, const std::string& tmpdir) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    const size_t close = open == text.npos ? text.npos : text.find("}}", open + 2);
    if (close == text.npos) break;
    out += text.substr(0, open);
    const std::string_view tag = text.substr(open + 2, close - open - 2);
    const auto value = valueOf(tag, job, tmpdir);
    out += value ? *value : std::string(text.substr(open, close + 2 - open));
    text.remove_prefix(close + 2);
  }
  return out += text;
}

}  // namespace mc::flux::shell
