#include <algorithm>

#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/listing.hpp"
#include "cli/manifests.hpp"
#include "cli/verbs/verbs.hpp"
#include "cli/wait_condition.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Wait until the job of a MiniCluster has succeeded
minicluster wait --for=condition=Succeeded mc/flux-sample --timeout=10m

# Wait until a pod is ready
minicluster wait --for=condition=Ready pod/flux-sample-0

# Wait until all MiniClusters are gone
minicluster wait --for=delete mc --all --timeout=60s)";

constexpr std::chrono::hours kWeek{168};

class WaitVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {
        "wait",
        VerbGroup::Look,
        "Wait for a specific condition on one or many resources",
        "Conditions of a MiniCluster: Accepted, Ready, Running, Succeeded, Failed. Of a pod: Ready "
        "and those that describe shows. Of a Deployment: Available, Progressing.",
        kExamples,
        "(TYPE/NAME | TYPE (NAME... | -l label | --all) | -f FILENAME) "
        "--for=delete|create|condition=NAME[=value]",
        Completes::Resources,
        {}};
  }

  void declare(OptionSet& options) override;
  base::Result<int> run(Context& context) override;

 private:
  using Clock = std::chrono::steady_clock;

  base::Result<std::vector<Selection>> selections(Context& context);
  base::Status waitFor(Context& context, const Selection& selection, const std::string& name);
  base::Status untilCreated(Context& context, Kind kind, const std::string& name);
  base::Status untilCondition(Context& context, Kind kind, const std::string& name);
  base::Result<std::vector<std::string>> allNames(Context& context, Kind kind);
  [[nodiscard]] std::chrono::milliseconds remaining(const Context& context) const;
  base::Error explain(base::Error error, Kind kind, const std::string& name) const;
  [[nodiscard]] bool forDeletion() const { return condition_.what == WaitCondition::What::Deleted; }

  bool all_ = false;
  FilenameOptions files_;
  std::string for_;
  std::string selectorText_;
  std::chrono::nanoseconds timeout_ = std::chrono::seconds(30);

  WaitCondition condition_;
  Selector selector_;
  Clock::time_point end_;
  std::string ns_;
};

void WaitVerb::declare(OptionSet& options) {
  options.flag("all", &all_, "Select all of that type in the namespace.");
  files_.declare(options, "Filename or directory of the MiniClusters to wait for.");
  options
      .text("for", &for_,
            "The condition to wait on: [create|delete|condition=condition-name[=condition-value]]. "
            "The default condition-value is true.")
      .offer({"create", "delete", "condition=Available", "condition=Ready", "condition=Running",
              "condition=Succeeded", "condition=Failed"});
  options.text("selector,l", &selectorText_,
               "Label query to filter on, supports '=', '==', '!=', 'in', 'notin'.");
  options.duration("timeout", &timeout_,
                   "The length of time to wait before giving up. Zero means check once and don't "
                   "wait, negative means wait for a week.");
}

base::Result<std::vector<Selection>> WaitVerb::selections(Context& context) {
  if (files_.files.empty()) return parseSelections("wait", context.args);
  MC_TRY_ASSIGN(const auto manifests, readManifests(context, "wait", files_));
  std::vector<Selection> selections;
  for (const auto& manifest : manifests) {
    ns_ = manifest.metadata().ns;
    const bool hasConditions = kindOf(manifest) == Kind::MiniCluster ||
                               kindOf(manifest) == Kind::Pod ||
                               kindOf(manifest) == Kind::Deployment || forDeletion();
    if (hasConditions) selections.push_back({kindOf(manifest), {manifest.metadata().name}});
  }
  return selections;
}

std::chrono::milliseconds WaitVerb::remaining(const Context& context) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - context.clock.steady());
  return std::max(left, std::chrono::milliseconds(0));
}

base::Error WaitVerb::explain(base::Error error, Kind kind, const std::string& name) const {
  if (error.errnum != ETIMEDOUT) return fromServer(std::move(error));
  const bool checkedOnce = timeout_.count() == 0;
  return {ETIMEDOUT,
          (checkedOnce ? "condition not met for " : "timed out waiting for the condition on ") +
              waitedName(kind, name)};
}

