#include <gtest/gtest.h>
#include <sys/socket.h>

#include "flux/shell/pmi_server.hpp"

namespace mc::flux::shell {
namespace {

// Two nodes with two tasks each, on brokers 0 and 1.
Job makeJob(uint32_t rank) {
  return Job::make(
             1,
             R"({"resources":[{"type":"node","count":2,"with":[{"type":"slot","count":2,"with":[)"
             R"({"type":"core","count":1}],"label":"task"}]}],"tasks":[{"command":["app"],)"
             R"("slot":"task","count":{"per_slot":1}}],"attributes":{"system":{"duration":0}},)"
             R"("version":1})",
             R"({"version":1,"execution":{"R_lite":[{"rank":"0-1","children":{"core":"0-1"}}],)"
             R"("starttime":0,"expiration":0,"nodelist":["a,b"]}})",
             rank)
      .value();
}

/// A shell's PMI server on a connection to a broker that is played here: requests to the leader go
/// to `leader`, attr.get is answered.
struct Node {
  Node(base::Loop& loop, uint32_t rank, Node* leader) : job(makeJob(rank)) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    handle = std::make_unique<client::Handle>(loop, base::Fd(ends[0]));
    broker = std::make_unique<wire::Stream>(
        loop, base::Fd(ends[1]),
        wire::Stream::Handlers{[this, leader](wire::Message message) {
                                 const broker::Request request(
                                     std::move(message),
                                     [this](const wire::Message& answer) { broker->send(answer); });
                                 if (request.message().topic == "attr.get")
                                   return request.respond(boost::json::object{{"value", "2"}});
                                 EXPECT_EQ(request.message().topic, "s.pmi-exchange");
                                 EXPECT_EQ(request.message().nodeid(), 0u);
                                 leader->server->handle(request);
                               },
                               [](const base::Error&) {}});
    server = std::make_unique<PmiServer>(*handle, job, service, [this](int code, auto& message) {
      aborts.emplace_back(std::to_string(code) + " " + message);
    });
  }

  Job job;
  std::string service = "s";
  std::unique_ptr<client::Handle> handle;
  std::unique_ptr<wire::Stream> broker;
  std::vector<std::string> aborts;
  std::unique_ptr<PmiServer> server;
};

class PmiTest : public testing::Test {
 protected:
  void SetUp() override {
    for (uint32_t rank = 0; rank < 4; ++rank) {
      auto fd = (rank < 2 ? leader_ : other_).server->connect(rank, environment_);
      ASSERT_TRUE(fd);
      EXPECT_EQ(environment_["PMI_FD"], std::to_string(fd->get()));
      EXPECT_EQ(environment_["PMI_RANK"], std::to_string(rank));
      EXPECT_EQ(environment_["PMI_SIZE"], "4");
      tasks_.push_back(std::move(*fd));
    }
  }

  void send(size_t task, const std::string& line) {
    ASSERT_TRUE(base::writeAll(tasks_[task].get(), line + "\n"));
  }
  // The next line that the task gets; empty: its connection is closed.
  std::string answer(size_t task) {
    std::string line;
    while (true) {
      const auto readable = loop_->readable(tasks_[task].get(), [this] { loop_->stop(); });
      loop_->run();
      char c = 0;
      if (::recv(tasks_[task].get(), &c, 1, MSG_DONTWAIT) != 1) return line;
      if (c == '\n') return line;
      line += c;
    }
  }
  std::string call(size_t task, const std::string& line) {
    send(task, line);
    return answer(task);
  }

