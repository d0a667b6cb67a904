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

std::optional<std::string> ofNode(std::string_view tag, const Job& job) {
  const formats::NodeResources& node = job.resources.nodes.at(job.brokerRank);
  if (tag == "id") return std::to_string(job.shellRank);
  if (tag == "name") return node.host;
  if (tag == "broker_rank") return std::to_string(job.brokerRank);
  if (tag == "cores") return node.cores.str();
  if (tag == "ncores") return std::to_string(node.cores.size());
  if (tag == "gpus") return node.gpus.str();
  return std::nullopt;
}

std::optional<std::string> ofTask(std::string_view tag, const TaskPlace& task) {
  if (tag == "id" || tag == "rank") return std::to_string(task.rank);
  if (tag == "index" || tag == "localid") return std::to_string(task.localId);
  return std::nullopt;
}

std::optional<std::string> valueOf(std::string_view tag, const Job& job, const std::string& tmpdir,
                                   const TaskPlace* task) {
  for (const std::string_view name : {"id", "jobid"}) {
    if (tag == name) return idIn(job.id, "");
    if (tag.starts_with(std::string(name) + ".")) return idIn(job.id, tag.substr(name.size() + 1));
  }
  if (tag == "name") return job.jobspec.name();
  if (tag == "size" || tag == "ntasks") return std::to_string(job.tasks.tasks());
  if (tag == "nnodes") return std::to_string(job.nodes());
  if (tag == "tmpdir") return tmpdir;
  if (tag.starts_with("node.")) return ofNode(tag.substr(5), job);
  if (task == nullptr) return std::nullopt;
  if (tag == "taskid") return ofTask("id", *task);
  return tag.starts_with("task.") ? ofTask(tag.substr(5), *task) : std::nullopt;
}

}  // namespace

std::string expandTemplate(std::string_view text, const Job& job, const std::string& tmpdir,
                           const TaskPlace* task) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    const size_t close = open == text.npos ? text.npos : text.find("}}", open + 2);
    if (close == text.npos) break;
    out += text.substr(0, open);
    const std::string_view tag = text.substr(open + 2, close - open - 2);
    const auto value = valueOf(tag, job, tmpdir, task);
    out += value ? *value : std::string(text.substr(open, close + 2 - open));
    text.remove_prefix(close + 2);
  }
  return out += text;
}

}  // namespace mc::flux::shell