base::Status WaitVerb::untilCreated(Context& context, Kind kind, const std::string& name) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  const auto there = [&]() -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto items,
                  listItems(*engine, kind, ns_, context.now(), context.stopToken()));
    return std::any_of(items.begin(), items.end(), [&](const Item& i) { return i.named(name); });
  };
  return engine->watch(ns_, there, remaining(context), context.stopToken());
}

base::Status WaitVerb::untilCondition(Context& context, Kind kind, const std::string& name) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  engine::Until until;
  until.deleted = forDeletion();
  until.condition = condition_.name;
  until.value = condition_.value;
  until.timeout = remaining(context);
  const auto own = coreKind(kind);
  if (kind == Kind::Pod) return engine->waitPod(ns_, name, until, context.stopToken());
  if (own) return engine->waitObject({*own, ns_, name}, until, context.stopToken());
  return engine->waitCluster({ns_, name}, until, context.stopToken());
}

base::Result<std::vector<std::string>> WaitVerb::allNames(Context& context, Kind kind) {
  if (!all_ && selector_.empty())
    return base::fail(EINVAL, "resource(s) were provided, but no name was specified");
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY_ASSIGN(const auto items,
                listItems(*engine, kind, ns_, context.now(), context.stopToken()));
  std::vector<std::string> names;
  for (const auto& item : items)
    if (selector_.matches(item.labels)) names.push_back(item.name);
  return names;
}

base::Status WaitVerb::waitFor(Context& context, const Selection& selection,
                               const std::string& name) {
  std::string shown = name;
  if (condition_.what != WaitCondition::What::Created) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    MC_TRY_ASSIGN(const auto items,
                  listItems(*engine, selection.kind, ns_, context.now(), context.stopToken()));
    const auto item =
        std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.named(name); });
    if (item == items.end() && forDeletion()) return {};
    if (item == items.end()) return base::pass(fromServer(notFound(selection.kind, name)));
    shown = item->name;
  }
  auto waited = condition_.what == WaitCondition::What::Created
                    ? untilCreated(context, selection.kind, name)
                    : untilCondition(context, selection.kind, shown);
  if (!waited) return base::pass(explain(std::move(waited.error()), selection.kind, shown));
  return context.out.write(objectName(selection.kind, shown) + " condition met\n");
}

base::Result<int> WaitVerb::run(Context& context) {
  if (for_.empty())
    return base::pass(usageError("wait", "--for is required: create, delete or condition=NAME"));
  ns_ = context.ns();
  MC_TRY_ASSIGN(condition_, parseWaitCondition(for_));
  MC_TRY_ASSIGN(selector_, Selector::parse(selectorText_));
  MC_TRY_ASSIGN(const auto selections, this->selections(context));
  end_ = context.clock.steady() + (timeout_.count() < 0 ? kWeek : timeout_);
  int status = 0;
  size_t count = 0;
  for (const auto& selection : selections) {
    const bool known = selection.kind == Kind::MiniCluster || selection.kind == Kind::Pod ||
                       selection.kind == Kind::Deployment;
    if (!known && condition_.what == WaitCondition::What::Condition)
      return base::fail(EINVAL, resourceName(selection.kind) + " have no conditions to wait for");
    auto names = selection.names;
    if (names.empty()) {
      MC_TRY_ASSIGN(names, allNames(context, selection.kind));
    }
    count += names.size();
    for (const auto& name : names) {
      const auto waited = waitFor(context, selection, name);
      if (waited) continue;
      if (context.signals.received() != 0) return base::pass(waited.error());
      MC_TRY(context.err.write(errorText(waited.error())));
      status = 1;
    }
  }
  if (count == 0 && !forDeletion()) return base::fail(ENOENT, "no matching resources found");
  return status;
}

}  // namespace

std::unique_ptr<Verb> makeWaitVerb() {
  return std::make_unique<WaitVerb>();
}

}  // namespace mc::cli
