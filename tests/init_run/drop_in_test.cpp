// lastcall-init under the names of tini, dumb-init and catatonit, and beside them.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "init/drop_in_cases.hpp"
#include "init_run/keeper_process.hpp"

namespace lastcall::init {

/// For the messages of GoogleTest.
static void PrintTo(const drop_in_program& one, std::ostream* out) { *out << one.name; }

}  // namespace lastcall::init

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using init::drop_in_case;
using init::drop_in_program;
using init::says;

struct run_result {
    int status = -1;
    std::string out;
    std::string err;
};

run_result run(const std::string& program, const drop_in_case& one) {
    keeper_request what{place::subreaper, {}, {}};
    what.program = program;
    what.separates = false;
    for (const char* argument : one.arguments) {
        if (argument == nullptr) {
            break;
        }
        what.command.emplace_back(argument);
    }
    what.prepare = [&] {
        const std::string path = std::getenv("PATH");
        ::clearenv();
        ::setenv("PATH", path.c_str(), 1);
        for (const char* entry : one.environment) {
            if (entry != nullptr) {
                ::putenv(const_cast<char*>(entry));
            }
        }
    };
    keeper_process k(what);
    run_result result;
    result.status = k.wait();
    result.out = k.out();
    result.err = k.err();
    return result;
}

void agrees(const run_result& found, const drop_in_case& one) {
    EXPECT_EQ(found.status, one.exit_status) << found.out << found.err;
    if (one.where != says::anything) {
        EXPECT_EQ(!found.out.empty(), one.where == says::on_stdout) << found.out;
        EXPECT_EQ(!found.err.empty(), one.where == says::on_stderr) << found.err;
    }
}

/// Links of other names to lastcall-init.
class links {
public:
    std::string link(const std::string& name) {
        const std::string path = folder_ / name;
        if (!std::filesystem::exists(path)) {
            std::filesystem::create_symlink(keeper_path(), path);
        }
        return path;
    }

private:
    const private_folder folder_;
};

class KeeperDropIn : public links, public ::testing::TestWithParam<drop_in_program> {};
class KeeperAsAnother : public links, public ::testing::Test {};

INSTANTIATE_TEST_SUITE_P(Real, KeeperDropIn, ::testing::ValuesIn(init::drop_in_programs),
                         [](const auto& one) {
                             std::string name = one.param.name;
                             std::erase(name, '-');
                             return name;
                         });

TEST_P(KeeperDropIn, AgreesWithTheTable) {
    for (const drop_in_case& one : GetParam().cases) {
        SCOPED_TRACE(one.about);
        agrees(run(link(GetParam().name), one), one);
    }
}

TEST_P(KeeperDropIn, TheTableAgreesWithTheOriginal) {
    if (!std::filesystem::exists(GetParam().original)) {
        GTEST_SKIP() << "NOT TESTED: " << GetParam().original << " is not installed";
    }
    for (const drop_in_case& one : GetParam().cases) {
        SCOPED_TRACE(one.about);
        agrees(run(GetParam().original, one), one);
    }
}

std::vector<std::string> subreaper_options(const std::string& name) {
    return name.starts_with("tini") ? std::vector<std::string>{"-s"} : std::vector<std::string>{};
}

// Without a budget a stop is the main program's affair, as it is under the original.
TEST_P(KeeperDropIn, OnlyPassesAStopOnWithoutABudget) {
    keeper_request what{place::subreaper, subreaper_options(GetParam().name),
                        shell("trap 'echo told' TERM; echo ready; "
                              "while :; do sleep 0.02; done & while :; do wait; done")};
    what.program = link(GetParam().name);
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready"));
    for (int i = 0; i < 4; ++i) {  // three would kill
        k.signal(SIGTERM);
        ASSERT_TRUE(k.wait_for("told"));
        ::usleep(50'000);
    }
    EXPECT_EQ(::kill(k.pid(), 0), 0);
    EXPECT_TRUE(k.err().empty()) << k.err();
}

TEST_P(KeeperDropIn, KillsAtTheEndOfABudgetThatItWasGiven) {
    keeper_request what{place::subreaper,
                        subreaper_options(GetParam().name),
                        shell("trap '' TERM; echo ready; while :; do sleep 1; done"),
                        {"LASTCALL_GRACE=700ms"}};
    what.program = link(GetParam().name);
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137);
    EXPECT_TRUE(has(k.err(), "not stopped, and will be killed")) << k.err();
    EXPECT_FALSE(has(k.err(), "\"schema\"")) << "the last line is only lastcall-init's own";
}

