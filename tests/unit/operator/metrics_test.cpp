#include <gmock/gmock.h>

#include "base/clock.hpp"
#include "operator/log.hpp"
#include "operator/operator_metrics.hpp"
#include "operator/prometheus.hpp"

namespace mc::controller {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(Prometheus, WritesNumbersByLabels) {
  Numbers numbers(Numbers::Kind::Counter, "a_total", "What it counts");
  std::string text;
  numbers.write(text);
  EXPECT_EQ(text, "") << "nothing was counted";
  numbers.add({{"x", "1"}, {"y", "\"\\\n"}}, 2);
  numbers.add({{"x", "1"}, {"y", "\"\\\n"}}, 0.5);
  numbers.write(text);
  EXPECT_EQ(text,
            "# HELP a_total What it counts\n# TYPE a_total counter\n"
            "a_total{x=\"1\",y=\"\\\"\\\\\\n\"} 2.5\n");
}

TEST(Prometheus, HistogramsAddUp) {
  Histogram histogram("h_seconds", "Help", {1, 2});
  for (const double value : {0.5, 1.0, 1.5, 9.0}) histogram.observe(value);
  std::string text;
  histogram.write(text);
  EXPECT_EQ(text,
            "# HELP h_seconds Help\n# TYPE h_seconds histogram\n"
            "h_seconds_bucket{le=\"1\"} 2\nh_seconds_bucket{le=\"2\"} 3\n"
            "h_seconds_bucket{le=\"+Inf\"} 4\nh_seconds_sum 12\nh_seconds_count 4\n");
}

TEST(Metrics, HaveControllerRuntimesNames) {
  OperatorMetrics metrics;
  metrics.reconciled(ReconcileResult::Error, std::chrono::milliseconds(7));
  metrics.client().request("200", "GET", "server:443");
  metrics.queue().depth(0, 3);
  metrics.queue().added();
  metrics.leading("lease", true);
  metrics.ready(std::chrono::seconds(3));
  const std::string text = metrics.text();
  for (const char* line :
       {"controller_runtime_reconcile_total{controller=\"minicluster\",result=\"error\"} 1\n",
        "controller_runtime_reconcile_errors_total{controller=\"minicluster\"} 1\n",
        "rest_client_requests_total{code=\"200\",host=\"server:443\",method=\"GET\"} 1\n",
        "workqueue_depth{name=\"minicluster\",controller=\"minicluster\",priority=\"0\"} 3\n",
        "workqueue_adds_total{name=\"minicluster\",controller=\"minicluster\"} 1\n",
        "leader_election_master_status{name=\"lease\"} 1\n",
        "minicluster_time_to_ready_seconds_bucket{le=\"3\"} 1\n",
        "minicluster_time_to_lead_seconds_count 0\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

class Noon final : public base::Clock {
 public:
  [[nodiscard]] double wall() const override { return 43200; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return {}; }
};

TEST(Logs, AreJsonLines) {
  std::string said;
  const Noon clock;
  Log log(clock, [&said](std::string_view line) { said += line; });
  log.debug("not said");
  log.info("a \"b\"", {{"name", "x\ny"}});
  EXPECT_EQ(said,
            R"({"level":"info","ts":"1970-01-01T12:00:00.000000Z","msg":"a \"b\"","name":"x\ny"})"
            "\n");
}

}  // namespace
}  // namespace mc::controller
