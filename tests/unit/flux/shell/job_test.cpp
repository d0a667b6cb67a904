#include "flux/shell/job.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "flux/shell/event_sink.hpp"
#include "flux/shell/file_archive.hpp"
#include "flux/shell/files.hpp"
#include "flux/shell/job_files.hpp"
#include "flux/shell/output_template.hpp"
#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {
namespace {

constexpr const char* kJobspec =
    R"({"resources":[{"type":"node","count":2,"with":[{"type":"slot","count":2,"with":[)"
    R"({"type":"core","count":1}],"label":"task"}]}],"tasks":[{"command":["/bin/app"],)"
    R"("slot":"task","count":{"per_slot":1}}],"attributes":{"system":{"duration":0,)"
    R"("environment":{"A":"b","HOSTNAME":"submitter","FLUX_URI":"elsewhere"},)"
    R"("shell":{"options":{"output":{"mode":"append"}}}}},"version":1})";
constexpr const char* kResources =
    R"({"version":1,"execution":{"R_lite":[{"rank":"3,5","children":{"core":"0-1"}}],)"
    R"("starttime":0,"expiration":0,"nodelist":["n[3,5]"]}})";

Job makeJob(uint32_t rank) {
  auto job = Job::make(221929013248, kJobspec, kResources, rank);
  EXPECT_TRUE(job) << job.error().message;
  return *job;
}

TEST(Job, KnowsItsPlace) {
  const Job leader = makeJob(3);
  EXPECT_TRUE(leader.isLeader());
  EXPECT_EQ(leader.localRanks().str(), "0-1");
  const Job other = makeJob(5);
  EXPECT_FALSE(other.isLeader());
  EXPECT_EQ(other.shellRank, 1u);
  EXPECT_EQ(other.leaderRank, 3u);
  EXPECT_EQ(other.localTasks(), 2u);
  EXPECT_EQ(other.localRanks().str(), "2-3");
  EXPECT_EQ(other.host(), "n5");
  EXPECT_EQ(other.brokerRankOf(0), 3u);
  EXPECT_EQ(other.service(1000), "1000-shell-f6q87CkP");
  EXPECT_EQ(other.optionText("output.mode", "truncate"), "append");
  EXPECT_EQ(other.optionText("output.none", "x"), "x");
  EXPECT_FALSE(Job::make(1, kJobspec, kResources, 0));
  EXPECT_FALSE(Job::make(1, "{}", kResources, 3));
  EXPECT_FALSE(Job::make(1, kJobspec, "{}", 3));
}

TEST(Job, GivesTasksTheirEnvironment) {
  const Job job = makeJob(5);
  Environment environment = jobEnvironment(job, {"local:///r/local", "job-1", "/tmp/j", "n5"});
  addTaskEnvironment(environment, 3, 1);
  EXPECT_EQ(environment, (Environment{{"A", "b"},
                                      {"HOSTNAME", "n5"},
                                      {"FLUX_JOB_ID", "ƒ6q87CkP"},
                                      {"FLUX_JOB_ID_PATH", "/ƒ6q87CkP"},
                                      {"FLUX_JOB_NNODES", "2"},
                                      {"FLUX_JOB_SIZE", "4"},
                                      {"FLUX_JOB_TMPDIR", "/tmp/j"},
                                      {"FLUX_KVS_NAMESPACE", "job-1"},
                                      {"FLUX_TASK_LOCAL_ID", "1"},
                                      {"FLUX_TASK_RANK", "3"},
                                      {"FLUX_TERMINUS_SESSION", "0"},
                                      {"FLUX_URI", "local:///r/local"}}));
  environment = jobEnvironment(job, {"local:///r/local", "job-1", "/tmp/j", "n5", "/ƒ1/ƒ2"});
  EXPECT_EQ(environment["FLUX_JOB_ID_PATH"], "/ƒ1/ƒ2/ƒ6q87CkP");
}

TEST(OutputTemplate, Expands) {
  const Job job = makeJob(3);
  EXPECT_EQ(expandTemplate("out.{{id}}.txt", job, "/t"), "out.ƒ6q87CkP.txt");
  EXPECT_EQ(expandTemplate("{{jobid.dec}}-{{name}}-{{size}}-{{nnodes}}{{tmpdir}}", job, "/t"),
            "221929013248-app-4-2/t");
  EXPECT_EQ(expandTemplate("{{id.roman}}{{x}}{{", job, "/t"), "{{id.roman}}{{x}}{{");
  EXPECT_EQ(expandTemplate("plain", job, "/t"), "plain");
  EXPECT_EQ(expandTemplate("{{node.id}} {{node.name}} {{node.broker_rank}} {{node.cores}} "
                           "{{node.ncores}} {{node.gpus}} {{ntasks}}",
                           makeJob(5), "/t"),
            "1 n5 5 0-1 2  4");
  EXPECT_EQ(expandTemplate("{{taskid}}", job, "/t"), "{{taskid}}");
  const TaskPlace task{3, 1};
  EXPECT_EQ(expandTemplate("{{taskid}}{{task.rank}}{{task.index}}{{task.x}}", job, "/t", &task),
            "331{{task.x}}");
}

// A job with the given files, extracted into a new directory.
class JobFiles : public testing::Test {
 protected:
  base::Status extract(const std::string& files) {
    Job job = makeJob(3);
    formats::setPath(job.jobspec.document, "attributes.system.files",
                     formats::parseJson(files).value());
    directory_ = testing::TempDir() + "job-files-XXXXXX";
    EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
    return extractFiles(job, directory_);
  }
  ~JobFiles() override { removeTree(directory_); }