TEST_P(KeeperDropIn, WaitsForWhatTheMainProgramLeavesBehind) {
    const private_folder folder;
    const std::string script =
        "setsid sh -c 'trap \"sleep 0.3; echo clean; exit 0\" TERM; "
        "echo up=$$.; while :; do sleep 0.02; done' & sleep 0.3; exit 3";
    for (const bool waits : {true, false}) {
        keeper_request what{place::subreaper, subreaper_options(GetParam().name), shell(script)};
        what.program = link(GetParam().name);
        if (!waits) {
            what.environment = {"LASTCALL_WAIT_FOR=main"};
        }
        keeper_process k(what);
        EXPECT_EQ(k.wait(), 3) << k.err();
        ASSERT_TRUE(has(k.out(), "up="));
        EXPECT_EQ(has(k.out(), "clean"), waits) << k.err();
        if (!waits) {
            const pid_t left = std::stoi(k.out().substr(k.out().find('=') + 1));
            EXPECT_EQ(::kill(left, SIGKILL), 0) << "it was to be left behind";
        }
        EXPECT_TRUE(wait_until(nothing_is_left));
    }
}

TEST_F(KeeperAsAnother, WarnsOfAnOrphanAsTiniDoes) {
    keeper_request what{place::subreaper, {"-s", "-w"}, shell("(sleep 0.1 &); sleep 0.3")};
    what.program = link("tini");
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 0);
    EXPECT_TRUE(has(k.err(), "reaped zombie process with pid=")) << k.err();
}

char state_of(pid_t pid) {
    const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    const auto at = stat.rfind(") ");
    return at == std::string::npos ? '-' : stat[at + 2];
}

TEST_F(KeeperAsAnother, SuspendsItselfAsDumbInitDoes) {
    std::vector<std::string> programs{link("dumb-init")};
    if (std::filesystem::exists("/usr/bin/dumb-init")) {
        programs.emplace_back("/usr/bin/dumb-init");
    }
    for (const std::string& program : programs) {
        SCOPED_TRACE(program);
        keeper_request what{place::subreaper, {}, shell("echo pid=$$.; exec sleep 30")};
        what.program = program;
        keeper_process k(what);
        ASSERT_TRUE(k.wait_for("."));
        const pid_t main = std::stoi(k.out().substr(4));
        k.signal(SIGTSTP);
        EXPECT_TRUE(wait_until([&] { return state_of(k.pid()) == 'T' && state_of(main) == 'T'; }))
            << state_of(k.pid()) << state_of(main);
        k.signal(SIGCONT);
        EXPECT_TRUE(wait_until([&] { return state_of(k.pid()) == 'S' && state_of(main) != 'T'; }))
            << state_of(k.pid()) << state_of(main);
        k.signal(SIGTERM);
        EXPECT_EQ(k.wait(), 143);
    }
}

TEST_F(KeeperAsAnother, PausesAsCatatonitDoes) {
    for (const int number : {SIGTERM, SIGINT}) {
        keeper_request what{place::subreaper, {"-P"}, {}};
        what.program = link("catatonit");
        what.separates = false;
        keeper_process k(what);
        // It waits for signals then; what came before had its default action.
        ASSERT_TRUE(wait_until([&] {
            return has(read_file("/proc/" + std::to_string(k.pid()) + "/wchan"), "sigtimedwait");
        }));
        k.signal(number);
        EXPECT_EQ(k.wait(), 0) << k.err();
        EXPECT_LT(k.took(), 5s);
    }
}

}  // namespace
}  // namespace lastcall::init_run
