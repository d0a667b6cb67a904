#include "flux/formats/job_id.hpp"

#include <gtest/gtest.h>

namespace mc::flux::formats {
namespace {

TEST(JobId, HasTheFormsOfTheTranscripts) {
  const JobId id = 221929013248;
  EXPECT_EQ(formatJobId(id, JobIdForm::Dec), "221929013248");
  EXPECT_EQ(formatJobId(id, JobIdForm::Hex), "0x33ac000000");
  EXPECT_EQ(formatJobId(id, JobIdForm::DotHex), "0000.0033.ac00.0000");
  EXPECT_EQ(formatJobId(id, JobIdForm::Kvs), "job.0000.0033.ac00.0000");
  EXPECT_EQ(formatJobId(id, JobIdForm::F58), "ƒ6q87CkP");
  EXPECT_EQ(formatJobId(id, JobIdForm::F58Plain), "f6q87CkP");
  EXPECT_EQ(jobNamespace(124352724992), "job-124352724992");
  EXPECT_EQ(formatJobId(124352724992, JobIdForm::F58), "ƒ4GTdDks");
}

TEST(JobId, HasTheExamplesOfRfc19) {
  EXPECT_EQ(formatJobId(6731191091817518, JobIdForm::F58), "ƒuZZybuNNy");
  EXPECT_EQ(*parseJobId("ƒuZZybuNNy"), 6731191091817518u);
  EXPECT_EQ(*parseJobId("0x17e9fb8df16c2e"), 6731191091817518u);
  EXPECT_EQ(*parseJobId("0017.e9fb.8df1.6c2e"), 6731191091817518u);
}

TEST(JobId, ReadsWhatItWrites) {
  for (const JobId id : {JobId{0}, JobId{1}, JobId{57}, JobId{58}, JobId{221929013248}, ~JobId{0}})
    for (const auto form : {JobIdForm::Dec, JobIdForm::Hex, JobIdForm::DotHex, JobIdForm::Kvs,
                            JobIdForm::F58, JobIdForm::F58Plain}) {
      const auto parsed = parseJobId("  " + formatJobId(id, form) + "\n");
      ASSERT_TRUE(parsed) << formatJobId(id, form);
      EXPECT_EQ(*parsed, id);
    }
}

TEST(JobId, RefusesOtherText) {
  for (const char* text :
       {"", " ", "f", "ƒ", "fBADID", "fzzzzzzzzzzzz", "fjpXCZedGfVR", "12x", "-1", "0x", "0xg",
        "0x10000000000000000", "18446744073709551616", "1.2.3.4", "job.", "0000.0033.ac00.000",
        "0000.0033.ac00.0000.0000", "\xc6", "+1"})
    EXPECT_FALSE(parseJobId(text)) << text;
}

TEST(JobId, KeepsItsParts) {
  const JobId id = makeJobId(13228, 5, 1023);
  EXPECT_EQ(jobIdMilliseconds(id), 13228u);
  EXPECT_EQ(id, (JobId{13228} << 24 | 5u << 10 | 1023u));
}

TEST(JobId, KnowsTheNamesOfForms) {
  EXPECT_EQ(*jobIdFormOf("dothex"), JobIdForm::DotHex);
  EXPECT_FALSE(jobIdFormOf("roman"));
}

}  // namespace
}  // namespace mc::flux::formats
