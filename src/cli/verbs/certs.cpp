#include "certs/directory.hpp"
#include "certs/issue.hpp"
#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/suggest.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDescription =
    "For services that ask their clients for certificates, too. Each NAME gets three Secrets: "
    "NAME-ca, an authority of its own that nothing has to mount; NAME-server for the service; "
    "NAME-client for those who use it. 'create' fails if they are there, 'apply' makes only what "
    "is missing, and neither replaces a key. 'rotate' does: new keys of the same authority, so "
    "that services may restart one after the other. With --dir they are folders of a directory.";

constexpr const char* kExamples =
    R"(# Certificates for the services rabbitmq and redis, as Secrets of a namespace
minicluster certs create rabbitmq redis -n flux-operator

# Make what is missing; a second time this changes nothing
minicluster certs apply rabbitmq -n flux-operator

# A service that is reached by other names, too
minicluster certs create registry --host registry --host registry.example.com --host 10.0.0.7

# As manifests, with files named like server_rabbitmq_certificate.pem
minicluster certs create rabbitmq --style=pem --dry-run=client -o yaml | kubectl apply -f -

# Files instead of Secrets
minicluster certs create rabbitmq --dir ./certs

# New keys
minicluster certs rotate rabbitmq -n flux-operator)";

const std::vector<std::string>& actions() {
  static const std::vector<std::string> kActions = {"apply", "create", "rotate"};
  return kActions;
}

constexpr const char* kManagedByLabel = "app.kubernetes.io/managed-by";
constexpr const char* kNameLabel = "app.kubernetes.io/name";

/// Secrets of a namespace.
class EngineStore final : public certs::Store {
 public:
  EngineStore(engine::Engine& engine, std::string ns, std::stop_token stop)
      : engine_(engine), ns_(std::move(ns)), stop_(std::move(stop)) {}

  base::Result<std::optional<certs::Secret>> find(const std::string& name) override {
    auto found = engine_.secret(ns_, name, stop_);
    if (!found && found.error().errnum == ENOENT) return std::nullopt;
    if (!found) return base::pass(fromServer(std::move(found.error())));
    return certs::Secret{found->name, found->type, std::move(found->data)};
  }
  base::Status create(const certs::Secret& secret) override {
    return fromServer(engine_.createSecret(inEngine(secret, ns_), stop_));
  }
  base::Status replace(const certs::Secret& secret) override {
    return fromServer(engine_.replaceSecret(inEngine(secret, ns_), stop_));
  }

  static engine::Secret inEngine(const certs::Secret& secret, const std::string& ns) {
    engine::Secret made;
    made.ns = ns;
    made.name = secret.name;
    made.type = secret.type;
    made.labels = {{kManagedByLabel, "minicluster-certs"}, {kNameLabel, secret.name}};
    made.data = secret.data;
    return made;
  }

 private:
  engine::Engine& engine_;
  const std::string ns_;
  const std::stop_token stop_;
};

/// Looks, but changes nothing. Without a store under it, there is nothing.
class DryStore final : public certs::Store {
 public:
  explicit DryStore(certs::Store* store) : store_(store) {}
  base::Result<std::optional<certs::Secret>> find(const std::string& name) override {
    if (store_ == nullptr) return std::nullopt;
    return store_->find(name);
  }
  base::Status create(const certs::Secret& /*secret*/) override { return {}; }
  base::Status replace(const certs::Secret& /*secret*/) override { return {}; }

 private:
  certs::Store* store_;
};

const char* wordFor(certs::Outcome outcome) {
  switch (outcome) {
    case certs::Outcome::Created:
      return "created";
    case certs::Outcome::Configured:
      return "configured";
    case certs::Outcome::Unchanged:
      break;
  }
  return "unchanged";
}

class CertsVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"certs",
            VerbGroup::Other,
            "Make certificates for services that want mutual TLS",
            kDescription,
            kExamples,
            "(create | apply | rotate) NAME... [--host HOST]... [--days N] [--dir DIR]",
            Completes::Choices,
            actions()};
  }

  void declare(OptionSet& options) override;
  base::Result<int> run(Context& context) override;

 private:
  base::Status prepare(Context& context);
  base::Status refuseReaders(Context& context) const;
  base::Result<std::unique_ptr<certs::Store>> openStore(Context& context) const;
  base::Result<std::vector<certs::Issued>> issue(certs::Store& store) const;
  base::Status print(Context& context, const certs::Issued& issued);

  std::vector<std::string> hosts_;
  int64_t days_ = 365;
  std::string style_;
  std::string directory_;
  bool authority_ = false;
  DryRunOption dryRunOption_;
  std::string output_;

  std::string action_;
  std::vector<std::string> names_;
  certs::Request request_;  ///< of the name that is at hand
  DryRun dryRun_ = DryRun::None;
  Format format_ = Format::Table;
  DocumentStream documents_{Format::Yaml};
};

