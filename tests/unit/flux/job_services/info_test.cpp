// job-info: lookups, and eventlogs watched while they grow.

#include "job_system.hpp"

namespace mc::flux::services {
namespace {

using namespace std::chrono_literals;

std::string watchPayload(JobId id, const std::string& path, int flags = 0) {
  return R"({"id":)" + std::to_string(id) + R"(,"path":")" + path + R"(","flags":)" +
         std::to_string(flags) + "}";
}

Asked watch(JobSystem& system, JobId id, const std::string& path, int flags = 0,
            uint32_t matchtag = 1) {
  Asked asked("job-info.eventlog-watch", watchPayload(id, path, flags), wire::kStreaming);
  return system.ask(asked.tagged(matchtag));
}

/// The names of the events sent, and the errno that ended the stream.
std::string seen(const Asked& asked) {
  std::string out;
  for (const auto& reply : asked.replies()) {
    if (!out.empty()) out += ' ';
    if (reply.errnum != 0) {
      out += "errno=" + std::to_string(reply.errnum);
      continue;
    }
    const auto event = formats::parseEvent(reply.json().at("event").as_string());
    out += event ? event->name : event.error().message;
  }
  return out;
}

void append(JobSystem& system, JobId id, const std::string& key, const std::string& text) {
  const Asked asked =
      system.ask("kvs.commit", R"({"namespace":"job-)" + std::to_string(id) +
                                   R"(","flags":0,"ops":[{"key":")" + key +
                                   R"(","flags":32,"dirent":{"ver":1,"type":"val","data":")" +
                                   formats::encodeBase64(text) + R"("}}]})");
  EXPECT_EQ(asked.last().errnum, 0u);
}

TEST(Info, WatchSendsWhatThereIsThenWhatComes) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("5s"));
  const Asked log = watch(system, id, "eventlog");
  EXPECT_EQ(seen(log), "submit validate depend priority alloc start");
  system.advance(5s);
  EXPECT_EQ(seen(log),
            "submit validate depend priority alloc start finish release free clean errno=61");
}

TEST(Info, WatchOfAnInactiveJobEndsAtOnce) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0"));
  EXPECT_EQ(seen(watch(system, id, "eventlog")),
            "submit validate depend priority alloc start finish release free clean errno=61");
  EXPECT_EQ(seen(watch(system, id, "guest.exec.eventlog")), "init starting complete done errno=61");
  EXPECT_EQ(seen(watch(system, id, "guest.output", 1)), "errno=2");
}

TEST(Info, WatchWaitsForGuestKeysAndFollowsThemThroughTheEnd) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("5s"));
  const JobId id = system.submit(Wish());
  const Asked exec = watch(system, id, "guest.exec.eventlog", 1);
  const Asked output = watch(system, id, "guest.output", 1);
  EXPECT_EQ(seen(exec), "");
  system.raise(running);
  EXPECT_EQ(seen(exec), "init starting");
  append(system, id, "output", formats::formatEvent(1.0, "header"));
  append(system, id, "output", R"({"timestamp":2.0,)");  // half an entry
  EXPECT_EQ(seen(output), "header");
  append(system, id, "output", "\"name\":\"data\"}\n");
  EXPECT_EQ(seen(output), "header data");
  system.finish(system.shells().at(0), 0);
  EXPECT_EQ(seen(exec), "init starting shell-exit complete done errno=61");
  EXPECT_EQ(seen(output), "header data errno=61");
}

TEST(Info, WatchOfWhatNeverComesEndsWithTheJob) {
  JobSystem system(1, 1);
  const JobId running = system.submit(Wish().simulated("infinity"));
  const JobId waiting = system.submit(Wish());
  const Asked never = watch(system, running, "guest.nosuch", 1);
  const Asked unborn = watch(system, waiting, "guest.output", 1);
  const Asked plain = watch(system, waiting, "nosuch", 1);
  system.raise(waiting);
  system.raise(running);
  EXPECT_EQ(seen(never), "errno=61");
  EXPECT_EQ(seen(unborn), "errno=61");
  EXPECT_EQ(seen(watch(system, running, "guest.nosuch")), "errno=2");
  EXPECT_EQ(seen(plain), "errno=61");
}

TEST(Info, WatchFailsForUnknownJobsAndKeys) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("infinity"));
  EXPECT_EQ(seen(watch(system, 12345, "eventlog")), "errno=2");
  EXPECT_EQ(seen(watch(system, id, "guest.output")), "errno=2");
  const Asked plain = system.ask("job-info.eventlog-watch", watchPayload(id, "eventlog"));
  EXPECT_EQ(plain.last().errnum, unsigned{EPROTO});
}

TEST(Info, CancelEndsOnlyTheStreamMeant) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("5s"));
  const Asked a = watch(system, id, "eventlog", 0, 10);
  const Asked b = watch(system, id, "eventlog", 0, 11);
  system.ask("job-info.eventlog-watch-cancel", R"({"matchtag":10})", wire::kNoResponse);
  system.ask("job-info.eventlog-watch-cancel", R"({"matchtag":11})", wire::kNoResponse, "client-2");
  system.advance(5s);
  EXPECT_EQ(seen(a), "submit validate depend priority alloc start errno=61");
  EXPECT_EQ(seen(b),
            "submit validate depend priority alloc start finish release free clean errno=61");
}