  std::unique_ptr<base::Loop> loop_ = base::makeLoop();
  Node leader_{*loop_, 0, &leader_};
  Node other_{*loop_, 1, &leader_};
  Environment environment_;
  std::vector<base::Fd> tasks_;
};

TEST(PmiMessage, Reads) {
  EXPECT_EQ(parsePmi(" key=a  cmd=put value=b c=d "),
            (PmiMessage{{"key", "a"}, {"cmd", "put"}, {"value", "b c=d "}}));
  EXPECT_EQ(parsePmi("word cmd= =x"), (PmiMessage{{"cmd", ""}, {"", "x"}}));
  EXPECT_TRUE(parsePmi("").empty());
}

TEST_F(PmiTest, TellsTheTasksAboutTheJob) {
  EXPECT_EQ(call(3, "cmd=init pmi_version=1 pmi_subversion=1"),
            "cmd=response_to_init rc=0 pmi_version=1 pmi_subversion=1");
  EXPECT_EQ(call(3, "cmd=get_maxes"),
            "cmd=maxes rc=0 kvsname_max=64 keylen_max=64 vallen_max=1024");
  EXPECT_EQ(call(3, "cmd=get_appnum"), "cmd=appnum rc=0 appnum=0");
  EXPECT_EQ(call(3, "cmd=get_universe_size"), "cmd=universe_size rc=0 size=4");
  EXPECT_EQ(call(3, "cmd=get_my_kvsname"), "cmd=my_kvsname rc=0 kvsname=f2");
  EXPECT_EQ(call(3, "cmd=get kvsname=f2 key=PMI_process_mapping"),
            "cmd=get_result rc=0 msg=success value=(vector,(0,2,2))");
  EXPECT_EQ(call(3, "cmd=get kvsname=f2 key=flux.taskmap"),
            R"(cmd=get_result rc=0 msg=success value={"version":1,"map":[[0,2,2,1]]})");
  EXPECT_EQ(call(3, "cmd=get kvsname=f2 key=flux.instance-level"),
            "cmd=get_result rc=0 msg=success value=3");
  EXPECT_EQ(call(3, "cmd=finalize"), "cmd=finalize_ack rc=0");
  EXPECT_EQ(call(3, "cmd=init pmi_version=0 pmi_subversion=1"), "cmd=response_to_init rc=-1");
}

TEST_F(PmiTest, ExchangesPairsInBarriers) {
  for (int round = 0; round < 2; ++round) {
    const std::string key = "k" + std::to_string(round);
    EXPECT_EQ(call(0, "cmd=put kvsname=f2 key=" + key + " value=zero is 0"),
              "cmd=put_result rc=0 msg=success");
    EXPECT_EQ(call(3, "cmd=put kvsname=f2 key=x" + key + " value=three"),
              "cmd=put_result rc=0 msg=success");
    EXPECT_EQ(call(3, "cmd=get kvsname=f2 key=" + key), "cmd=get_result rc=-1 msg=key_not_found");
    // The last to enter is once a task of the leader, once one of the other.
    const std::vector<size_t> order =
        round == 0 ? std::vector<size_t>{2, 3, 0, 1} : std::vector<size_t>{1, 0, 3, 2};
    for (const size_t task : order) send(task, "cmd=barrier_in");
    for (size_t task = 0; task < 4; ++task) EXPECT_EQ(answer(task), "cmd=barrier_out rc=0");
    for (size_t task = 0; task < 4; ++task) {
      EXPECT_EQ(call(task, "cmd=get kvsname=f2 key=" + key),
                "cmd=get_result rc=0 msg=success value=zero is 0");
      EXPECT_EQ(call(task, "cmd=get kvsname=f2 key=x" + key),
                "cmd=get_result rc=0 msg=success value=three");
    }
  }
}

// As MPICH does in MPI_Init and MPI_Finalize.
TEST_F(PmiTest, LetsTasksGoThatFinalizeAlone) {
  for (size_t task = 0; task < 4; ++task) {
    call(task, "cmd=get kvsname=f2 key=PMI_process_mapping");
    call(task, "cmd=put kvsname=f2 key=k" + std::to_string(task) + " value=v");
    send(task, "cmd=barrier_in");
  }
  for (size_t task = 0; task < 4; ++task) EXPECT_EQ(answer(task), "cmd=barrier_out rc=0");
  for (size_t task = 0; task < 3; ++task) {
    call(task, "cmd=get kvsname=f2 key=k3");
    send(task, "cmd=barrier_in");
  }
  for (size_t task = 0; task < 3; ++task) {
    EXPECT_EQ(answer(task), "cmd=barrier_out rc=0");
    EXPECT_EQ(call(task, "cmd=finalize"), "cmd=finalize_ack rc=0");
  }
  EXPECT_EQ(call(3, "cmd=barrier_in"), "cmd=barrier_out rc=0");
  EXPECT_EQ(call(3, "cmd=finalize"), "cmd=finalize_ack rc=0");
  EXPECT_TRUE(leader_.aborts.empty());
}

TEST_F(PmiTest, RefusesWhatItCannotKeep) {
  const std::string refused = "cmd=put_result rc=-1 msg=invalid_argument";
  EXPECT_EQ(call(0, "cmd=put kvsname=other key=a value=b"), refused);
  EXPECT_EQ(call(0, "cmd=put kvsname=f2 value=b"), refused);
  EXPECT_EQ(call(0, "cmd=put kvsname=f2 key=" + std::string(64, 'k') + " value=b"), refused);
  EXPECT_EQ(call(0, "cmd=put kvsname=f2 key=a value=" + std::string(1024, 'v')), refused);
  EXPECT_EQ(call(0, "cmd=put kvsname=f2 key=a value=\xff"), refused);
  EXPECT_EQ(call(0, "cmd=get kvsname=other key=a"), "cmd=get_result rc=-1 msg=unknown_kvsname");
  EXPECT_EQ(call(0, "cmd=publish_name service=a port=b"),
            "cmd=publish_result rc=-1 msg=not_implemented");
  EXPECT_EQ(call(0, "mcmd=spawn\nnprocs=1\ncmd=abort\nendcmd"), "cmd=spawn_result rc=-1 errcodes=");
  EXPECT_TRUE(leader_.aborts.empty());
}

TEST_F(PmiTest, EndsTheJobOnAbortAndNonsense) {
  send(2, "cmd=abort exitcode=7 error_msg=out of luck");
  send(0, "cmd=dance");
  EXPECT_EQ(answer(0), "");
  ASSERT_TRUE(base::writeAll(tasks_[1].get(), std::string(9000, 'x')));  // without an end
  EXPECT_EQ(answer(1), "");
  send(3, "cmd=barrier_in");
  EXPECT_EQ(call(3, "cmd=barrier_in"), "");
  EXPECT_EQ(leader_.aborts,
            (std::vector<std::string>{"1 PMI protocol error of task 0: unknown command 'dance'",
                                      "1 PMI protocol error of task 1: line too long"}));
  EXPECT_EQ(other_.aborts,
            (std::vector<std::string>{"7 MPI_Abort: out of luck",
                                      "1 PMI protocol error of task 3: two barriers at once"}));
}

}  // namespace
}  // namespace mc::flux::shell
