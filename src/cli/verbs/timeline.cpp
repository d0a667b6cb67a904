#include <algorithm>

#include "base/fd.hpp"
#include "base/json_write.hpp"
#include "cli/errors.hpp"
#include "cli/instance.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"
#include "entry/settings.hpp"
#include "timeline/build.hpp"
#include "timeline/printers.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Where the time of a MiniCluster went
minicluster timeline flux-sample

# As a page to look at in a browser, and as a drawing
minicluster timeline flux-sample -o flux-sample.html
minicluster timeline flux-sample -o flux-sample.svg

# As data
minicluster timeline minicluster.yaml -o json)";

const std::vector<std::string> kForms = {"html", "json", "svg", "text"};

/// -o: a form, or a file whose name ends with one.
struct Destination {
  std::string form = "text";
  std::string file;  ///< empty: stdout

  static base::Result<Destination> parse(const std::string& text) {
    if (text.empty()) return Destination{};
    if (std::find(kForms.begin(), kForms.end(), text) != kForms.end()) return Destination{text, ""};
    const size_t dot = text.rfind('.');
    std::string ending = dot == std::string::npos ? "" : text.substr(dot + 1);
    if (ending == "txt") ending = "text";
    if (ending == "htm") ending = "html";
    if (dot != std::string::npos && std::find(kForms.begin(), kForms.end(), ending) != kForms.end())
      return Destination{ending, text};
    return base::fail(EINVAL, "unable to match a printer suitable for the output format \"" + text +
                                  "\", allowed formats are: html,json,svg,text, or the name of a "
                                  "file that ends with .html, .json, .svg or .txt");
  }
};

class TimelineVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"timeline",
            VerbGroup::Look,
            "Draw the pods, containers and jobs of a MiniCluster over time",
            "It shows what the engine and Flux have recorded, while the MiniCluster runs and after "
            "its end,\nuntil it is deleted: pods and containers, images, hooks, waiting for "
            "sidecars, Flux's start, each\njob's states, and where the time went.",
            kExamples,
            "(FILE | NAME)",
            Completes::Clusters,
            {}};
  }

  void declare(OptionSet& options) override {
    options
        .text("output,o", &output_,
              "Output format. One of: (html, json, svg, text), or the name of a file that ends "
              "with .html, .json, .svg or .txt.")
        .offer(kForms);
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Destination destination, Destination::parse(output_));
    MC_TRY_ASSIGN(const Target target, onlyTarget(context, "timeline"));
    std::vector<std::string> notes;
    MC_TRY_ASSIGN(const auto sources, gather(context, target.ref, notes));
    const auto limits = destination.form == "json" ? timeline::kNoLimits : timeline::Limits();
    timeline::Timeline drawn = timeline::build(sources, limits);
    drawn.notes.insert(drawn.notes.end(), notes.begin(), notes.end());
    MC_TRY(write(context, destination, drawn));
    return 0;
  }

 private:
  static base::Result<timeline::Sources> gather(Context& context, const engine::ClusterRef& ref,
                                                std::vector<std::string>& notes) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    const std::stop_token stop = context.stopToken();
    timeline::Sources sources;
    MC_TRY_ASSIGN(sources.cluster, fromServer(engine->minicluster(ref, stop)));
    MC_TRY_ASSIGN(sources.pods, fromServer(engine->pods(ref.ns, stop)));
    std::erase_if(sources.pods, [&](const auto& pod) { return pod.cluster != ref.name; });
    // Who may not see the events sees the rest.
    if (auto events = engine->events(ref, stop)) sources.events = std::move(*events);
    MC_TRY_ASSIGN(sources.journals, fromServer(engine->journals(ref, stop)));
    MC_TRY_ASSIGN(sources.instance, askInstance(context, sources, notes));
    sources.now = context.now();
    return sources;
  }

  /// The jobs of an instance that runs; one that does not answer is no reason to fail.
  static base::Result<std::string> askInstance(Context& context, const timeline::Sources& sources,
                                               std::vector<std::string>& notes) {
    const std::string entry = std::string(entry::kMountPath) + "/" + entry::kEntryFile;
    for (const auto& pod : sources.pods) {
      const bool runs = pod.name == sources.cluster.leadPod && !sources.cluster.finished &&
                        !pod.containers.empty() &&
                        pod.containers.front().state == engine::ContainerState::Running;
      if (!runs) continue;
      const auto known = captureInInstance(context, pod, {entry, "jobs"});
      if (!known && context.stopToken().stop_requested()) return base::pass(known.error());
      if (known && known->status == 0) return known->out;
      notes.push_back("No jobs to be had: " +
                      (known ? "Flux does not run (yet)" : known.error().message));
    }
    return std::string();
  }

  static std::string printed(const timeline::Timeline& drawn, const std::string& form,
                             const timeline::TextStyle& style) {
    if (form == "json") return base::toIndentedJson(timeline::jsonOf(drawn));
    if (form == "svg") return timeline::svgOf(drawn);
    if (form == "html") return timeline::htmlOf(drawn);
    return timeline::textOf(drawn, style);
  }

  static base::Status write(Context& context, const Destination& destination,
                            const timeline::Timeline& drawn) {
    const bool toFile = !destination.file.empty();
    const timeline::TextStyle style{context.out.columns(), !toFile && context.out.colour()};
    const std::string text = printed(drawn, destination.form, style);
    if (!toFile) return context.out.write(text);
    return base::writeFileAtomic(destination.file, text, 0644);
  }

  std::string output_;
};

}  // namespace

std::unique_ptr<Verb> makeTimelineVerb() {
  return std::make_unique<TimelineVerb>();
}

}  // namespace mc::cli