TEST(Info, NothingIsSentToClientsThatHaveGone) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("5s"));
  Asked gone("job-info.eventlog-watch", watchPayload(id, "eventlog"), wire::kStreaming, "client-2");
  system.ask(gone);
  const Asked stays = watch(system, id, "eventlog");
  system.disconnect("client-2");
  system.advance(5s);
  EXPECT_EQ(seen(gone), "submit validate depend priority alloc start");
  EXPECT_TRUE(seen(stays).ends_with("clean errno=61"));
}

TEST(Info, LookupTakesSeveralKeysOrNone) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0"));
  const auto lookup = [&](const std::string& keys, int flags) {
    return system
        .ask("job-info.lookup", R"({"id":)" + std::to_string(id) + R"(,"keys":)" + keys +
                                    R"(,"flags":)" + std::to_string(flags) + "}")
        .last();
  };
  const auto both = lookup(R"(["R","jobspec"])", 1).json();
  EXPECT_EQ(both.at("id").to_number<JobId>(), id);
  EXPECT_EQ(both.at("R").at("version"), 1);
  EXPECT_TRUE(both.at("jobspec").is_object());
  EXPECT_TRUE(lookup(R"(["R"])", 0).json().at("R").is_string());
  EXPECT_EQ(lookup(R"(["R","nosuch"])", 0).errnum, unsigned{ENOENT});
  EXPECT_EQ(lookup(R"(["guest"])", 0).errnum, unsigned{ENOENT});
  EXPECT_EQ(lookup("[5]", 0).errnum, unsigned{EPROTO});
}

TEST(Info, OthersMayNotLook) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0"));
  Asked lookup("job-info.lookup", R"({"id":)" + std::to_string(id) + R"(,"keys":["R"],"flags":0})");
  EXPECT_EQ(system.ask(lookup.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
  Asked log("job-info.eventlog-watch", watchPayload(id, "eventlog"), wire::kStreaming);
  EXPECT_EQ(system.ask(log.as(7, wire::kRoleUser)).last().errnum, unsigned{EPERM});
}

std::string updatePayload(JobId id) {
  return R"({"id":)" + std::to_string(id) + R"(,"key":"R","flags":0})";
}

/// The expirations sent, and the errno that ended the stream.
std::string expirations(const Asked& asked) {
  std::string out;
  for (const auto& reply : asked.replies()) {
    if (!out.empty()) out += ' ';
    out += reply.errnum != 0
               ? "errno=" + std::to_string(reply.errnum)
               : formats::toJson(reply.json().at("R").at("execution").at("expiration"));
  }
  return out;
}

TEST(Info, UpdateWatchSendsREachTimeItIsUpdated) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("1h"));
  Asked watching("job-info.update-watch", updatePayload(id), wire::kStreaming);
  Asked leaving("job-info.update-watch", updatePayload(id), wire::kStreaming, "client-2");
  system.ask(watching);
  system.ask(leaving.tagged(2));
  system.ask("job-info.update-watch-cancel", R"({"matchtag":2})", wire::kNoResponse, "client-2");
  const std::string update =
      R"({"id":)" + std::to_string(id) + R"(,"updates":{"attributes.system.duration":100}})";
  EXPECT_EQ(system.ask("job-manager.update", update).last().errnum, 0U);
  const auto expiration = formats::toJson(system.attributes(id).at("expiration"));
  EXPECT_EQ(expirations(watching), "0.0 " + expiration);
  EXPECT_EQ(expirations(leaving), "0.0 errno=61");
  EXPECT_EQ(expirations(system.ask("job-info.update-lookup", updatePayload(id))), expiration);
  system.raise(id);
  EXPECT_EQ(expirations(watching), "0.0 " + expiration + " errno=61");
}

TEST(Info, UpdateWatchOfAnInactiveJobEndsAtOnce) {
  JobSystem system;
  const JobId id = system.submit(Wish().simulated("0"));
  EXPECT_EQ(expirations(system.ask("job-info.update-watch", updatePayload(id), wire::kStreaming)),
            "0.0 errno=61");
}

TEST(Info, UpdateWatchRefusesOtherKeysAndWhatHasNoR) {
  JobSystem system(1, 1);
  system.submit(Wish().simulated("infinity"));
  const JobId waiting = system.submit(Wish());
  const auto ask = [&](const std::string& payload, uint8_t flags) {
    return system.ask("job-info.update-watch", payload, flags).last().errnum;
  };
  EXPECT_EQ(ask(updatePayload(waiting), wire::kStreaming), unsigned{ENOENT});
  EXPECT_EQ(ask(updatePayload(waiting), 0), unsigned{EPROTO});
  EXPECT_EQ(ask(R"({"id":1,"key":"jobspec","flags":0})", wire::kStreaming), unsigned{EINVAL});
  EXPECT_EQ(ask(R"({"id":1,"key":"R","flags":1})", wire::kStreaming), unsigned{EPROTO});
}

}  // namespace
}  // namespace mc::flux::services
