#include "cli/complete.hpp"

#include <algorithm>
#include <set>

#include "base/deadline.hpp"
#include "cli/help.hpp"
#include "cli/resources.hpp"

namespace mc::cli {

namespace {

constexpr std::chrono::seconds kPatience{3};

/// A command line as far as it was typed.
struct Typed {
  Verb* verb = nullptr;
  std::vector<std::string> args;
  const Option* pending = nullptr;  ///< option whose value comes next
  bool inCommand = false;           ///< behind `--`
};

class Completer {
 public:
  explicit Completer(Context& context) : context_(context) {
    context_.global.declare(globalOptions_);
  }
  Completion complete(const std::vector<std::string>& words);

 private:
  void read(const std::vector<std::string>& words);
  void readOption(const std::string& word);
  void take(const Option& option, const std::string& value);
  void choose(Verb* verb);
  [[nodiscard]] const Option* find(const std::string& word) const;

  void offer(const std::string& value, const std::string& description = "");
  void offerVerbs();
  void offerOptions();
  void offerWords(Completes what, const std::vector<std::string>& choices);
  void offerPods();
  void offerContainers();
  void offerNamespaces();
  void offerResources();
  void offerNames(Kind kind, const std::string& prefix);
  template <class T, class Query>
  std::vector<T> ask(const Query& query);

