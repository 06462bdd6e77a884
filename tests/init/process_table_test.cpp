#include "sys/process/process_table.hpp"

#include <algorithm>
#include <set>

#include "init/child.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_facts.hpp"

using namespace lastcall;
using lastcall::init_test::child;
using lastcall::init_test::fork_below;
using lastcall::init_test::state_of;
using lastcall::init_test::wait_until;

namespace {

std::vector<sys::process_entry> descendants_of(int root, sys::walk_by way, std::size_t room = 512) {
    std::vector<sys::process_entry> table(room);
    table.resize(sys::find_descendants(root, table, way).count);
    return table;
}

sys::process_facts facts_of(int pid) {
    sys::process_facts facts;
    EXPECT_TRUE(sys::read_process_facts(pid, facts));
    return facts;
}

bool has(std::uint64_t mask, int number) { return (mask >> (number - 1) & 1U) != 0; }

TEST(ProcessStat, IsReadWhateverTheNameHolds) {
    const auto entry = sys::parse_process_stat(
        "12 (a) R (b\n 7) S 1 3 4 0 -1 4 0 0 0 0 0 0 0 0 20 0 5 0 9988 0 0\n");
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->pid, 12);
    EXPECT_EQ(entry->state, 'S');
    EXPECT_EQ(entry->ppid, 1);
    EXPECT_EQ(entry->pgid, 3);
    EXPECT_EQ(entry->sid, 4);
    EXPECT_EQ(entry->threads, 5U);
    EXPECT_EQ(entry->start_time, 9988U);
    EXPECT_TRUE(entry->is_exiting);
}

TEST(ProcessStat, RefusesWhatIsNone) {
    const std::string whole = "12 (sh) S 1 3 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 5 0 9988";
    ASSERT_TRUE(sys::parse_process_stat(whole));
    for (std::size_t size = 0; size < whole.find(" 9988") + 1; ++size) {
        EXPECT_FALSE(sys::parse_process_stat(whole.substr(0, size))) << size;
    }
    for (const char* text : {"", "()", ")(", "x (sh) S 1", "99999999999999999999 (sh) S 1 3",
                             "12 (sh) S -1 3 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 5 0 9988",
                             "12 (sh) S 1 3 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 5 0 99999999999999999999",
                             "12 (sh) SS 1 3 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 5 0 9988"}) {
        EXPECT_FALSE(sys::parse_process_stat(text)) << text;
    }
}

TEST(ProcessStatus, LeavesOutLinesThatAreNotRight) {
    sys::process_facts facts;
    sys::parse_process_status(
        "Name:\tTracerPid: 9\nUid:\t7 7 7 7\nTracerPid:\t-3\nNSpid:\t400\t1\n"
        "SigIgn:\tnonsense\nSigCgt:\t11111111111111111111111111\nShdPnd:\t4000",
        facts);
    EXPECT_EQ(facts.uid, 7U);
    EXPECT_EQ(facts.tracer, 0);
    EXPECT_EQ(facts.namespace_pid, 1);
    EXPECT_EQ(facts.signals.ignored, 0U);
    EXPECT_EQ(facts.signals.caught, 0U);
    EXPECT_EQ(facts.signals.pending_shared, 0x4000U);
}

class Descendants : public ::testing::TestWithParam<sys::walk_by> {};

INSTANTIATE_TEST_SUITE_P(Ways, Descendants,
                         ::testing::Values(sys::walk_by::children_files, sys::walk_by::parent_ids));

TEST_P(Descendants, AreFoundAtEveryDepthAlsoInAnotherSession) {
    child top([](const auto& ready) {
        fork_below([] {});
        fork_below([&] {
            ::setsid();
            fork_below([&] { ready("deep"); });
        });
    });
    ASSERT_TRUE(wait_until([&] { return descendants_of(::getpid(), GetParam()).size() == 4; }));
    const auto found = descendants_of(::getpid(), GetParam());
    EXPECT_EQ(found[0].pid, top.pid());
    EXPECT_EQ(found[0].depth, 0U);
    EXPECT_EQ(found[0].children, 2U);
    EXPECT_EQ(found[3].depth, 2U);
    EXPECT_NE(found[3].sid, found[0].sid);
    EXPECT_EQ(found[3].ppid, found[found[3].parent].pid);
    for (std::size_t i = found.size(); i-- > 0;) {
        ::kill(found[i].pid, SIGKILL);
    }
}

TEST_P(Descendants, OfAThreadAreTheProcessesToo) {
    child top([](const auto& ready) {
        // The child belongs to the thread that forked it, and that thread lives on.
        std::thread([&] {
            fork_below([] {});
            ready("");
            init_test::sleep_for_ever();
        }).detach();
        init_test::sleep_for_ever();
    });
    const auto found = descendants_of(top.pid(), GetParam());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].ppid, top.pid());
    ::kill(found[0].pid, SIGKILL);
}

