#include <algorithm>

#include "cli/errors.hpp"
#include "cli/listing.hpp"
#include "cli/print/change_printer.hpp"
#include "cli/print/item_printer.hpp"
#include "cli/print/objects.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# List the pods of a namespace
minicluster get pods -n flux-operator

# The same with addresses, until Ctrl-C
minicluster get pods -o wide -w

# One MiniCluster as YAML
minicluster get mc flux-sample -o yaml

# Everything there is, in all namespaces
minicluster get all -A)";

class GetVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {
        "get",
        VerbGroup::Look,
        "Display one or many resources",
        "Prints a table of pods (po), services (svc), deployments (deploy), miniclusters (mc) or "
        "all of them, of configmaps (cm), secrets or networkpolicies (netpol). A pod may be named "
        "without its suffix.",
        kExamples,
        "[(-o|--output=)json|name|wide|yaml] (TYPE [NAME... | -l label] | TYPE/NAME ...)",
        Completes::Resources,
        {}};
  }

  void declare(OptionSet& options) override;
  base::Result<int> run(Context& context) override;

 private:
  struct Found {
    Kind kind;
    std::vector<Item> items;
  };

  base::Status prepare(Context& context);
  base::Result<std::vector<Item>> fetch(Context& context, const Selection& selection,
                                        std::vector<base::Error>& missing);
  base::Result<int> list(Context& context);
  base::Status printTables(Context& context, const std::vector<Found>& found);
  base::Status printDocument(Context& context, const std::vector<Found>& found);
  base::Result<int> watch(Context& context);
  [[nodiscard]] std::string scope(Context& context) const {
    return allNamespaces_ ? "" : context.ns();
  }

  bool allNamespaces_ = false;
  bool watch_ = false;
  bool watchOnly_ = false;
  bool noHeaders_ = false;
  bool ignoreNotFound_ = false;
  std::string selectorText_;
  std::string output_;

  Selector selector_;
  ItemStyle style_;
  std::vector<Selection> selections_;
};

void GetVerb::declare(OptionSet& options) {
  options.flag("all-namespaces,A", &allNamespaces_, "List the objects of all namespaces.");
  options.flag("ignore-not-found", &ignoreNotFound_,
               "If the requested object does not exist the command will return exit code 0.");
  options.list("label-columns,L", &style_.labelColumns, "A label that is shown as a column.");
  options.flag("no-headers", &noHeaders_, "Print no headers.");
  options.text("output,o", &output_, "Output format. One of: (json, name, wide, yaml).")
      .offer(allFormats());
  options.text("selector,l", &selectorText_,
               "Label query to filter on, supports '=', '==', '!=', 'in', 'notin'.");
  options.flag("show-kind", &style_.withKind, "Put the resource type before the name.");
  options.flag("show-labels", &style_.showLabels, "Show all labels as the last column.");
  options.flag("watch,w", &watch_, "After listing the objects, show their changes.");
  options.flag("watch-only", &watchOnly_, "Show changes without listing the objects first.");
}

base::Status GetVerb::prepare(Context& context) {
  MC_TRY_ASSIGN(style_.format, parseFormat(output_, allFormats()));
  MC_TRY_ASSIGN(selections_, parseSelections("get", context.args));
  MC_TRY_ASSIGN(selector_, Selector::parse(selectorText_));
  style_.headers = !noHeaders_;
  style_.withNamespace = allNamespaces_;
  style_.withKind = style_.withKind || selections_.size() > 1;
  const bool named = !selections_.front().names.empty();
  if (named && !selector_.empty())
    return base::fail(EINVAL, "name cannot be provided when a selector is specified");
  if (named && allNamespaces_)
    return base::fail(EINVAL, "a resource cannot be retrieved by name across all namespaces");
  if ((watch_ || watchOnly_) && selections_.size() > 1)
    return base::fail(EINVAL, "you may only specify a single resource type");
  return {};
}

