// flux pstree: the jobs of an instance, of the instances that run in it, and so on, as a tree.

#include <unistd.h>

#include "flux/commands/commands.hpp"
#include "flux/commands/instance_fields.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/commands/job_recursion.hpp"
#include "flux/commands/job_selection.hpp"
#include "flux/commands/tree.hpp"
#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-pstree";
constexpr int64_t kDefaultCount = 1000;
constexpr long kDefaultLevel = 999;

constexpr Option kOptions[] = {
    {'a', "all", Takes::Nothing, "", "Include all jobs for current user in all states"},
    {'c', "count", Takes::Value, "N", "Limit to N jobs per instance (default 1000)"},
    {'f', "filter", Takes::Value, "STATE|RESULT", "list jobs with specific job state or result"},
    {'x', "extended", Takes::Nothing, "", "print extended details before tree output"},
    {'l', "long", Takes::Nothing, "", "do not truncate long lines to terminal width"},
    {'L', "level", Takes::Value, "N", "only descend N levels"},
    {'p', "parent-ids", Takes::Nothing, "", "include jobids in parent labels"},
    {'n', "no-header", Takes::Nothing, "", "Suppress header with -x, --extended"},
    {'X', "no-combine", Takes::Nothing, "", "disable combination of identical children"},
    {'o', "label", Takes::Value, "FORMAT", "change label format (default='{name}')"},
    {0, "parent-label", Takes::Value, "FORMAT", "change label format for parent only"},
    {0, "detail-format", Takes::Value, "FORMAT",
     "specify output format for extended details (implies -x, --extended)"},
    {'d', "details", Takes::Value, "NAME",
     "Select a named extended details format (default,resources,progress,stats)"},
    {'C', "compact", Takes::Nothing, "", "Use compact tree connectors"},
    {0, "ascii", Takes::Nothing, "", "Use ASCII character tree connectors"},
    {0, "skip-root", Takes::OptionalValue, "yes|no",
     "suppress or include the enclosing instance in output. Default is 'no' unless the -x, "
     "--extended or -d, --details options are used."},
};

constexpr std::pair<std::string_view, const char*> kDetails[] = {
    {"default",
     "{id.f58:>12} {username:<8.8} {status_abbrev:>2.2} {ntasks:>6h} {nnodes:>6h} "
     "{runtime!F:>8h}"},
    {"resources",
     "{id.f58:>12} {instance.resources.all.nnodes:>5} {instance.resources.allocated.nnodes:>5} "
     "{instance.resources.all.ncores:>5} {instance.resources.allocated.ncores:>5} "
     "{instance.resources.all.ngpus:>5} {instance.resources.allocated.ngpus:>5}"},
    {"progress",
     "{id.f58:>12} {ntasks:>6h} {instance.stats.total:>6} {instance.progress!P:>5} "
     "{instance.utilization!P:>5} {instance.gpu_utilization!P:>5} {runtime!H:>10}"},
    {"stats", "{id.f58:>12} {instance.stats:^25} {runtime!H:>10}"},
};

/// How jobs are shown.
struct Labels {
  RowFormat label;
  RowFormat parent;
  std::optional<RowFormat> prefix;

  [[nodiscard]] bool needInstance() const {
    return needsInstance(label.fields()) || needsInstance(parent.fields()) ||
           (prefix && needsInstance(prefix->fields()));
  }
};

base::Result<RowFormat> parseFormat(const std::string& text) {
  MC_TRY_ASSIGN(RowFormat format, RowFormat::parse(text));
  for (const std::string& field : format.fields())
    if (!jobRowTitle(field)) return base::fail(EINVAL, "Unknown format field: " + field);
  return format;
}

