#include "entry/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>

#include "base/fd.hpp"
#include "entry/journal_words.hpp"
#include "entry/settings.hpp"
#include "fakes/fake_loop.hpp"
#include "unit/entry/temporary.hpp"

namespace mc::entry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Journals : public testing::Test {
 protected:
  static std::string read(const std::string& file) { return base::readFile(file).value_or("none"); }

  TemporaryDirectory directory;
  fakes::FakeClock clock;
  std::string path = directory / "sub/journal";
};

TEST_F(Journals, SayWhatHappenedWhen) {
  const auto journal = openJournal(clock, {path});
  EXPECT_EQ(journal->path(), path);
  journal->phase("pre");
  clock.elapsed += std::chrono::milliseconds(1520);
  journal->phase(phase::kServers, "nginx,web");
  journal->error("no connection\nwithin 5 s");
  journal->end(3);
  const std::string base = std::to_string(std::llround(fakes::FakeClock::kStart * 1000));
  EXPECT_EQ(read(path), "minicluster journal 1 " + base +
                            "\n0 phase pre\n1520 phase servers nginx,web\n"
                            "1520 error no connection within 5 s\n1520 end 3\n");
  EXPECT_EQ(std::to_string(journalBase(read(path))), base);
}

TEST_F(Journals, HoldEveryRunOfAContainer) {
  openJournal(clock, {path})->end(1);
  clock.elapsed += std::chrono::seconds(2);
  openJournal(clock, {path})->end(0);
  EXPECT_THAT(read(path), HasSubstr("\n0 end 1\nminicluster journal 1 "));
  EXPECT_EQ(journalBase(read(path)), std::llround(fakes::FakeClock::kStart * 1000) + 2000);
}

TEST_F(Journals, AreWhereTheyCanBeWritten) {
  const std::string spare = directory / "spare";
  const auto journal = openJournal(clock, {"/proc/none/journal", spare});
  EXPECT_EQ(journal->path(), spare);
  EXPECT_THAT(read(spare), StartsWith(std::string(kJournalHead)));
  const auto none = openJournal(clock, {"/proc/none/journal"});
  none->phase("pre");
  EXPECT_EQ(none->path(), "");
}

TEST_F(Journals, AreNotWrittenThroughALink) {
  const std::string victim = directory / "victim";
  const std::string link = directory / "link";
  ASSERT_EQ(::symlink(victim.c_str(), link.c_str()), 0);
  EXPECT_EQ(openJournal(clock, {link})->path(), "");
  EXPECT_FALSE(appendToJournal(link, "x"));
  EXPECT_NE(::access(victim.c_str(), F_OK), 0);
}

TEST_F(Journals, StaySmallHoweverOftenFluxIsStarted) {
  const auto journal = openJournal(clock, {path});
  for (int i = 0; i < 1000; ++i) journal->phase(phase::kFlux);
  journal->end(0);
  EXPECT_LT(read(path).size(), 2200U);
  EXPECT_THAT(read(path), testing::EndsWith("\n0 end 0\n"));
}

TEST_F(Journals, LieWhereTheEnginesLook) {
  ::unsetenv("TMPDIR");
  EXPECT_THAT(journalPaths(kMountPath),
              ElementsAre(kTerminationLog, kJournalFile, kSpareJournalFile));
  EXPECT_THAT(journalPaths("/elsewhere"), ElementsAre("/elsewhere/journal"));
  EXPECT_EQ(journalSize(kTerminationLog), 4096U);
}

TEST(JournalBase, IsThatOfTheLastRun) {
  EXPECT_EQ(journalBase(""), 0);
  EXPECT_EQ(journalBase("0 phase minicluster journal 1 5\n"), 0);
  EXPECT_EQ(journalBase("minicluster journal 1 x\n"), 0);
  EXPECT_EQ(journalBase("minicluster journal 1 5\n0 end 0\nminicluster journal 1 7\n"), 7);
}

TEST(JournalWords, AreTheLastErrorOrWhatIsNoJournal) {
  EXPECT_EQ(journalWords("no journal\n"), "no journal\n");
  EXPECT_EQ(journalWords("minicluster journal 1 5\n0 phase pre\n3 end 0\n"), "");
  EXPECT_EQ(journalWords("minicluster journal 1 5\n0 error a b\n1 error c d\n3 end error e\n"),
            "c d");
}

}  // namespace
}  // namespace mc::entry