/// The selected objects; names that don't exist go to `missing`.
base::Result<std::vector<Item>> GetVerb::fetch(Context& context, const Selection& selection,
                                               std::vector<base::Error>& missing) {
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  auto listed =
      listItems(*engine, selection.kind, scope(context), context.now(), context.stopToken());
  // `get all` is about the kinds that the engine has.
  const bool lacking = !listed && listed.error().errnum == ENOTSUP && selections_.size() > 1;
  if (!listed && !lacking) return base::pass(listed.error());
  std::vector<Item> all = lacking ? std::vector<Item>{} : std::move(*listed);
  std::vector<Item> found;
  for (const auto& name : selection.names) {
    const auto item =
        std::find_if(all.begin(), all.end(), [&](const Item& i) { return i.named(name); });
    if (item != all.end()) found.push_back(*item);
    if (item == all.end() && !ignoreNotFound_)
      missing.push_back(fromServer(notFound(selection.kind, name)));
  }
  if (!selection.names.empty()) return found;
  for (auto& item : all)
    if (selector_.matches(item.labels)) found.push_back(std::move(item));
  return found;
}

base::Status GetVerb::printTables(Context& context, const std::vector<Found>& found) {
  std::string text;
  for (const auto& [kind, items] : found) {
    if (items.empty()) continue;
    if (style_.format == Format::Name) {
      text += printNames(items);
      continue;
    }
    ItemTable table(kind, style_);
    text += (text.empty() ? "" : "\n") + table.print(items);
  }
  return context.out.write(text);
}

base::Status GetVerb::printDocument(Context& context, const std::vector<Found>& found) {
  std::vector<boost::json::object> objects;
  for (const auto& group : found)
    for (const auto& item : group.items) objects.push_back(item.object());
  const bool single = selections_.size() == 1 && selections_.front().names.size() == 1;
  if (single && objects.empty()) return {};
  boost::json::object document =
      single ? std::move(objects.front()) : listObject(std::move(objects));
  return context.out.write(formatDocument(std::move(document), style_.format));
}

base::Result<int> GetVerb::list(Context& context) {
  std::vector<Found> found;
  std::vector<base::Error> missing;
  size_t count = 0;
  for (const auto& selection : selections_) {
    MC_TRY_ASSIGN(auto items, fetch(context, selection, missing));
    count += items.size();
    found.push_back({selection.kind, std::move(items)});
  }
  const bool document = style_.format == Format::Yaml || style_.format == Format::Json;
  const bool nothing = count == 0 && missing.empty();
  if (document && (missing.empty() || count > 0)) {
    MC_TRY(printDocument(context, found));
  } else if (!nothing) {
    MC_TRY(printTables(context, found));
  } else if (!ignoreNotFound_) {
    MC_TRY(context.err.write(allNamespaces_
                                 ? "No resources found\n"
                                 : "No resources found in " + context.ns() + " namespace.\n"));
  }
  for (const auto& error : missing) MC_TRY(context.err.write(errorText(error)));
  return missing.empty() ? 0 : 1;
}

base::Result<int> GetVerb::watch(Context& context) {
  const Selection& selection = selections_.front();
  ChangePrinter printer(selection.kind, style_, watchOnly_);
  bool first = true;
  const auto changed = [&]() -> base::Result<bool> {
    std::vector<base::Error> missing;
    MC_TRY_ASSIGN(const auto items, fetch(context, selection, missing));
    if (first && !missing.empty()) return base::pass(missing.front());
    first = false;
    MC_TRY(context.out.write(printer.changes(items)));
    return false;
  };
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  MC_TRY(fromServer(engine->watch(scope(context), changed, std::nullopt, context.stopToken())));
  return 0;
}

base::Result<int> GetVerb::run(Context& context) {
  MC_TRY(prepare(context));
  return watch_ || watchOnly_ ? watch(context) : list(context);
}

}  // namespace

std::unique_ptr<Verb> makeGetVerb() {
  return std::make_unique<GetVerb>();
}

}  // namespace mc::cli
