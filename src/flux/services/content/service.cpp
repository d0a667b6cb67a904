#include "flux/services/content/service.hpp"

#include "flux/formats/json.hpp"

namespace mc::flux::services::content {

namespace {

namespace json = boost::json;
using broker::Request;

constexpr size_t kMaxBlob = size_t{1} << 30;  // RFC 10, for the time being
constexpr std::string_view kDefaultKey = "kvs-primary";

base::Result<Hash> hashIn(const Request& request) {
  const auto hash = hashFromBytes(request.message().payload);
  if (!hash) return base::fail(EPROTO, "payload is no SHA-1 digest");
  return *hash;
}

// Older clients name the checkpoint, newer ones know but one.
std::string keyIn(const json::object& payload) {
  const auto* key = formats::findString(payload, "key");
  return std::string(key ? std::string_view(*key) : kDefaultKey);
}

}  // namespace

void ContentService::handle(const Request& request) {
  if (!request.isOwner()) return request.fail(EPERM, "Request requires owner credentials");
  if (const auto status = answer(request); !status) request.fail(status.error());
}

base::Status ContentService::answer(const Request& request) {
  const std::string_view method = request.method();
  if (method == "load") return load(request);
  if (method == "store") return store(request);
  if (method == "validate") return validate(request);
  if (method == "checkpoint-get") return checkpointGet(request);
  if (method == "checkpoint-put") return checkpointPut(request);
  if (method == "flush") return flush(request);
  if (method == "dropcache") {  // what is here is no cache, or not written yet
    request.respond();
    return {};
  }
  request.failUnknown();
  return {};
}

base::Status ContentService::load(const Request& request) const {
  MC_TRY_ASSIGN(const Hash hash, hashIn(request));
  MC_TRY_ASSIGN(const std::string blob, blobs_.load(hash));
  request.respondBytes(blob);
  return {};
}

base::Status ContentService::store(const Request& request) {
  const std::string& blob = request.message().payload;
  if (blob.size() > kMaxBlob) return base::fail(EFBIG, "blob is too large");
  const Hash hash = blobs_.store(blob);
  if (journal_ != nullptr) journal_->schedule();
  request.respondBytes(bytesOf(hash));
  return {};
}

base::Status ContentService::validate(const Request& request) const {
  MC_TRY_ASSIGN(const Hash hash, hashIn(request));
  MC_TRY(blobs_.load(hash));
  request.respond();
  return {};
}

base::Status ContentService::checkpointGet(const Request& request) const {
  if (journal_ == nullptr) return base::fail(ENOSYS, "there is no backing store");
  MC_TRY_ASSIGN(const json::object payload, request.object());
  MC_TRY_ASSIGN(const std::string text, blobs_.backing()->checkpoint(keyIn(payload)));
  MC_TRY_ASSIGN(json::value value, formats::parseJson(text));
  request.respond(json::object{{"value", std::move(value)}});
  return {};
}

base::Status ContentService::checkpointPut(const Request& request) {
  if (journal_ == nullptr) return base::fail(ENOSYS, "there is no backing store");
  MC_TRY_ASSIGN(const json::object payload, request.object());
  const auto* value = formats::findObject(payload, "value");
  if (value == nullptr) return base::fail(EPROTO, "payload has no object 'value'");
  const std::string key = keyIn(payload);
  if (key == kDefaultKey)
    return base::fail(EBUSY, "the checkpoint of the KVS can't be replaced while it runs");
  MC_TRY(journal_->flush());
  MC_TRY(journal_->setCheckpoint(key, formats::toJson(*value)));
  request.respond();
  return {};
}

base::Status ContentService::flush(const Request& request) {
  if (journal_ == nullptr) return base::fail(ENOSYS, "there is no backing store");
  MC_TRY(journal_->flush());
  request.respond();
  return {};
}

}  // namespace mc::flux::services::content
