#include "entry/hooks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "entry/supervisor.hpp"
#include "fakes/fake_files.hpp"
#include "fakes/fake_processes.hpp"
#include "unit/entry/temporary.hpp"

namespace mc::entry {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Hooks whose shell is only recorded.
class RecordedHooks : public testing::Test {
 protected:
  base::Result<int> run(HookRules rules, const std::string& text, Kind kind = Kind::Hook) {
    rules.self = "/entry";
    HookRunner runner(processes, loop, files, messages, rules);
    return runner.run("pre", text, kind, environment);
  }

  fakes::FakeLoop loop;
  fakes::FakeProcesses processes{loop};
  fakes::FakeFiles files;
  std::string said;
  Messages messages{[this](std::string_view text) { said += text; }, true};
  Environment environment{{{"PATH", "/bin"}, {"A", "1"}}, "/work"};
};

TEST_F(RecordedHooks, GetTheirTextAsOneArgument) {
  const std::string text = "echo \"$A\" 'x' && `y`";
  EXPECT_EQ(*run({false, false, ""}, text, Kind::Post), 0);
  ASSERT_EQ(processes.started().size(), 1u);
  const auto& started = processes.started()[0];
  EXPECT_EQ(started.kind, Kind::Post);
  EXPECT_EQ(started.argv[0], "sh");
  EXPECT_EQ(started.argv[1], "-c");
  EXPECT_THAT(started.argv, Contains(text).Times(1));
  EXPECT_EQ(started.command.environment->at("A"), "1");
  EXPECT_EQ(started.command.directory, "/work");
  EXPECT_EQ(started.command.stdoutFd, -1);
}

TEST_F(RecordedHooks, RunInBashWhereThereIsOne) {
  files.addProgram("/bin/bash");
  EXPECT_EQ(*run({false, true, ""}, "true"), 0);
  EXPECT_EQ(processes.started()[0].argv[0], "bash");
  EXPECT_EQ(processes.started()[0].argv[1], "-e");
}

TEST_F(RecordedHooks, WithoutATextAreNone) {
  EXPECT_EQ(*run({}, ""), 0);
  EXPECT_EQ(*run({}, " \n"), 0);
  EXPECT_TRUE(processes.started().empty());
}

TEST_F(RecordedHooks, ThatFailEndTheContainerIfStrict) {
  processes.onRun = [](const base::Command&) { return 100; };
  EXPECT_EQ(*run({false, true, ""}, "x"), 100);
  EXPECT_EQ(said, "minicluster-entry: hook commands.pre failed with exit status 100\n");
}

TEST_F(RecordedHooks, ThatFailArePassedOverIfNotStrict) {
  processes.onRun = [](const base::Command&) { return 100; };
  EXPECT_EQ(*run({false, false, ""}, "x"), 0);
  EXPECT_THAT(said, HasSubstr("failed with exit status 100; going on"));
}

TEST_F(RecordedHooks, KeepTheirOutputBackIfQuiet) {
  const auto write = [](const base::Command& command) {
    EXPECT_EQ(command.stdoutFd, command.stderrFd);
    EXPECT_TRUE(base::writeAll(command.stdoutFd, "E: no such package\n"));
  };
  processes.onRun = [&](const base::Command& command) { return write(command), 0; };
  EXPECT_EQ(*run({true, true, ""}, "x"), 0);
  EXPECT_EQ(said, "");
  processes.onRun = [&](const base::Command& command) { return write(command), 2; };
  EXPECT_EQ(*run({true, true, ""}, "x"), 2);
  EXPECT_EQ(said,
            "E: no such package\n"
            "minicluster-entry: hook commands.pre failed with exit status 2\n");
}

TEST_F(RecordedHooks, SayIfThereIsNoShell) {
  processes.onRun = [](const base::Command&) -> base::Result<int> {
    return base::fail(ENOENT, "sh: No such file or directory");
  };
  EXPECT_EQ(*run({true, true, ""}, "x"), 127);
  EXPECT_THAT(said, HasSubstr("hook commands.pre can't be run: the image has no shell (sh)"));
  EXPECT_EQ(*run({true, false, ""}, "x"), 0);
}

TEST_F(RecordedHooks, SayIfTheirDirectoryIsGone) {
  files.addProgram("/bin/sh");
  processes.onRun = [](const base::Command&) -> base::Result<int> {
    return base::fail(ENOENT, "sh: No such file or directory");
  };
  EXPECT_EQ(*run({true, true, ""}, "x"), 126);
  EXPECT_THAT(said, HasSubstr("can't be run: sh: No such file or directory"));
}

TEST_F(RecordedHooks, ThatWereEndedAreNotCalledFailed) {
  processes.onRun = [this](const base::Command&) {
    processes.stop(143);
    return 143;
  };
  EXPECT_EQ(*run({true, true, ""}, "x"), 143);
  EXPECT_EQ(said, "");
  EXPECT_EQ(run({true, true, ""}, "y").error().errnum, ECANCELED);
}

/// Hooks in a real shell.
class RealHooks : public testing::Test {
 protected:
  int run(const std::string& text, bool strict = true) {
    const auto status = hooks(strict).run("pre", text, Kind::Hook, environment);
    EXPECT_TRUE(status);
    return status.value_or(-1);
  }
  HookRunner& hooks(bool strict) {
    runner_ = std::make_unique<HookRunner>(supervisor, *loop, files, messages,
                                           HookRules{true, strict, ENTRY_PROGRAM});
    return *runner_;
  }

  std::string said;
  Messages messages{[this](std::string_view text) { said += text; }, true};
  std::unique_ptr<base::Loop> loop = base::makeLoop();
  base::SystemProcessRunner processRunner;
  Supervisor supervisor{*loop, processRunner, messages, {}};
  SystemFiles files;
  Environment environment = currentEnvironment();
  std::unique_ptr<HookRunner> runner_;
};

TEST_F(RealHooks, LeaveWhatTheyExport) {
  const TemporaryDirectory directory;
  EXPECT_EQ(run("export GREETING='a \"b\"\nc'; LOCAL=1; cd " + directory / ""), 0);
  EXPECT_EQ(environment.get("GREETING"), "a \"b\"\nc");
  EXPECT_EQ(environment.variables.count("LOCAL"), 0u);
  EXPECT_EQ(environment.directory + "/", directory / "");
  EXPECT_EQ(run("[ \"$GREETING\" = 'a \"b\"\nc' ] && unset GREETING"), 0);
  EXPECT_EQ(environment.variables.count("GREETING"), 0u);
}

TEST_F(RealHooks, ThatEndTheShellLeaveNothing) {
  EXPECT_EQ(run("export GREETING=x; exit 0"), 0);
  EXPECT_EQ(environment.variables.count("GREETING"), 0u);
  EXPECT_EQ(run("export GREETING=x; exit 7"), 7);
}

TEST_F(RealHooks, EndAtTheFirstFailureIfStrict) {
  EXPECT_EQ(run("false\ntrue"), 1);
  EXPECT_EQ(run("false\nexport GREETING=x", false), 0);
  EXPECT_EQ(environment.get("GREETING"), "x");
  EXPECT_EQ(run("(exit 3)", false), 0);
  EXPECT_THAT(said, HasSubstr("exit status 3; going on"));
}

TEST_F(RealHooks, WithBadSyntaxFail) {
  EXPECT_NE(run("if true; then"), 0);
  EXPECT_THAT(said, HasSubstr("failed with exit status"));
}

}  // namespace
}  // namespace mc::entry
