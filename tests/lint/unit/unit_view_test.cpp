#include "lint/unit/unit_view.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "lint/unit/unit_command.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

unit_view view_of(std::vector<std::string> texts, std::string_view name = "web.service") {
    std::vector<unit_file> files;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        files.push_back(read_unit_file("[Service]\n" + texts[i], std::to_string(i)));
        files.back().comments.clear();  // they point into the text, which is gone
    }
    return {name, std::move(files)};
}

std::vector<std::string> words_of(const unit_command& command) {
    std::vector<std::string> made;
    for (const auto& one : command.words) {
        made.push_back((one.is_known ? "" : "?") + one.text.text());
    }
    return made;
}

std::vector<std::vector<std::string>> commands_of(const unit_view& unit,
                                                  std::string_view setting = "ExecStart") {
    std::vector<std::vector<std::string>> made;
    for (const auto& one : unit_commands(unit, "Service", setting)) {
        made.push_back(words_of(one));
    }
    return made;
}

using command_list = std::vector<std::vector<std::string>>;

TEST(UnitView, TheLastAcceptedValueHoldsAndSaysWhereItIsFrom) {
    const auto unit = view_of({"TimeoutStopSec=90\nKillSignal=TERM\n",
                               "TimeoutStopSec=5x\nTimeoutStopSec=\nKillSignal=QUIT\n"});
    const auto timeout = unit.stop_timeout();
    ASSERT_TRUE(timeout);
    EXPECT_EQ(timeout->value, 90s) << "systemd passes over what it can not parse";
    EXPECT_EQ(timeout->from.file->path, "0");
    EXPECT_EQ(timeout->from.setting->at.line, 2U);
    const auto signal = unit.signal("Service", "KillSignal");
    ASSERT_TRUE(signal);
    EXPECT_EQ(signal->value, SIGQUIT);
    EXPECT_EQ(signal->from.file->path, "1");
}

TEST(UnitView, TimeoutSecSetsBothAndTheLaterOneWins) {
    const auto both = view_of({"TimeoutStopSec=90\nTimeoutSec=10\n"});
    EXPECT_EQ(both.stop_timeout()->value, 10s);
    EXPECT_EQ(both.start_timeout()->value, 10s);
    const auto later = view_of({"TimeoutSec=10\n", "TimeoutStopSec=0\n"});
    EXPECT_EQ(later.stop_timeout()->value, no_limit) << "0 is no limit";
    EXPECT_EQ(later.start_timeout()->value, 10s);
    EXPECT_FALSE(view_of({"Type=exec\n"}).stop_timeout());
}

TEST(UnitView, AnEmptyOneResetsAList) {
    const auto unit =
        view_of({"ExecStop=/bin/a\nExecStop=/bin/b\n", "ExecStop=\nExecStop=/bin/c\n"});
    EXPECT_EQ(commands_of(unit, "ExecStop"), (command_list{{"/bin/c"}}));
    EXPECT_EQ(unit.said("Service", "ExecStop").size(), 4U);
    EXPECT_TRUE(unit.all("Service", "ExecStart").empty());
}

TEST(UnitView, AWordOfAFewIsTheLastThatIsOne) {
    static constexpr std::string_view modes[] = {"mixed", "none"};
    const auto unit = view_of({"KillMode=mixed\nKillMode=Mixd\nKillMode=\n"});
    ASSERT_TRUE(unit.choice("Service", "KillMode", modes));
    EXPECT_EQ(unit.choice("Service", "KillMode", modes)->text(), "mixed");
    EXPECT_FALSE(unit.text("Service", "KillMode"));
}

TEST(UnitCommand, HasPrefixesQuotesAndEscapes) {
    const auto unit = view_of({"ExecStart=-@+/bin/sh name \"a b\" c\\x20d 'e'f \\q\n"});
    const auto commands = unit_commands(unit, "Service", "ExecStart");
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_TRUE(commands[0].ignores_failure);
    EXPECT_TRUE(commands[0].has_own_name);
    EXPECT_TRUE(commands[0].has_full_privileges);
    EXPECT_EQ(words_of(commands[0]),
              (std::vector<std::string>{"/bin/sh", "a b", "c d", "ef", "\\q"}));
    EXPECT_EQ(commands[0].words[0].at.column, 14U);
    EXPECT_EQ(commands[0].words[1].at.column, 28U);
    EXPECT_EQ(commands[0].words[2].at.column, 33U);
    EXPECT_EQ(commands[0].words[2].at.size, 6U);
}

TEST(UnitCommand, ASemicolonAloneSeparates) {
    EXPECT_EQ(commands_of(view_of({"ExecStart=/bin/a b ; /bin/c \\; d; \";\" \\x3b ;\n"})),
              (command_list{{"/bin/a", "b"}, {"/bin/c", ";", "d;", ";", ";"}}));
}

TEST(UnitCommand, PutsInTheVariablesThatAreKnown) {
    EXPECT_EQ(
        commands_of(view_of({"Environment=A=1 \"B=x y\"\nExecStart=/bin/a ${A}b $B c$A $$A $C\n"})),
        (command_list{{"/bin/a", "1b", "x", "y", "c$A", "$A", "?$C"}}));
    EXPECT_EQ(
        commands_of(view_of({"Environment=A=1\nEnvironmentFile=-/x\nExecStart=/bin/a ${A} $A\n"})),
        (command_list{{"/bin/a", "?${A}", "?$A"}}));
    EXPECT_EQ(commands_of(view_of({"ExecStart=:/bin/a ${A}\n"})),
              (command_list{{"/bin/a", "${A}"}}));
}

TEST(UnitCommand, PutsInSpecifiers) {
    EXPECT_EQ(commands_of(view_of({"ExecStart=/bin/%p %i %I %t/%N 100%% %H\n"}, "web@a-b.service")),
              (command_list{{"/bin/web", "a-b", "a/b", "/run/web@a-b", "100%", "?%H"}}));
    EXPECT_EQ(commands_of(view_of({"ExecStart=/bin/a %i\n"}, "web@.service")),
              (command_list{{"/bin/a", "?%i"}}));
}

TEST(UnitCommand, AnOpenQuoteIsAProblem) {
    const auto commands =
        unit_commands(view_of({"ExecStop=/bin/a \"b c\n"}), "Service", "ExecStop");
    ASSERT_EQ(commands.size(), 1U);
    ASSERT_EQ(commands[0].problems.size(), 1U);
    EXPECT_EQ(words_of(commands[0]), (std::vector<std::string>{"/bin/a", "b c"}));
    EXPECT_EQ(unit_commands(view_of({"ExecStop=-\n"}), "Service", "ExecStop")[0].problems.size(),
              1U);
}

TEST(UnitCommand, OfAMegabyteIsReadToTheEnd) {
    std::string text = "ExecStart=/bin/a ";
    while (text.size() < (1U << 20) - 64) {
        text += "${x \\x3";
    }
    EXPECT_FALSE(commands_of(view_of({text})).empty());
    std::string dollars = "ExecStart=/bin/a ";
    while (dollars.size() < (1U << 20) - 64) {
        dollars += "${x}";
    }
    EXPECT_EQ(commands_of(view_of({dollars}))[0].size(), 2U);
}

}  // namespace
}  // namespace lastcall::lint
