#include "flux/services/job-manager/jobspec_text.hpp"

#include <gtest/gtest.h>

#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::services::manager {
namespace {

std::string read(kvs::Node::Content content) {
  return kvs::Node(std::move(content)).read();
}

/// What is read back of a submission of `text`: both forms.
class JobspecKeeperTest : public testing::Test {
 protected:
  void expectKept(const std::string& text, bool completed = false) {
    const std::string signedJobspec = formats::wrapUnsigned(text, 7);
    JobspecTexts texts = keeper_.keep(text, signedJobspec, 7, completed);
    EXPECT_EQ(read(std::move(texts.jobspec)), text);
    EXPECT_EQ(read(std::move(texts.signedJobspec)), signedJobspec);
  }

  JobspecKeeper keeper_;
};

std::string jobspec(const std::string& copy) {
  return R"({"resources": [], "env": {"A": ")" + std::string(200, 'x') + R"(", "FLUX_JOB_CC": ")" +
         copy + R"("}, "version": 1})";
}

TEST_F(JobspecKeeperTest, KeepsAlikeAndOtherTexts) {
  for (const char* copy : {"1", "2", "2", "17", "", "1717"}) expectKept(jobspec(copy));
  expectKept("{}");
  expectKept("");
  expectKept(jobspec("3"));
  expectKept(jobspec("4"), true);
}

TEST_F(JobspecKeeperTest, AlikeInEveryPlace) {
  const std::string text = jobspec("1");
  expectKept(text);
  expectKept(text.substr(0, text.size() - 3));
  expectKept(text.substr(3));
  expectKept(text + text.substr(text.size() - 9));
  expectKept("aa" + text);
}

TEST_F(JobspecKeeperTest, KeepsJAsItWasSubmitted) {
  expectKept(jobspec("1"));
  JobspecTexts texts = keeper_.keep(jobspec("2"), "other.words.none", 7, false);
  EXPECT_EQ(read(std::move(texts.signedJobspec)), "other.words.none");
}

}  // namespace
}  // namespace mc::flux::services::manager
