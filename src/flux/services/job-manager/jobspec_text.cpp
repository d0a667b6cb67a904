#include "flux/services/job-manager/jobspec_text.hpp"

#include <algorithm>

#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::services::manager {

namespace {

using Shared = std::shared_ptr<const std::string>;

class WholeText final : public kvs::Text {
 public:
  explicit WholeText(Shared text) : text_(std::move(text)) {}
  [[nodiscard]] std::string read() const override { return *text_; }

 private:
  Shared text_;
};

// A text that begins and ends as `model` does.
class SimilarText final : public kvs::Text {
 public:
  SimilarText(Shared model, size_t prefix, size_t suffix, std::string_view between)
      : model_(std::move(model)), prefix_(prefix), suffix_(suffix), between_(between) {}
  [[nodiscard]] std::string read() const override {
    return model_->substr(0, prefix_) + between_ + model_->substr(model_->size() - suffix_);
  }

 private:
  Shared model_;
  size_t prefix_;
  size_t suffix_;
  std::string between_;
};

class SignedText final : public kvs::Text {
 public:
  SignedText(std::shared_ptr<const kvs::Text> text, uint32_t userid)
      : text_(std::move(text)), userid_(userid) {}
  [[nodiscard]] std::string read() const override {
    return formats::wrapUnsigned(text_->read(), userid_);
  }

 private:
  std::shared_ptr<const kvs::Text> text_;
  uint32_t userid_;
};

size_t commonPrefix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + size, b.begin()).first -
                             a.begin());
}

size_t commonSuffix(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return static_cast<size_t>(std::mismatch(a.rbegin(), a.rbegin() + size, b.rbegin()).first -
                             a.rbegin());
}

// Whether wrapUnsigned() gives the same text again. Base64 has one form only, so that it is enough
// to compare the headers and the length.
bool isDerivable(std::string_view signedJobspec, std::string_view text, uint32_t userid) {
  const std::string empty = formats::wrapUnsigned({}, userid);
  const size_t header = empty.find('.') + 1;
  return signedJobspec.size() == empty.size() + (text.size() + 2) / 3 * 4 &&
         signedJobspec.substr(0, header) == std::string_view(empty).substr(0, header);
}

}  // namespace

std::shared_ptr<const kvs::Text> JobspecKeeper::share(std::string text) {
  if (model_) {
    const std::string_view all(text);
    const size_t prefix = commonPrefix(all, *model_);
    const size_t suffix =
        commonSuffix(all.substr(prefix), std::string_view(*model_).substr(prefix));
    const auto between = all.substr(prefix, all.size() - prefix - suffix);
    if (between.size() < text.size() / 4)
      return std::make_shared<const SimilarText>(model_, prefix, suffix, between);
  }
  text.shrink_to_fit();
  model_ = std::make_shared<const std::string>(std::move(text));
  return std::make_shared<const WholeText>(model_);
}

JobspecTexts JobspecKeeper::keep(std::string text, std::string signedJobspec, uint32_t userid,
                                 bool completed) {
  // A client may have encoded the same content in another way; then its own words are kept.
  const bool derivable = !completed && isDerivable(signedJobspec, text, userid);
  auto shared = share(std::move(text));
  JobspecTexts out{shared, std::string()};
  if (derivable)
    out.signedJobspec = std::make_shared<const SignedText>(std::move(shared), userid);
  else
    out.signedJobspec = std::move(signedJobspec);
  return out;
}

}  // namespace mc::flux::services::manager