TEST_P(Descendants, AreCutWhereThereIsNoRoom) {
    child top([](const auto& ready) {
        for (int i = 0; i < 5; ++i) {
            fork_below([] {});
        }
        ready("");
    });
    std::vector<sys::process_entry> table(3);
    const auto few = sys::find_descendants(top.pid(), table, GetParam());
    EXPECT_EQ(few.count, 3U);
    EXPECT_TRUE(few.is_cut);
    const auto all = descendants_of(top.pid(), GetParam());
    EXPECT_EQ(all.size(), 5U);
    for (const auto& one : all) {
        ::kill(one.pid, SIGKILL);
    }
}

TEST_P(Descendants, OfNobodyAreNone) {
    EXPECT_TRUE(descendants_of(::getpid(), GetParam()).empty());
    EXPECT_TRUE(descendants_of(4'194'303, GetParam()).empty());
}

TEST_P(Descendants, AreCutWhenTheTimeIsOver) {
    child top([](const auto& ready) { ready(""); });
    std::vector<sys::process_entry> table(8);
    const auto found =
        sys::find_descendants(::getpid(), table, GetParam(), std::chrono::nanoseconds(1));
    EXPECT_EQ(found.count, 0U);
    EXPECT_TRUE(found.is_cut);
}

TEST(Descendants, AreReadFromTopToBottom) {
    // 0 has the children 2 and 3, of which 2 has 4; 1 stands beside 0 and has 5.
    std::vector<sys::process_entry> found(6);
    found[0] = {.pid = 10, .depth = 0, .parent = 0, .first_child = 2, .children = 2};
    found[1] = {.pid = 11, .depth = 0, .parent = 1, .first_child = 5, .children = 1};
    found[2] = {.pid = 12, .depth = 1, .parent = 0, .first_child = 4, .children = 1};
    found[3] = {.pid = 13, .depth = 1, .parent = 0};
    found[4] = {.pid = 14, .depth = 2, .parent = 2};
    found[5] = {.pid = 15, .depth = 1, .parent = 1};
    std::vector<int> order;
    for (std::size_t at = 0; at < found.size(); at = sys::next_in_tree(found, at)) {
        order.push_back(found[at].pid);
    }
    EXPECT_EQ(order, (std::vector<int>{10, 12, 14, 13, 11, 15}));
}

TEST(ProcessFacts, TellWhatASignalWouldDo) {
    child one([](const auto& ready) {
        ::signal(SIGTERM, SIG_IGN);
        ::signal(SIGINT, [](int) {});
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGHUP);
        ::sigprocmask(SIG_BLOCK, &set, nullptr);
        ready("");
    });
    ::kill(one.pid(), SIGHUP);
    const auto facts = facts_of(one.pid());
    EXPECT_TRUE(has(facts.signals.ignored, SIGTERM));
    EXPECT_FALSE(has(facts.signals.caught, SIGTERM));
    EXPECT_TRUE(has(facts.signals.caught, SIGINT));
    EXPECT_TRUE(has(facts.signals.blocked_by_all, SIGHUP));
    EXPECT_TRUE(has(facts.signals.pending_shared, SIGHUP));
    EXPECT_EQ(facts.uid, ::getuid());
    EXPECT_EQ(facts.entry.ppid, ::getpid());
}

TEST(ProcessFacts, DoNotCallASignalBlockedThatOneThreadTakes) {
    child one([](const auto& ready) {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGTERM);
        std::thread([&] {
            ready("");
            init_test::sleep_for_ever();
        }).detach();
        ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
        init_test::sleep_for_ever();
    });
    ASSERT_TRUE(wait_until([&] { return has(facts_of(one.pid()).signals.blocked, SIGTERM); }));
    EXPECT_FALSE(has(facts_of(one.pid()).signals.blocked_by_all, SIGTERM));
}

TEST(ProcessFacts, NameTheSystemCallAndTheProgram) {
    child one = child::program({"sleep", "1000"});
    ASSERT_TRUE(wait_until([&] { return state_of(one.pid()) == 'S'; }));
    ASSERT_TRUE(
        wait_until([&] { return facts_of(one.pid()).system_call_name == "clock_nanosleep"; }));
    const auto facts = facts_of(one.pid());
    EXPECT_EQ(facts.command.view(), "sleep 1000");
    EXPECT_TRUE(facts.exe.view().find("/") != std::string_view::npos) << facts.exe.view();
    EXPECT_EQ(sys::system_call_name(-1), "");
}