void CertsVerb::declare(OptionSet& options) {
  options.flag("authority", &authority_, "rotate: make a new authority, too.");
  options.number("days", &days_, "How long the certificates are good; the authority ten times so.");
  options.text("dir", &directory_, "Keep them in folders of this directory instead of Secrets.")
      .offer(Completes::Files);
  dryRunOption_.declare(options);
  options.list("host", &hosts_,
               "Name or address that clients connect to; one without a dot is also known by its "
               "names in the namespace. May be given several times; if absent, NAME.");
  options.text("output,o", &output_, "Output format. One of: (json, name, yaml).")
      .offer(objectFormats());
  options
      .text("style", &style_,
            "Names of the files: \"tls\" (tls.crt, tls.key, ca.crt) or \"pem\" "
            "(server_NAME_certificate.pem ...).")
      .offer({"pem", "tls"});
}

base::Status CertsVerb::prepare(Context& context) {
  if (context.args.empty())
    return base::pass(usageError("certs", "expected one of: create, apply, rotate"));
  action_ = context.args.front();
  if (std::find(actions().begin(), actions().end(), action_) == actions().end()) {
    const std::string hint = didYouMean(action_, actions());
    return base::pass(usageError("certs", "unknown action \"" + action_ + "\"" + hint));
  }
  names_.assign(context.args.begin() + 1, context.args.end());
  if (names_.empty())
    return base::pass(usageError("certs", "expected the NAME of a service after " + action_));
  if (names_.size() > 1 && !hosts_.empty())
    return base::pass(usageError("certs", "--host is for one NAME at a time"));
  if (authority_ && action_ != "rotate")
    return base::pass(usageError("certs", "--authority is for rotate"));
  MC_TRY_ASSIGN(dryRun_, dryRunOption_.parse());
  if (dryRun_ == DryRun::Client && action_ == "rotate")
    return base::fail(EINVAL, "rotate has to look at what is there: use --dry-run=server");
  MC_TRY_ASSIGN(format_, parseFormat(output_, objectFormats()));
  documents_ = DocumentStream(format_);
  if (!style_.empty()) {
    MC_TRY_ASSIGN(request_.style, certs::parseStyle(style_));
  }
  request_.ns = context.ns();
  request_.hosts = hosts_;
  request_.days = days_;
  request_.newAuthority = authority_;
  request_.now = context.now();
  for (const auto& name : names_) {
    request_.name = name;
    MC_TRY(certs::check(request_));
  }
  return refuseReaders(context);
}

base::Status CertsVerb::refuseReaders(Context& context) const {
  const bool keys = format_ == Format::Yaml || format_ == Format::Json;
  if (!keys || !context.out.worldReadable()) return {};
  return base::fail(EACCES,
                    "everybody may read the file that the keys would be written to: run `umask "
                    "077` first, or pass them on with `| kubectl apply -f -`");
}

base::Result<std::unique_ptr<certs::Store>> CertsVerb::openStore(Context& context) const {
  if (dryRun_ == DryRun::Client) return nullptr;
  if (!directory_.empty()) return std::make_unique<certs::Directory>(directory_);
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  return std::make_unique<EngineStore>(*engine, context.ns(), context.stopToken());
}

base::Result<std::vector<certs::Issued>> CertsVerb::issue(certs::Store& store) const {
  if (action_ == "create") return certs::create(request_, store);
  return action_ == "apply" ? certs::apply(request_, store) : certs::rotate(request_, store);
}

base::Status CertsVerb::print(Context& context, const certs::Issued& issued) {
  const std::string note = certs::renewalNote(issued, request_);
  if (!note.empty()) MC_TRY(context.err.write("Warning: " + note + "\n"));
  if (format_ == Format::Yaml || format_ == Format::Json)
    return context.out.write(
        documents_.next(engine::secretObject(EngineStore::inEngine(issued.secret, request_.ns))));
  const std::string shown =
      directory_.empty() ? "secret/" + issued.secret.name : directory_ + "/" + issued.secret.name;
  if (format_ == Format::Name) return context.out.write(shown + "\n");
  return context.out.write(shown + " " + wordFor(issued.outcome) + dryRunSuffix(dryRun_) + "\n");
}

base::Result<int> CertsVerb::run(Context& context) {
  MC_TRY(prepare(context));
  MC_TRY_ASSIGN(const auto store, openStore(context));
  DryStore dry(store.get());
  for (const auto& name : names_) {
    request_.name = name;
    MC_TRY_ASSIGN(const auto issued, issue(dryRun_ == DryRun::None ? *store : dry));
    for (const auto& each : issued) MC_TRY(print(context, each));
  }
  return 0;
}

}  // namespace

std::unique_ptr<Verb> makeCertsVerb() {
  return std::make_unique<CertsVerb>();
}

}  // namespace mc::cli
