#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

class MonitorVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"monitor",
            VerbGroup::Hidden,
            "Watch over a MiniCluster until it has ended",
            "Started in the background by create, apply and delete.",
            "",
            "NAMESPACE NAME",
            Completes::Nothing,
            {}};
  }

  base::Result<int> run(Context& context) override {
    if (context.args.size() != 2) return base::fail(EINVAL, "usage: monitor NAMESPACE NAME");
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    MC_TRY(engine->monitor({context.args[0], context.args[1]}, context.stopToken()));
    return 0;
  }
};

}  // namespace

std::unique_ptr<Verb> makeMonitorVerb() {
  return std::make_unique<MonitorVerb>();
}

}  // namespace mc::cli
