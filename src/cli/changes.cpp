#include "cli/changes.hpp"

#include <algorithm>

#include "cli/errors.hpp"
#include "cli/listing.hpp"

namespace mc::cli {

void DryRunOption::declare(OptionSet& options) {
  options
      .optionalText(
          "dry-run", &text, "client",
          "Must be \"none\", \"server\", or \"client\". If it is not none, only print what "
          "would be done.")
      .offer({"none", "client", "server"});
}

const char* dryRunSuffix(DryRun dryRun) {
  switch (dryRun) {
    case DryRun::None:
      return "";
    case DryRun::Client:
      return " (dry run)";
    case DryRun::Server:
      break;
  }
  return " (server dry run)";
}

base::Result<DryRun> DryRunOption::parse() const {
  if (text == "none") return DryRun::None;
  if (text == "client") return DryRun::Client;
  if (text == "server") return DryRun::Server;
  return base::fail(
      EINVAL, "Invalid dry-run value (" + text + "). Must be \"none\", \"server\", or \"client\".");
}

void ChangeOptions::declare(OptionSet& options, const std::string& filenameHelp) {
  files.declare(options, filenameHelp);
  dryRun.declare(options);
  options.text("output,o", &output, "Output format. One of: (json, name, yaml).")
      .offer(objectFormats());
  options.flag("quiet,q", &quiet, "Show no progress.");
}

base::Status ResultPrinter::print(const Manifest& manifest, const std::string& operation,
                                  const boost::json::object& object) {
  const std::string shown = objectName(kindOf(manifest), manifest.metadata().name);
  switch (format_) {
    case Format::Yaml:
    case Format::Json:
      return context_.out.write(documents_.next(object));
    case Format::Name:
      return context_.out.write(shown + "\n");
    default:
      return context_.out.write(shown + " " + operation + "\n");
  }
}

base::Status ResultPrinter::printFetched(const Manifest& manifest, const std::string& operation) {
  boost::json::object object;
  if (format_ == Format::Yaml || format_ == Format::Json) {
    MC_TRY_ASSIGN(engine::Engine * engine, context_.engine());
    MC_TRY_ASSIGN(const auto items, listItems(*engine, kindOf(manifest), manifest.metadata().ns,
                                              context_.now(), context_.stopToken()));
    const auto item = std::find_if(items.begin(), items.end(), [&](const Item& each) {
      return each.name == manifest.metadata().name;
    });
    if (item == items.end())
      return base::pass(fromServer(notFound(kindOf(manifest), manifest.metadata().name)));
    object = item->object();
  }
  return print(manifest, operation, object);
}

engine::ClusterRef refOf(const Manifest& manifest) {
  return {manifest.metadata().ns, manifest.metadata().name};
}

Kind kindOf(const Manifest& manifest) {
  return manifest.object ? fromCore(manifest.object->kind) : Kind::MiniCluster;
}

boost::json::object manifestObject(const Manifest& manifest) {
  boost::json::object object =
      manifest.object ? manifest.object->manifest : manifest.document.manifest;
  if (auto* metadata = object.if_contains("metadata"); metadata != nullptr && metadata->is_object())
    metadata->get_object()["namespace"] = manifest.metadata().ns;
  return object;
}

base::Error aboutManifest(base::Error error, const std::string& doing, const Manifest& manifest) {
  error.message = "error when " + doing + " \"" + manifest.file + "\": " + error.message;
  return fromServer(std::move(error));
}

base::Result<int> forEachManifest(
    Context& context, const std::vector<Manifest>& manifests, bool quiet,
    const std::function<base::Status(const Manifest&, ProgressView&)>& change) {
  ProgressView progress(context.err, context.clock, quiet);
  int status = 0;
  for (const auto& manifest : manifests) {
    const auto changed = change(manifest, progress);
    progress.hide();
    if (changed) continue;
    if (context.signals.received() != 0 || context.out.closed()) return base::pass(changed.error());
    MC_TRY(context.err.write(errorText(changed.error())));
    status = 1;
  }
  return status;
}

}  // namespace mc::cli