base::Result<std::optional<RowFormat>> prefixOf(const Parsed& parsed) {
  if (!parsed.has("extended") && !parsed.has("details") && !parsed.has("detail-format"))
    return std::optional<RowFormat>();
  std::string text = parsed.valueOr("detail-format", "");
  const std::string wanted = parsed.valueOr("details", "default");
  for (const auto& [name, format] : kDetails)
    if (text.empty() && name == wanted) text = format;
  if (text.empty()) return base::fail(EINVAL, "Unknown --details format '" + wanted + "'");
  MC_TRY_ASSIGN(RowFormat format, parseFormat(text));
  return std::optional(std::move(format));
}

base::Result<Labels> labelsOf(const Parsed& parsed) {
  const bool all = parsed.has("all");
  std::string label = parsed.valueOr("label", all ? "{name}:{status_abbrev}" : "{name}");
  std::string parent =
      parsed.valueOr("parent-label", parsed.has("label") ? label : std::string("{name}"));
  if (parsed.has("parent-ids")) parent.insert(0, "{id.f58} ");
  Labels labels;
  MC_TRY_ASSIGN(labels.label, parseFormat(label));
  MC_TRY_ASSIGN(labels.parent, parseFormat(parent));
  MC_TRY_ASSIGN(labels.prefix, prefixOf(parsed));
  return labels;
}

/// The jobs of all instances, as far down as asked.
class Forest {
 public:
  Forest(const Labels& labels, const Parsed& parsed, JobQuery below, long maxLevel)
      : labels_(labels),
        below_(std::move(below)),
        needsInstance_(labels.needInstance()),
        combine_(!parsed.has("no-combine") && !labels.prefix),
        maxLevel_(maxLevel) {
    top_ = below_;
    top_.states = formats::kStatesRunning;
    top_.results = 0;
  }

  /// The jobs of `session` as children of `tree`; filters may hold only further down.
  void grow(Tree& tree, Session& session, bool filtered, long level) {
    if (level > maxLevel_) return;
    const auto jobs = listJobs(session, filtered ? below_ : top_);
    if (!jobs) return;
    for (const json::value& job : *jobs)
      if (job.is_object()) tree.children.push_back(treeOf(job.get_object(), level));
    if (combine_) combineLeaves(tree);
  }

  Tree treeOf(const json::object& job, long level) {
    const auto uri = instanceUri(job, true);
    auto session = uri ? openInstance(*uri) : std::nullopt;
    Tree tree = show(job, session ? &*session : nullptr, uri.has_value());
    if (session) grow(tree, *session, true, level + 1);
    return tree;
  }

  Tree show(const json::object& job, Session* session, bool parent) const {
    const JobFields fields(job, base::SystemClock().wall());
    const JobRow both(fields, session, needsInstance_);
    const RowFormat::Row row = [&](const std::string& field) -> FieldValue {
      if (isRoot(job) && field.starts_with("id")) return std::string(".");
      return both.value(field);
    };
    Tree tree;
    tree.label = text(parent ? labels_.parent : labels_.label, row);
    if (labels_.prefix) tree.prefix = text(*labels_.prefix, row);
    return tree;
  }

 private:
  static bool isRoot(const json::object& job) {
    const auto id = formats::getInteger(job, "id");
    return id && *id == 0;
  }
  static std::string text(const RowFormat& format, const RowFormat::Row& row) {
    const auto lines = format.lines({row}, nullptr);
    return lines.empty() ? "" : lines[0];
  }

  const Labels& labels_;
  JobQuery below_;
  JobQuery top_;
  bool needsInstance_;
  bool combine_;
  long maxLevel_;
};

std::string attribute(Session& session, const char* name) {
  return brokerAttribute(session, name).value_or("");
}

/// What the instance around this one knows of it; nothing where there is none.
std::optional<json::object> jobInParent(Session& session) {
  const auto id = formats::parseJobId(attribute(session, "jobid"));
  auto parent = id ? openInstance(ownAttribute(session, "parent-uri").value_or("")) : std::nullopt;
  if (!parent) return std::nullopt;
  auto job = findJob(*parent, *id, {"all"});
  return job ? std::optional(std::move(*job)) : std::nullopt;
}