  Context& context_;
  OptionSet globalOptions_;
  OptionSet verbOptions_;
  Typed typed_;
  std::string current_;
  std::string prefix_;  ///< put before each candidate: "--output="
  Completion result_;
};

/// `--name`, `-x`, or the last letter of `-abx`.
const Option* Completer::find(const std::string& word) const {
  for (const OptionSet* set : {&verbOptions_, &globalOptions_}) {
    const Option* option = word.starts_with("--") ? set->find(std::string_view(word).substr(2))
                                                  : set->find(word.back());
    if (option != nullptr) return option;
  }
  return nullptr;
}

/// Options that every verb takes say where to ask: -n, --engine, --context ...
void Completer::take(const Option& option, const std::string& value) {
  const auto& global = globalOptions_.all();
  // A value that can't be read is none; there is nobody to tell.
  if (&option >= global.data() && &option < global.data() + global.size()) (void)option.set(value);
}

void Completer::readOption(const std::string& word) {
  const size_t equals = word.find('=');
  const Option* option = find(word.substr(0, equals));
  if (option == nullptr || option->takes != Takes::Value) return;
  if (equals == std::string::npos) {
    typed_.pending = option;
  } else {
    take(*option, word.substr(equals + 1));
  }
}

void Completer::choose(Verb* verb) {
  typed_.verb = verb;
  if (verb != nullptr) verb->declare(verbOptions_);
}

void Completer::read(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (typed_.inCommand) continue;
    if (typed_.pending != nullptr) {
      take(*typed_.pending, word);
      typed_.pending = nullptr;
    } else if (word == "--") {
      typed_.inCommand = true;
    } else if (word.size() > 1 && word[0] == '-') {
      readOption(word);
    } else if (typed_.verb == nullptr) {
      choose(findVerb(context_.verbs, word));
    } else {
      typed_.args.push_back(word);
    }
  }
}

void Completer::offer(const std::string& value, const std::string& description) {
  if (value.starts_with(current_)) result_.candidates.push_back({prefix_ + value, description});
}

void Completer::offerVerbs() {
  for (const auto& verb : context_.verbs) {
    const VerbInfo info = verb->info();
    if (info.group != VerbGroup::Hidden) offer(info.name, info.summary);
  }
}

void Completer::offerOptions() {
  for (const OptionSet* set : {&verbOptions_, &globalOptions_})
    for (const auto& option : set->all()) {
      offer("--" + option.name, option.help);
      if (option.letter != 0) offer(std::string("-") + option.letter, option.help);
    }
}

/// What the engine says; nothing if it says nothing.
template <class T, class Query>
std::vector<T> Completer::ask(const Query& query) {
  if (!context_.checkEngine()) return {};
  const auto engine = context_.engine();
  if (!engine) return {};
  const base::Deadline deadline(kPatience, context_.stopToken());
  base::Result<std::vector<T>> answer = query(**engine, deadline.token());
  return answer ? std::move(*answer) : std::vector<T>{};
}

void Completer::offerNames(Kind kind, const std::string& prefix) {
  const std::string& ns = context_.ns();
  const auto pods = [&](engine::Engine& e, std::stop_token s) { return e.pods(ns, std::move(s)); };
  const auto clusters = [&](engine::Engine& e, std::stop_token s) {
    return e.miniclusters(ns, std::move(s));
  };
  const auto services = [&](engine::Engine& e, std::stop_token s) {
    return e.services(ns, std::move(s));
  };
  const auto objects = [&](engine::Engine& e, std::stop_token s) {
    return e.objects(*coreKind(kind), ns, std::move(s));
  };
  switch (kind) {
    case Kind::Pod:
      for (const auto& pod : ask<engine::PodView>(pods)) offer(prefix + pod.name, pod.status);
      break;
    case Kind::MiniCluster:
      for (const auto& cluster : ask<engine::ClusterView>(clusters))
        offer(prefix + cluster.ref.name, cluster.status);
      break;
    case Kind::Service:
      for (const auto& service : ask<engine::ServiceView>(services)) offer(prefix + service.name);
      break;
    default:
      for (const auto& object : ask<engine::ObjectView>(objects)) offer(prefix + object.ref.name);
  }
}

void Completer::offerPods() {
  if (typed_.args.empty()) offerResources();
  if (typed_.args.empty() && current_.find('/') == std::string::npos) offerNames(Kind::Pod, "");
}

void Completer::offerContainers() {
  const std::string& ns = context_.ns();
  const auto pods =
      ask<engine::PodView>([&](engine::Engine& e, std::stop_token s) { return e.pods(ns, s); });
  const std::string wanted = typed_.args.empty() ? "" : typed_.args.front();
  const std::string name = wanted.substr(wanted.find('/') + 1);
  std::set<std::string> names;
  for (const auto& pod : pods)
    for (const auto& container : pod.containers)
      if (name.empty() || name == pod.name || name == pod.plainName || name == pod.cluster)
        names.insert(container.name);
  for (const auto& container : names) offer(container);
}

void Completer::offerNamespaces() {
  std::set<std::string> names = {context_.ns()};
  for (const auto& cluster : ask<engine::ClusterView>(
           [](engine::Engine& e, std::stop_token s) { return e.miniclusters("", std::move(s)); }))
    names.insert(cluster.ref.ns);
  for (const auto& name : names) offer(name);
}

/// "KIND/NAME" when the slash was typed.
void Completer::offerResources() {
  const size_t slash = current_.find('/');
  const std::string kind = slash != std::string::npos ? current_.substr(0, slash)
                           : typed_.args.empty()      ? ""
                                                      : typed_.args.front();
  if (kind.empty()) {
    const bool podVerb = typed_.verb->info().completes == Completes::Pods;
    for (const auto& word : kindWords())
      if (!podVerb) offer(word);
    return;
  }
  const auto selections = parseSelections("", {kind});
  if (!selections) return;
  const std::string prefix = slash == std::string::npos ? "" : kind + "/";
  for (const auto& selection : *selections) offerNames(selection.kind, prefix);
}

void Completer::offerWords(Completes what, const std::vector<std::string>& choices) {
  switch (what) {
    case Completes::Nothing:
      break;
    case Completes::Choices:
      for (const auto& word : choices) offer(word);
      break;
    case Completes::Files:
      result_.files = true;
      break;
    case Completes::Namespaces:
      return offerNamespaces();
    case Completes::Containers:
      return offerContainers();
    case Completes::Pods:
      return offerPods();
    case Completes::Clusters:
      return offerNames(Kind::MiniCluster, "");
    case Completes::Resources:
      return offerResources();
  }
}

Completion Completer::complete(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  read({words.begin(), words.end() - 1});
  current_ = words.back();
  const size_t equals = current_.find('=');
  if (typed_.inCommand) {
    result_.files = true;
  } else if (typed_.pending != nullptr) {
    offerWords(typed_.pending->completes, typed_.pending->choices);
  } else if (current_.starts_with("--") && equals != std::string::npos) {
    const Option* option = find(current_.substr(0, equals));
    prefix_ = current_.substr(0, equals + 1);
    current_.erase(0, equals + 1);
    if (option != nullptr) offerWords(option->completes, option->choices);
  } else if (current_.starts_with('-')) {
    offerOptions();
  } else if (typed_.verb == nullptr) {
    offerVerbs();
  } else {
    const VerbInfo info = typed_.verb->info();
    offerWords(info.completes, info.choices);
    if (info.name == "help") offerVerbs();
  }
  return std::move(result_);
}

std::string candidateLines(const Completion& completion) {
  std::string text;
  for (const auto& [value, description] : completion.candidates)
    text += value + (description.empty() ? "" : "\t" + description) + "\n";
  return text;
}

}  // namespace

Completion complete(Context& context, const std::vector<std::string>& words) {
  return Completer(context).complete(words);
}

std::string formatForKubectl(const Completion& completion) {
  return candidateLines(completion) + (completion.files ? ":0\n" : ":4\n");
}

std::string formatCompletion(const Completion& completion) {
  return candidateLines(completion) + (completion.files ? ":files\n" : ":nofiles\n");
}

}  // namespace mc::cli
