#include "operator/webhook/certificate_keeper.hpp"

#include <boost/json/array.hpp>

#include "api/schema.hpp"
#include "base/base64.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using kube::Reason;

// Keys of a Secret of type kubernetes.io/tls.
constexpr const char* kCert = "tls.crt";
constexpr const char* kKey = "tls.key";
constexpr const char* kCa = "ca.crt";

std::string decoded(const kube::Object& secret, const char* key) {
  return base::base64Decode(kube::findText(secret, {"data", key})).value_or("");
}

Certificate certificateIn(const kube::Object& secret) {
  return {decoded(secret, kCa), decoded(secret, kCert), decoded(secret, kKey)};
}

json::object dataOf(const Certificate& certificate) {
  return {{kCa, base::base64Encode(certificate.caPem)},
          {kCert, base::base64Encode(certificate.certPem)},
          {kKey, base::base64Encode(certificate.keyPem)}};
}

/// Puts the bundle into the webhooks that ask our Service. Whether something has changed.
bool trust(kube::Object& configuration, const KeeperSettings& settings, const std::string& bundle) {
  bool changed = false;
  auto* webhooks = configuration.if_contains("webhooks");
  if (webhooks == nullptr || !webhooks->is_array()) return false;
  for (auto& each : webhooks->get_array()) {
    auto* webhook = each.if_object();
    if (webhook == nullptr) continue;
    const bool ours =
        kube::findText(*webhook, {"clientConfig", "service", "name"}) == settings.service &&
        kube::findText(*webhook, {"clientConfig", "service", "namespace"}) == settings.ns;
    if (!ours || kube::findText(*webhook, {"clientConfig", "caBundle"}) == bundle) continue;
    webhook->at("clientConfig").as_object()["caBundle"] = bundle;
    changed = true;
  }
  return changed;
}

}  // namespace

CertificateKeeper::CertificateKeeper(kube::Client& client, kube::Timer& timer,
                                     KeeperSettings settings)
    : client_(client), timer_(timer), settings_(std::move(settings)) {}

std::vector<std::string> CertificateKeeper::names() const {
  const std::string name = settings_.service + "." + settings_.ns + ".svc";
  return {name, name + ".cluster.local"};
}

std::vector<std::pair<kube::Resource, std::string>> CertificateKeeper::trusting() const {
  return {{kube::kCustomResourceDefinitions, std::string(api::kCrdName)},
          {kube::kMutatingWebhookConfigurations, settings_.configuration}};
}

kube::Result<Certificate> CertificateKeeper::current(const std::stop_token& stop) {
  const kube::ObjectKey key{settings_.ns, settings_.secret};
  while (true) {
    const auto secret = client_.get(kube::kSecrets, key, {}, {.stop = stop});
    if (!secret && !secret.error().is(Reason::NotFound)) return tl::make_unexpected(secret.error());
    const Certificate old = secret ? certificateIn(*secret) : Certificate();
    const auto due = renewalTime(old);
    if (secret && isUsable(old, names()) && due && *due > timer_.clock().wall()) return old;
    auto made = secret ? renew(*secret, old, stop) : make(stop);
    // Another replica was first: take its certificate.
    const bool lost =
        !made && (made.error().is(Reason::AlreadyExists) || made.error().is(Reason::Conflict) ||
                  made.error().is(Reason::NotFound));
    if (!lost) return made;
  }
}

kube::Result<Certificate> CertificateKeeper::make(const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Certificate certificate, makeCertificate(names(), timer_.clock().wall()));
  const kube::Object secret = {{"apiVersion", "v1"},
                               {"kind", "Secret"},
                               {"type", "kubernetes.io/tls"},
                               {"metadata",
                                {{"name", settings_.secret},
                                 {"namespace", settings_.ns},
                                 {"labels", {{"app.kubernetes.io/name", "minicluster-operator"}}}}},
                               {"data", dataOf(certificate)}};
  MC_TRY(client_.create(kube::kSecrets, secret, {}, {.stop = stop}));
  return certificate;
}

kube::Result<Certificate> CertificateKeeper::renew(const kube::Object& secret,
                                                   const Certificate& old,
                                                   const std::stop_token& stop) {
  const double now = timer_.clock().wall();
  MC_TRY_ASSIGN(Certificate made, makeCertificate(names(), now));
  const Certificate certificate = withAuthoritiesOf(std::move(made), old, now);
  kube::Object changed = secret;
  changed["data"] = dataOf(certificate);
  MC_TRY(client_.update(kube::kSecrets, changed, {}, {.stop = stop}));
  return certificate;
}

kube::Status CertificateKeeper::inject(const Certificate& certificate,
                                       const std::stop_token& stop) {
  const std::string bundle = base::base64Encode(certificate.caPem);
  MC_TRY(injectConversion(bundle, stop));
  return injectAdmission(bundle, stop);
}

kube::Status CertificateKeeper::injectConversion(const std::string& bundle,
                                                 const std::stop_token& stop) {
  const kube::ObjectKey key{"", std::string(api::kCrdName)};
  MC_TRY_ASSIGN(const auto crd,
                client_.get(kube::kCustomResourceDefinitions, key, {}, {.stop = stop}));
  const auto* client = kube::findObject(crd, {"spec", "conversion", "webhook", "clientConfig"});
  if (client == nullptr || kube::findText(*client, {"caBundle"}) == bundle) return {};
  const json::object patch = {
      {"spec", {{"conversion", {{"webhook", {{"clientConfig", {{"caBundle", bundle}}}}}}}}}};
  MC_TRY(client_.patch(kube::kCustomResourceDefinitions, key, kube::PatchType::Merge, patch, {},
                       {.stop = stop}));
  return {};
}

/// An installation may do without a configuration: then the schema and the reconciler check.
kube::Status CertificateKeeper::injectAdmission(const std::string& bundle,
                                                const std::stop_token& stop) {
  const auto& resource = kube::kMutatingWebhookConfigurations;
  const kube::ObjectKey key{"", settings_.configuration};
  auto configuration = client_.get(resource, key, {}, {.stop = stop});
  if (!configuration && configuration.error().is(Reason::NotFound)) return {};
  if (!configuration) return tl::make_unexpected(configuration.error());
  if (!trust(*configuration, settings_, bundle)) return {};
  MC_TRY(client_.update(resource, *configuration, {}, {.stop = stop}));
  return {};
}

}  // namespace mc::controller