/// This instance as if it were a job.
json::object rootJob(Session& session) {
  const int64_t size = std::strtoll(attribute(session, "size").c_str(), nullptr, 10);
  auto job = jobInParent(session).value_or(json::object{
      {"id", 0},
      {"userid", std::strtoll(attribute(session, "security.owner").c_str(), nullptr, 10)},
      {"state", formats::kStateRun},
      {"name", "."},
      {"ntasks", size},
      {"nnodes", size},
      {"nodelist", attribute(session, "hostlist")},
      {"t_run", std::strtod(attribute(session, "broker.starttime").c_str(), nullptr)}});
  job["ranks"] = "0-" + std::to_string(size - 1);
  return job;
}

base::Result<JobQuery> queryOf(const Parsed& parsed, int64_t count) {
  JobQuery query;
  query.count = count;
  query.userId = ::getuid();
  const char* standard = parsed.has("all") ? "pending,running,inactive" : "running";
  MC_TRY(addFilter(query, parsed.valueOr("filter", standard)));
  return query;
}

bool skipsRoot(const Parsed& parsed, const Labels& labels) {
  if (parsed.has("skip-root")) return parsed.valueOr("skip-root", "yes") != "no";
  return labels.prefix.has_value() || !parsed.rest.empty();
}

TreeLayout layoutOf(const Parsed& parsed, bool skipRoot) {
  TreeLayout layout;
  layout.skipRoot = skipRoot;
  if (parsed.has("compact")) layout.style = TreeStyle::Compact;
  if (parsed.has("ascii")) layout.style = TreeStyle::Ascii;
  if (!parsed.has("long") && ::isatty(STDOUT_FILENO) == 1) layout.width = terminalColumns();
  return layout;
}

int draw(Session& session, const Parsed& parsed, const Labels& labels, Forest& forest) {
  const bool skipRoot = skipsRoot(parsed, labels);
  Tree tree;
  tree.label = ".";
  if (!skipRoot) tree = forest.show(rootJob(session), &session, true);
  if (parsed.rest.empty()) forest.grow(tree, session, !skipRoot, 0);
  int status = 0;
  for (const std::string& text : parsed.rest) {
    const auto id = formats::parseJobId(text);
    const auto job = id ? findJob(session, *id, {"all"})
                        : base::Result<json::object>(base::fail(ENOENT, "unknown"));
    if (job) {
      tree.children.push_back(forest.treeOf(*job, 0));
      continue;
    }
    complain("JobID " + text + " unknown");
    status = 1;
  }
  if (labels.prefix && !parsed.has("no-header"))
    print(labels.prefix->header({}, [](const std::string& f) {
      return jobRowTitle(f).value_or("");
    }) + "\n");
  for (const std::string& line : drawTree(tree, layoutOf(parsed, skipRoot))) print(line + "\n");
  return status;
}

}  // namespace

int pstreeMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-pstree [OPTIONS] [JOBID ...]",
                        .description = "display job hierarchies",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  std::optional<int> status;
  const long count = integerOption(grammar, parsed, "count", status).value_or(kDefaultCount);
  const long level =
      status ? 0 : integerOption(grammar, parsed, "level", status).value_or(kDefaultLevel);
  if (status) return *status;
  if (const auto ids = jobIdValues(parsed.rest); !ids)
    return usageError(grammar, ids.error().message);
  if (parsed.has("ascii") && parsed.has("compact"))
    return failPython(kProgram, "Choose only one of --ascii, --compact");
  if (!parsed.rest.empty() && (parsed.has("all") || parsed.has("count") || parsed.has("filter")))
    complain(std::string(kProgram) + ": WARNING: filtering options ignored with jobid list");
  const auto labels = labelsOf(parsed);
  if (!labels) return failPython(kProgram, labels.error().message);
  const auto query = queryOf(parsed, count);
  if (!query) return failPython(kProgram, query.error().message);
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  Forest forest(*labels, parsed, *query, level);
  return draw(*session, parsed, *labels, forest);
}

}  // namespace mc::flux::commands