TEST(ProcessFacts, ShowNoCharacterThatATerminalObeys) {
    child one([](const auto& ready) {
        ::prctl(PR_SET_NAME, "a) R (b\n\x1b[");
        ready("");
    });
    EXPECT_EQ(facts_of(one.pid()).comm.view(), "a) R (b\\x0a\\x1b[");
    EXPECT_EQ(facts_of(one.pid()).entry.ppid, ::getpid());
}

TEST(ProcessFacts, SeparateArgumentsByBlanksAndEscapeWhatIsInThem) {
    child one = child::program({"sh", "-c", "kill -STOP $$", "a\tb", "", "c"});
    ASSERT_TRUE(wait_until([&] { return state_of(one.pid()) == 'T'; }));
    EXPECT_EQ(facts_of(one.pid()).command.view(), "sh -c kill -STOP $$ a\\x09b  c");
}

TEST(ProcessFacts, OfAZombieHaveItsNameInBrackets) {
    child one([](const auto&) {
        ::prctl(PR_SET_NAME, "gone");
        ::_exit(0);
    });
    ASSERT_TRUE(wait_until([&] { return state_of(one.pid()) == 'Z'; }));
    const auto facts = facts_of(one.pid());
    EXPECT_EQ(facts.command.view(), "[gone]");
    EXPECT_TRUE(facts.entry.is_dead());
    EXPECT_TRUE(facts.exe.empty());
}

TEST(ProcessFacts, TellALeaderThatLeftItsThreadsFromADeadProcess) {
    child one([](const auto& ready) {
        std::thread([&] {
            while (state_of(::getpid()) != 'Z') {
                ::usleep(1000);
            }
            ready("");
            init_test::sleep_for_ever();
        }).detach();
        ::syscall(SYS_exit, 0);  // of this thread only
    });
    const auto facts = facts_of(one.pid());
    EXPECT_EQ(facts.entry.state, 'Z');
    EXPECT_FALSE(facts.entry.is_dead());
}

TEST(ProcessFacts, OfAStoppedProcessSaySo) {
    child one([](const auto& ready) { ready(""); });
    ::kill(one.pid(), SIGSTOP);
    ASSERT_TRUE(wait_until([&] { return state_of(one.pid()) == 'T'; }));
    EXPECT_EQ(facts_of(one.pid()).entry.state, 'T');
}

TEST(ProcessFacts, OfAProcessThatIsGoneAreNone) {
    child one([](const auto& ready) { ready(""); });
    const int pid = one.pid();
    one.end();
    sys::process_facts facts;
    EXPECT_FALSE(sys::read_process_facts(pid, facts));
}

TEST(ProcReader, ReadsNumbersAsTheyAreOrNotAtAll) {
    EXPECT_EQ(sys::parse_number("18446744073709551615"), 18446744073709551615U);
    for (const char* text : {"", " 1", "1 ", "-1", "+1", "0x1", "18446744073709551616"}) {
        EXPECT_FALSE(sys::parse_number(text)) << text;
    }
    EXPECT_FALSE(sys::parse_id("2147483648"));
    EXPECT_EQ(sys::parse_number("ff", 16), 255U);
}

TEST(ProcReader, CutsALineThatIsLongerThanItsBuffer) {
    char name[] = "/tmp/lastcall_lines_XXXXXX";
    const int fd = ::mkstemp(name);
    ASSERT_GE(fd, 0);
    const std::string text = "first\n" + std::string(30'000, 'x') + "\n\nlast";
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
    sys::proc_path path{std::string_view(name)};
    std::vector<std::string> lines;
    sys::line_reader reader(path);
    while (const auto line = reader.next()) {
        lines.emplace_back(*line);
    }
    ::unlink(name);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[0], "first");
    EXPECT_EQ(lines[1].find_first_not_of('x'), std::string::npos);
    EXPECT_GE(lines[1].size(), 4096U);
    EXPECT_EQ(lines[2], "");
    EXPECT_EQ(lines[3], "last");
}

TEST(ProcReader, PutsWordsTogetherThatTwoReadsDivide) {
    char name[] = "/tmp/lastcall_words_XXXXXX";
    const int fd = ::mkstemp(name);
    ASSERT_GE(fd, 0);
    std::string text;
    for (int i = 100'000; i < 101'000; ++i) {
        text += std::to_string(i) + " ";
    }
    text += "7";
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
    sys::proc_path path{std::string_view(name)};
    std::vector<std::string> words;
    sys::word_reader reader(path);
    while (const auto word = reader.next()) {
        words.emplace_back(*word);
    }
    ::unlink(name);
    ASSERT_EQ(words.size(), 1001U);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(words[static_cast<std::size_t>(i)], std::to_string(100'000 + i));
    }
    EXPECT_EQ(words.back(), "7");
}

}  // namespace
