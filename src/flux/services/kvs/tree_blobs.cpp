#include "flux/services/kvs/tree_blobs.hpp"

#include "flux/formats/json.hpp"
#include "flux/formats/signed_jobspec.hpp"
#include "flux/services/kvs/tree_object.hpp"

namespace mc::flux::services::kvs {

namespace {

using content::Hash;

constexpr size_t kLargeValue = size_t{64} << 10;
constexpr size_t kMaxBlob = size_t{1} << 20;  // of a value, which is split into such pieces

void appendObject(std::string_view type, std::string_view data, std::string& out) {
  out.append(R"({"ver":1,"type":")").append(type).append(R"(","data":)").append(data) += '}';
}

std::string quoted(std::string_view text) {
  return formats::toJson(boost::json::value(text));
}

void appendRef(std::string_view type, const Hash& hash, std::string& out) {
  appendObject(type, "[\"" + content::blobref(hash) + "\"]", out);
}

}  // namespace

// A directory in blobs.
class TreeBlobs::Stored final : public StoredDirectory {
 public:
  Stored(TreeBlobs& owner, const Hash& hash, bool forgettable)
      : StoredDirectory(hash), owner_(owner), forgettable_(forgettable) {}
  [[nodiscard]] std::optional<Directory> load(Node& node) const override {
    if (forgettable_) owner_.noteFetched(node.path());
    return owner_.read(hash());
  }

 private:
  TreeBlobs& owner_;
  bool forgettable_;
};

class TreeBlobs::StoredText final : public Text {
 public:
  StoredText(TreeBlobs& owner, std::vector<Hash> hashes)
      : owner_(owner), hashes_(std::move(hashes)) {}
  [[nodiscard]] std::string read() const override {
    std::string out;
    for (const Hash& hash : hashes_) {
      const auto blob = owner_.blobs_.load(hash);
      if (blob)
        out += *blob;
      else
        owner_.onError_(blob.error().message);
    }
    return out;
  }
  [[nodiscard]] const std::vector<Hash>& hashes() const { return hashes_; }

 private:
  TreeBlobs& owner_;
  std::vector<Hash> hashes_;
};

Hash TreeBlobs::write(Node& directory) {
  if (const auto stored = directory.stored()) return stored->hash();
  if (directory.isSealed() && seal(directory)) return directory.stored()->hash();
  std::string object;
  encode(directory, false, object);
  writtenBytes_ += object.size();
  const Hash hash = blobs_.store(std::move(object));
  directory.setStored(std::make_shared<Stored>(*this, hash, false));
  return hash;
}

bool TreeBlobs::seal(Node& directory) {
  if (!directory.isDirectory() || directory.watched()) return false;
  Hash hash{};
  if (const auto stored = directory.stored()) {
    hash = stored->hash();
  } else {
    std::string object;
    encode(directory, true, object);
    hash = blobs_.store(std::move(object));
  }
  directory.setStored(std::make_shared<Stored>(*this, hash, true));
  return directory.unload();
}

std::unique_ptr<Node> TreeBlobs::refer(const Hash& hash, bool forgettable) {
  return std::make_unique<Node>(
      std::shared_ptr<const StoredDirectory>(std::make_shared<Stored>(*this, hash, forgettable)));
}

std::unique_ptr<Node> TreeBlobs::referValue(std::vector<Hash> hashes) {
  return std::make_unique<Node>(
      std::shared_ptr<const Text>(std::make_shared<StoredText>(*this, std::move(hashes))));
}

void TreeBlobs::encode(Node& node, bool inlineDirectories, std::string& out) {
  out += R"({"ver":1,"type":"dir","data":{)";
  bool first = true;
  const Directory* directory = node.directory();
  if (directory != nullptr) {
    for (const auto& [name, entry] : directory->entries()) {
      if (!std::exchange(first, false)) out += ',';
      out.append(quoted(name)) += ':';
      encodeEntry(*entry, inlineDirectories, out);
    }
  }
  out += "}}";
}

void TreeBlobs::encodeEntry(Node& node, bool inlineDirectories, std::string& out) {
  if (const Symlink* link = node.symlink()) {
    // A link to a namespace that ends with the instance: what is in it is kept in its place.
    if (Node* mounted = mounts_ ? mounts_(*link) : nullptr) return encode(*mounted, true, out);
    std::string data = link->ns.empty() ? "{" : R"({"namespace":)" + quoted(link->ns) + ',';
    data += R"("target":)" + quoted(link->target) + '}';
    return appendObject("symlink", data, out);
  }
  if (!node.isDirectory()) return encodeValue(node, out);
  if (inlineDirectories && !node.stored()) return encode(node, true, out);
  appendRef("dirref", write(node), out);
}

void TreeBlobs::encodeValue(const Node& node, std::string& out) {
  std::string scratch;
  const std::string_view bytes = node.view(scratch);
  if (bytes.size() < kLargeValue)
    return appendObject("val", '"' + formats::encodeBase64(bytes) + '"', out);
  std::string refs = "[";
  for (size_t at = 0; at < bytes.size(); at += kMaxBlob) {
    if (at > 0) refs += ',';
    refs += '"' + content::blobref(blobs_.store(std::string(bytes.substr(at, kMaxBlob)))) + '"';
  }
  appendObject("valref", refs + ']', out);
}

void TreeBlobs::noteFetched(std::string path) {
  fetched_.push_back(std::move(path));
  if (crowded() && onFetch_) onFetch_();
}

std::optional<Directory> TreeBlobs::read(const Hash& hash) {
  const auto fault = [&](const std::string& text) {
    onError_("directory " + content::blobref(hash) + ": " + text);
    return std::nullopt;
  };
  const auto blob = blobs_.load(hash);
  if (!blob) return fault(blob.error().message);
  const auto object = formats::parseJson(*blob);
  if (!object) return fault(object.error().message);
  auto node = fromTreeObject(*object, this);
  if (!node) return fault(node.error().message);
  Directory* directory = (*node)->directory();
  if (directory == nullptr) return fault("is no directory");
  return std::move(*directory);
}

void TreeBlobs::forgetOld(Node& root) {
  while (fetched_.size() > kMaxFetched / 2) {
    Node* node = &root;
    std::string_view rest = fetched_.front();
    while (node != nullptr && !rest.empty()) {
      const size_t dot = rest.find('.');
      const Directory* directory = node->directory();
      node = directory ? directory->find(rest.substr(0, dot)) : nullptr;
      rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
    }
    if (node != nullptr && node != &root) (void)node->unload();
    fetched_.pop_front();
  }
}

}  // namespace mc::flux::services::kvs
