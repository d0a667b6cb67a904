// job-manager.events-journal: all jobs' events in one stream.

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

/// The answers as "ID:names", with the documents that came along.
std::string told(const Asked& journal, size_t from = 0) {
  std::string out;
  for (size_t i = from; i < journal.replies().size(); ++i) {
    const auto& reply = journal.replies()[i];
    if (!out.empty()) out += ' ';
    if (reply.errnum != 0) {
      out += "errno=" + std::to_string(reply.errnum);
      continue;
    }
    const auto answer = reply.json().as_object();
    std::string names;
    for (const auto& event : answer.at("events").as_array())
      names += (names.empty() ? "" : ",") + std::string(event.at("name").as_string());
    out += names.empty() ? formats::toJson(answer.at("id")) : names;
    for (const char* document : {"jobspec", "R"})
      if (answer.contains(document)) out += "+" + std::string(document);
  }
  return out;
}

Asked journal(JobSystem& system, const std::string& payload = "{}") {
  return system.ask("job-manager.events-journal", payload, wire::kStreaming);
}

TEST(EventsJournal, TellsOfActiveJobsThenWhatComes) {
  JobSystem system;
  system.submit(Wish().simulated("0"));
  system.submit(Wish().simulated("5s"));
  const Asked reader = journal(system);
  EXPECT_EQ(told(reader), "submit,validate,depend,priority,alloc,start+jobspec+R -1");
  system.advance(5s);
  EXPECT_EQ(told(reader, 2), "finish release free clean");
  const size_t before = reader.replies().size();
  const JobId id = system.submit(Wish().simulated("1s"));
  EXPECT_EQ(told(reader, before), "submit+jobspec validate depend priority alloc+R start");
  EXPECT_EQ(reader.last().json().at("id").to_number<JobId>(), id);
}

TEST(EventsJournal, FullBeginsWithInactiveJobs) {
  JobSystem system;
  system.submit(Wish().simulated("0"));
  EXPECT_EQ(told(journal(system, R"({"full":true})")),
            "submit,validate,depend,priority,alloc,start,finish,release,free,clean+jobspec+R -1");
  EXPECT_EQ(told(journal(system, R"({"full":false})")), "-1");
}

TEST(EventsJournal, FiltersByName) {
  JobSystem system;
  system.submit(Wish().simulated("5s"));
  const Asked some = journal(system, R"({"allow":{"start":1,"clean":1}})");
  const Asked others = journal(system, R"({"deny":{"start":1,"free":1,"release":1}})");
  EXPECT_EQ(told(some), "start+jobspec+R -1");
  EXPECT_EQ(told(others), "submit,validate,depend,priority,alloc+jobspec+R -1");
  system.advance(5s);
  EXPECT_EQ(told(some, 2), "clean");
  EXPECT_EQ(told(others, 2), "finish clean");
}

TEST(EventsJournal, DocumentsAreCurrentAndLeaveTheEnvironmentOut) {
  JobSystem system;
  Wish wish;
  wish.system = R"("environment":{"TOKEN":"x"},)";
  const JobId id = system.submit(wish.simulated("infinity"));
  EXPECT_EQ(system
                .ask("job-manager.update", R"({"id":)" + std::to_string(id) +
                                               R"(,"updates":{"attributes.system.duration":100}})")
                .last()
                .errnum,
            0U);
  const auto answer = journal(system).replies().at(0).json();
  const auto& attributes = answer.at("jobspec").at("attributes").at("system").as_object();
  EXPECT_EQ(attributes.at("cwd"), "/tmp");
  EXPECT_FALSE(attributes.contains("environment"));
  EXPECT_EQ(answer.at("R").at("execution").at("expiration").to_number<double>(),
            system.attributes(id).at("expiration").to_number<double>());
}

TEST(EventsJournal, EndsByCancelOrWithItsReader) {
  JobSystem system;
  const Asked canceled = journal(system);
  system.ask("job-manager.events-journal-cancel", R"({"matchtag":1})", wire::kNoResponse);
  EXPECT_EQ(told(canceled), "-1 errno=61");
  const Asked gone = journal(system);
  EXPECT_EQ(system.ask("job-manager.stats-get").last().json().at("journal").at("listeners"), 1);
  system.disconnect("client-1");
  system.submit(Wish().simulated("0"));
  EXPECT_EQ(told(gone), "-1");
}

TEST(EventsJournal, RefusesWhatIsNoStreamOrNoFilter) {
  JobSystem system;
  EXPECT_EQ(system.ask("job-manager.events-journal").last().errnum, unsigned{EPROTO});
  for (const char* payload : {R"({"allow":["start"]})", R"({"deny":"x"})", R"({"full":1})"})
    EXPECT_EQ(journal(system, payload).last().errnum, unsigned{EPROTO}) << payload;
  Asked guest("job-manager.events-journal", "{}", wire::kStreaming);
  EXPECT_EQ(system.ask(guest.as(1000, wire::kRoleUser)).last().errnum, unsigned{EPERM});
}

}  // namespace
}  // namespace mc::flux::services
