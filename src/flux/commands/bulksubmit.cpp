// flux bulksubmit: submits one job per input.

#include <cstring>
#include <numeric>

#include "flux/commands/bulk_inputs.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/submitter.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-bulksubmit";

constexpr Option kOwnOptions[] = {
    {0, "define", Takes::Value, "NAME=CODE",
     "Define a method for replacement of inputs, where CODE is an expression over the input x"},
    {0, "shuffle", Takes::Nothing, "", "Shuffle the list of jobs before submission"},
    {0, "sep", Takes::Value, "STRING",
     "Separate the inputs in files and on stdin by STRING instead of newlines (none: white space)"},
};

std::vector<Option> allOptions() {
  std::vector<Option> options = withJobOptions(copyOptions());
  options.insert(options.end(), std::begin(kOwnOptions), std::end(kOwnOptions));
  return options;
}

base::Result<std::vector<BulkMethod>> methodsOf(const Parsed& parsed) {
  std::vector<BulkMethod> methods;
  for (const std::string& text : parsed.values("define")) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return base::fail(EINVAL, "--define=" + text + ": no value for key " + text);
    methods.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return methods;
}

// What the options are called in the dry run: the everyday ones by their letter.
std::string optionText(const Option& option, const std::optional<std::string>& value) {
  const bool shortForm = option.letter != 0 && std::strchr("nNcgto", option.letter) != nullptr;
  const std::string name = shortForm || option.name == nullptr ? std::string("-") + option.letter
                                                               : "--" + std::string(option.name);
  if (!value) return name;
  return name + (shortForm || option.name == nullptr ? "" : "=") + *value;
}

bool belongsToBulksubmit(std::string_view name) {
  return name == "dry-run" || name == "define" || name == "shuffle" || name == "sep" ||
         name == "progress" || name == "jps" || name == "quiet" || name == "wait" ||
         name == "watch";
}

// The jobs of a command line: each combination of inputs, in as many copies as --cc says.
class Bulk {
 public:
  base::Status prepare(const Parsed& parsed) {
    template_ = parsed;
    MC_TRY_ASSIGN(methods_, methodsOf(parsed));
    MC_TRY_ASSIGN(inputs_, BulkInputs::parse(parsed.rest, parsed.value("sep")));
    if (parsed.has("shuffle")) inputs_.shuffle();
    template_.rest = inputs_.command();
    return {};
  }

  // Fills every template once before the first job is submitted, so that a mistake in one stops
  // all. Prints the complaint and gives the exit status.
  std::optional<int> check(const Grammar& grammar) {
    for (size_t i = 0; i < inputs_.combinations().size(); ++i) {
      const auto filled = fill(i);
      const auto copies = filled
                              ? copiesOf(*filled)
                              : base::Result<std::vector<std::string>>(base::pass(filled.error()));
      if (!copies) return failPython(kProgram, copies.error().message);
      if (const auto status = checkJobNumbers(grammar, *filled)) return status;
      for (const std::string& copy : *copies) entries_.push_back({i, copy});
    }
    return std::nullopt;
  }

  int dryRun() const {
    for (size_t i = 0; i < inputs_.combinations().size(); ++i) {
      const auto filled = fill(i);
      if (!filled) return failPython(kProgram, filled.error().message);
      std::string line = "bulksubmit: submit";
      for (const auto& given : filled->given())
        if (!belongsToBulksubmit(given.option->name ? given.option->name : ""))
          line += " " + optionText(*given.option, given.value);
      for (const std::string& word : filled->rest) line += " " + word;
      print(line + "\n");
    }
    return 0;
  }

  [[nodiscard]] Submissions submissions() const {
    return {entries_.size(), [this](size_t index) -> Submission {
              const Entry& entry = entries_[index];
              const Parsed filled =
                  fill(entry.combination).value_or(Parsed());  // check() has passed
              const bool sets = !entry.copy.empty() && filled.has("cc");
              return {substituteCopy(filled, entry.copy), entry.copy, sets};
            }};
  }

 private:
  struct Entry {
    size_t combination;
    std::string copy;
  };

  [[nodiscard]] base::Result<Parsed> fill(size_t index) const {
    const auto& inputs = inputs_.combinations()[index];
    Parsed out;
    for (const std::string& word : template_.rest) {
      MC_TRY_ASSIGN(std::string text, fillTemplate(word, inputs, index, methods_));
      out.rest.push_back(std::move(text));
    }
    for (const auto& given : template_.given()) {
      auto value = given.value;
      const bool isCode =
          given.option->name != nullptr && (std::strcmp(given.option->name, "define") == 0 ||
                                            std::strcmp(given.option->name, "sep") == 0);
      if (value && !isCode) {
        MC_TRY_ASSIGN(value, fillTemplate(*value, inputs, index, methods_));
      }
      out.add(given.option, std::move(value));
    }
    return out;
  }

  Parsed template_;
  BulkInputs inputs_;
  std::vector<BulkMethod> methods_;
  std::vector<Entry> entries_;
};

}  // namespace

int bulksubmitMain(const Args& args) {
  const std::vector<Option> options = allOptions();
  const Grammar grammar{.program = "flux bulksubmit",
                        .usage = "flux bulksubmit [OPTIONS...] COMMAND [ARGS...]",
                        .description = "enqueue jobs in bulk",
                        .options = options,
                        .commandFollows = true,
                        .positionals = kCommandPositional};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  Bulk bulk;
  if (const auto prepared = bulk.prepare(parsed); !prepared)
    return failPython(kProgram, prepared.error().message);
  if (parsed.has("dry-run")) return bulk.dryRun();
  if (const auto status = bulk.check(grammar)) return *status;
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  return Submitter(*session->handle, kProgram, parsed, bulk.submissions()).run();
}

}  // namespace mc::flux::commands
