// A run in which a command is the event: nobody is asked to end, and no signal is spoken of.
#include <gtest/gtest.h>

#include "drill/report/headline.hpp"
#include "drill/report/reports.hpp"
#include "drill/support/record_builder.hpp"
#include "drill/support/verdict_words.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {
namespace {

/// A good run, as of `lastcall deploy web`: the process that was there goes on.
record_builder deploy() {
    record_builder built;
    built.run.signal.clear();
    built.run.event = "lastcall deploy web";
    built.run.expected.ends = false;
    for (const auto which : {mark::signal_taken, mark::routes_withdrawn, mark::not_ready,
                             mark::listener_closed, mark::exited, mark::bindable}) {
        built.clear(which);
    }
    built.set(mark::event_ended, 1500);
    built.trial().exit = {};
    return built;
}

TEST(Event, OfWhichNothingIsLostPassesAndAsksNobodyToEnd) {
    const auto built = deploy();
    const auto made = judge(built.run);
    EXPECT_EQ(made.overall, standing::pass);
    EXPECT_EQ(ids(made, standing::not_asked).find("V01 V02 V03 V05 V08"), 0U)
        << ids(made, standing::not_asked);
    EXPECT_EQ(made.of("V04").how, standing::pass);
    EXPECT_EQ(made.of("V05").how, standing::not_asked);
}

TEST(Event, IsNamedAndNoSignalIs) {
    auto built = deploy();
    built.add(built.in_flight(outcome::cut_in_body));
    built.add(built.on_new_connection(outcome::refused));
    const auto made = judge(built.run);
    EXPECT_EQ(made.overall, standing::fail);
    for (const auto& text :
         {headline(built.run, made), to_terminal(built.run, made, {false, 200})}) {
        EXPECT_NE(text.find("`lastcall deploy web` took 1.5 s"), std::string::npos) << text;
        EXPECT_EQ(text.find("SIG"), std::string::npos) << text;
        EXPECT_EQ(text.find("signal"), std::string::npos) << text;
        EXPECT_EQ(text.find("the stop"), std::string::npos) << text;
        EXPECT_EQ(text.find("no exit"), std::string::npos) << text;
    }
}

TEST(Event, JudgesAnExitThatNobodyAskedFor) {
    auto built = deploy();
    built.set(mark::exited, 100);
    built.trial().exit = {true, 0, 11, false, false, 0, 0};
    const auto made = judge(built.run);
    EXPECT_EQ(ids(made, standing::fail), "V03");
    EXPECT_NE(made.of("V03").fix.find("was to go on"), std::string::npos) << made.of("V03").fix;
}

TEST(Reload, OfAServiceWithoutAHandlerSaysSo) {
    auto built = deploy();
    built.run.event.clear();
    built.run.signal = "SIGHUP";
    built.run.sequence = "reload";
    built.set(mark::exited, 5);
    built.trial().exit = {true, 0, 1, false, false, 0, 0};
    const auto made = judge(built.run);
    EXPECT_EQ(ids(made, standing::fail), "V03");
    EXPECT_NE(made.of("V03").fix.find("handle SIGHUP"), std::string::npos) << made.of("V03").fix;
}

TEST(Report, NamesNoCommandThatIsNotThere) {
    record_builder built;
    built.run.expected.exit_within = std::chrono::milliseconds(500);
    const auto made = judge(built.run);
    EXPECT_EQ(made.of("V01").how, standing::fail);
    EXPECT_EQ(made.of("V01").fix.find("lastcall doctor"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::drill
