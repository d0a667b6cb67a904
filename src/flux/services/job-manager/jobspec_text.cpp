#include "flux/services/job-manager/jobspec_text.hpp"

#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::services::manager {

namespace {

using Shared = std::shared_ptr<const std::string>;

class PlainText final : public kvs::Text {
 public:
  explicit PlainText(Shared text) : text_(std::move(text)) {}
  [[nodiscard]] std::string read() const override { return *text_; }

 private:
  Shared text_;
};

class SignedText final : public kvs::Text {
 public:
  SignedText(Shared text, uint32_t userid) : text_(std::move(text)), userid_(userid) {}
  [[nodiscard]] std::string read() const override { return formats::wrapUnsigned(*text_, userid_); }

 private:
  Shared text_;
  uint32_t userid_;
};

// Whether wrapUnsigned() gives the same text again. Base64 has one form only, so that it is enough
// to compare the headers and the length.
bool isDerivable(std::string_view signedJobspec, std::string_view text, uint32_t userid) {
  const std::string empty = formats::wrapUnsigned({}, userid);
  const size_t header = empty.find('.') + 1;
  return signedJobspec.size() == empty.size() + (text.size() + 2) / 3 * 4 &&
         signedJobspec.substr(0, header) == std::string_view(empty).substr(0, header);
}

}  // namespace

JobspecTexts makeJobspecTexts(std::string text, std::string signedJobspec, uint32_t userid,
                              bool completed) {
  // A client may have encoded the same content in another way; then its own words are kept.
  const bool derivable = !completed && isDerivable(signedJobspec, text, userid);
  text.shrink_to_fit();
  const auto shared = std::make_shared<const std::string>(std::move(text));
  JobspecTexts out{std::make_shared<const PlainText>(shared), std::string()};
  if (derivable)
    out.signedJobspec = std::make_shared<const SignedText>(shared, userid);
  else
    out.signedJobspec = std::move(signedJobspec);
  return out;
}

}  // namespace mc::flux::services::manager