  std::string directory_;
};

TEST_F(JobFiles, AreExtracted) {
  const auto made = extract(R"({"script":{"mode":33216,"encoding":"utf-8","data":"#!/bin/sh\n"},)"
                            R"("d/conf.json":{"mode":33204,"data":{"a":[1]}},)"
                            R"("raw":{"mode":33152,"encoding":"base64","data":"AP8="},)"
                            R"("hole":{"mode":33152,"size":1000},"e":{"mode":16877},)"
                            R"("link":{"mode":41471,"data":"script"}})");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(base::readFile(directory_ + "/link").value(), "#!/bin/sh\n");
  EXPECT_EQ(::access((directory_ + "/script").c_str(), X_OK), 0);
  EXPECT_EQ(base::readFile(directory_ + "/d/conf.json").value(), R"({"a":[1]})");
  EXPECT_EQ(base::readFile(directory_ + "/raw").value(), std::string("\0\xff", 2));
  EXPECT_EQ(base::readFile(directory_ + "/hole").value(), std::string(1000, '\0'));
  EXPECT_EQ(::access((directory_ + "/e").c_str(), F_OK), 0);
}

// As `flux archive` keeps large files.
TEST_F(JobFiles, OfBlobs) {
  ASSERT_TRUE(extract("{}"));
  ExtractOptions options;
  options.load = [](std::string_view ref) -> base::Result<std::string> {
    if (ref != "sha1-a") return base::fail(ENOENT, "no such blob");
    return std::string("abc");
  };
  const auto take = [&](const char* text) {
    return extractFile(directory_, "x", formats::parseJsonObject(text).value(), options);
  };
  for (const char* bad :
       {R"({"mode":33152,"size":9,"encoding":"blobvec","data":[[0,3,"sha1-b"]]})",
        R"({"mode":33152,"size":9,"encoding":"blobvec","data":[[0,2,"sha1-a"]]})",
        R"({"mode":33152,"size":9,"encoding":"blobvec","data":[[7,3,"sha1-a"]]})",
        R"({"mode":33152,"size":9,"encoding":"blobvec","data":[[-1,3,"sha1-a"]]})",
        R"({"mode":33152,"size":9,"encoding":"blobvec","data":[[0,3]]})",
        R"({"mode":33152,"size":9,"encoding":"blobvec","data":"x"})",
        R"({"mode":33152,"size":-1})"}) {
    EXPECT_FALSE(take(bad)) << bad;
    EXPECT_NE(::access((directory_ + "/x").c_str(), F_OK), 0) << bad;
  }
  const char* good =
      R"({"mode":33216,"size":9,"encoding":"blobvec","data":[[5,3,"sha1-a"],[1,3,"sha1-a"]]})";
  ASSERT_TRUE(take(good));
  EXPECT_EQ(base::readFile(directory_ + "/x").value(), std::string("\0abc\0abc\0", 9));
  EXPECT_EQ(take(good).error().errnum, EEXIST);
  options.overwrite = true;
  EXPECT_TRUE(take(good));
}

TEST_F(JobFiles, CannotLeaveTheirDirectory) {
  for (const char* bad :
       {R"({"/etc/x":{"mode":33152}})", R"({"../x":{"mode":33152}})", R"({"a//b":{"mode":33152}})",
        R"([{"mode":33152}])", R"({"x":{"mode":33152,"encoding":"blobvec","data":[]}})",
        R"({"x":{"mode":33152,"encoding":"base64","data":"?"}})", R"({"x":{"mode":8192}})",
        R"({"x":1})", R"({"x":{}})",
        R"([{"path":"l","mode":41471,"data":"/tmp"},)"
        R"({"path":"l/never","mode":33152,"encoding":"utf-8","data":"x"}])",
        R"([{"path":"l","mode":41471,"data":"/tmp/never"},)"
        R"({"path":"l","mode":33152,"encoding":"utf-8","data":"x"}])"}) {
    EXPECT_FALSE(extract(bad)) << bad;
    removeTree(directory_);
  }
}

TEST(LeaderSink, EntriesAreChecked) {
  EXPECT_TRUE(entriesOf({{"entries", boost::json::array()}}));
  const auto entries = entriesOf(
      formats::parseJsonObject(
          R"({"entries":[{"log":"output","timestamp":1.5,"name":"data","context":{"a":1}}]})")
          .value());
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->at(0).log, "output");
  EXPECT_EQ(entries->at(0).event.timestamp, 1.5);
  for (const char* bad : {"{}", R"({"entries":[1]})", R"({"entries":[{}]})",
                          R"({"entries":[{"log":"output","name":"data"}]})"})
    EXPECT_FALSE(entriesOf(formats::parseJsonObject(bad).value())) << bad;
}

}  // namespace
}  // namespace mc::flux::shell
