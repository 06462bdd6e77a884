// Each case spoils a good run in one place. What fails is named completely: a criterion that
// fails too much is as wrong as one that does not.
#include <gtest/gtest.h>

#include <functional>

#include "drill/support/record_builder.hpp"
#include "drill/support/verdict_words.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct spoilt {
    const char* name;
    std::function<void(record_builder&)> spoil;
    const char* fails;  ///< all that fail
    const char* warns;  ///< all that warn
    const char* fix;    ///< a part of the fix of the first of them
};

void PrintTo(const spoilt& one, std::ostream* out) { *out << one.name; }

class Spoilt : public ::testing::TestWithParam<spoilt> {};

TEST_P(Spoilt, FailsWhereItIsWrongAndNowhereElse) {
    const auto& [name, spoil, fails, warns, fix] = GetParam();
    record_builder built;
    spoil(built);
    const auto made = judge(built.run);
    EXPECT_EQ(ids(made, standing::fail), fails);
    EXPECT_EQ(ids(made, standing::warn), warns);
    EXPECT_EQ(ids(made, standing::inconclusive), "");
    const std::string_view first = *fails != '\0' ? fails : warns;
    EXPECT_NE(made.of(first.substr(0, 3)).fix.find(fix), std::string::npos)
        << made.of(first.substr(0, 3)).fix;
    EXPECT_EQ(made.exit_status(), *fails != '\0' ? 3 : 0);
    for (const auto& one : made.criteria) {
        const bool is_bad = one.how == standing::fail || one.how == standing::warn;
        EXPECT_EQ(is_bad, !one.fix.empty()) << one.id;
        EXPECT_TRUE(!is_bad || (!one.why.empty() && !one.measured.empty())) << one.id;
    }
}

exchange with_effect(exchange one, std::uint64_t effect) {
    one.effect = effect;
    return one;
}

const std::vector<spoilt> exits{
    {"LateExit", [](auto& b) { b.run.expected.exit_within = milliseconds(500); }, "V01", "",
     "what it waits for"},
    {"LateExitExplained",
     [](auto& b) {
         b.run.expected.exit_within = milliseconds(500);
         b.trial().explanations = {
             {at_ms(300), 7, "shell-in-front", "L14", "a shell", "write exec"}};
     },
     "V01", "", "write exec"},
    {"LateExitSinceTheDelete",
     [](auto& b) {
         b.make_kubernetes(5000);
         b.run.expected.exit_within = seconds(5);
     },
     "V01", "V09", "budget"},
    {"NeverExited",
     [](auto& b) {
         b.clear(mark::exited);
         b.clear(mark::bindable);
         b.trial().exit = {};
     },
     "V01", "", "waits for"},
    {"Killed",
     [](auto& b) {
         b.set(mark::killed, 590);
         b.trial().exit = {true, 0, 9, false, true, 0, 0};
         b.run.expected.exit_codes = {0, 137};
     },
     "V02", "", "swallow"},
    {"KilledByTheKernel",
     [](auto& b) {
         b.trial().exit = {true, 0, 9, false, false, 0, 0};
         b.run.expected.exit_codes = {0, 137};
     },
     "V02", "", "out-of-memory"},
    {"WrongCode", [](auto& b) { b.trial().exit.code = 1; }, "V03", "", "return 0"},
    {"DiedOfTheSignal", [](auto& b) { b.trial().exit = {true, 0, 15, false, false, 0, 0}; }, "V03",
     "", "SIGTERM"},
    {"CodeOfAnotherParent", [](auto& b) { b.trial().exit.known = false; }, "", "V03", "container"},
    {"SecondSignalKills",
     [](auto& b) {
         b.run.expected.second_signal = "ignored";
         b.run.expected.exit_codes = {0, 130};
         b.set(mark::second_signal, 100);
         b.trial().exit = {true, 0, 2, false, false, 0, 0};
     },
     "V16", "", "SA_RESETHAND"},
    {"SecondSignalDoesNotForce",
     [](auto& b) {
         b.run.expected.second_signal = "forces";
         b.set(mark::second_signal, 100);
         b.set(mark::exited, 1200);
         b.set(mark::bindable, 1201);
     },
     "V16", "", "at once"},
};

const std::vector<spoilt> losses{
    {"ResetInFlight", [](auto& b) { b.add(b.in_flight(outcome::reset_before_response)); }, "V04",
     "", "wait for the handlers"},
    {"ResetAfterwards",
     [](auto& b) {
         auto one = b.in_flight(outcome::closed_before_response);
         one.sent_ns = at_ms(20);
         one.at_signal = cell::idle;
         b.add(one);
     },
     "V04", "", "Connection: close"},
    {"AcceptQueueDropped",
     [](auto& b) {
         for (int i = 0; i < 3; ++i) {
             auto one = b.in_flight(outcome::accept_dropped);
             one.nth = 0;
             one.at_signal = cell::queued;
             b.add(one);
         }
         b.add(b.in_flight(outcome::reset_before_response));
     },
     "V04", "", "drain the accept queue"},
    {"HalfABody",
     [](auto& b) {
         auto one = b.in_flight(outcome::reset_before_response);
         one.at_signal = cell::half_body;
         b.add(one);
     },
     "V04", "", "first byte of a request"},
    {"ServerError", [](auto& b) { b.add(b.in_flight(outcome::error_5xx)); }, "V04", "",
     "after the drain"},
    {"Shed", [](auto& b) { b.add(b.in_flight(outcome::shed_503)); }, "V04", "", "shedding_is_fine"},
    {"NewClientError", [](auto& b) { b.add(b.in_flight(outcome::error_4xx)); }, "V04", "",
     "turned away"},
    {"Malformed", [](auto& b) { b.add(b.in_flight(outcome::malformed)); }, "V04", "",
     "no response"},
    {"RefusedBeforeTheRoutesAreWithdrawn",
     [](auto& b) {
         b.set(mark::routes_withdrawn, 1000);
         b.add(b.on_new_connection(outcome::refused));
     },
     "V05", "", "lame duck"},
    {"Http2RefusedBeforeTheRoutesAreWithdrawn",
     [](auto& b) {
         auto one = b.on_new_connection(outcome::refused);
         one.lane = "h2";
         b.set(mark::routes_withdrawn, 1000);
         b.add(one);
     },
     "V05", "", "lame duck"},
    {"RefusedDuringThePreStop",
     [](auto& b) {
         b.make_kubernetes(3000);
         auto one = b.on_new_connection(outcome::refused);
         one.opened_ns = at_ms(-2000);
         one.end_ns = at_ms(-1999);
         b.add(one);
     },
     "V05", "V09", "preStop"},
    {"NewConnectionDropped", [](auto& b) { b.add(b.on_new_connection(outcome::accept_dropped)); },
     "V05", "", "accept queue"},
    {"NewConnectionHangs", [](auto& b) { b.add(b.on_new_connection(outcome::connect_hung)); },
     "V05 V07", "", "keep accepting"},
    {"CutBody", [](auto& b) { b.add(b.in_flight(outcome::cut_in_body)); }, "V04 V06", "",
     "last byte"},
    {"CutTls", [](auto& b) { b.add(b.in_flight(outcome::cut_tls)); }, "V04 V06", "",
     "close_notify"},
    {"Hung", [](auto& b) { b.add(b.in_flight(outcome::hung_first)); }, "V04 V07", "",
     "never served again"},
    {"WebSocketGone", [](auto& b) { b.add(session(b, outcome::ws_gone)); }, "V04 V13", "", "1001"},
    {"StreamLost",
     [](auto& b) {
         auto one = b.in_flight(outcome::h2_lost);
         one.at_signal = cell::h2_active;
         b.add(one);
     },
     "V04 V13", "", "GOAWAY"},
    {"Allowed",
     [](auto& b) {
         b.run.expected.allowed_losses = 2;
         add_times(b, 2, b.in_flight(outcome::cut_in_body));
     },
     "", "V04 V06", "last byte"},
    {"MoreThanAllowed",
     [](auto& b) {
         b.run.expected.allowed_losses = 2;
         add_times(b, 3, b.in_flight(outcome::cut_in_body));
     },
     "V04 V06", "", "last byte"},
};

const std::vector<spoilt> drains{
    {"NeverUnready", [](auto& b) { b.clear(mark::not_ready); }, "V08", "", "503"},
    {"LateUnready", [](auto& b) { b.set(mark::not_ready, 1001); }, "V08", "", "503"},
    {"ShortLameDuck", [](auto& b) { b.run.expected.lame_duck_at_least = milliseconds(51); }, "V09",
     "", "serve on"},
    {"ShorterThanTheRoutes",
     [](auto& b) {
         b.make_kubernetes(3000);
         b.run.expected.route_lag = milliseconds(3101);
     },
     "V09", "", "preStop"},
    {"ListenerClosedByTheExit", [](auto& b) { b.set(mark::listener_closed, 600); }, "", "V10",
     "lame duck is over"},
    {"ListenerClosedByADeath",
     [](auto& b) {
         b.trial().exit = {true, 0, 15, false, false, 0, 0};
         b.set(mark::listener_closed, 599);
     },
     "V03", "V10", "exit_codes"},
    {"ListenerNeverSeenClosed", [](auto& b) { b.clear(mark::listener_closed); }, "", "V10",
     "then exit"},
    {"ListenerLeft",
     [](auto& b) {
         b.trial().leftovers = {{leftover::kind::listener, "pid 7 sleep"}};
         b.clear(mark::listener_closed);
         b.clear(mark::bindable);
     },
     "V10 V14", "", "SOCK_CLOEXEC"},
    {"NothingAnnounced",
     [](auto& b) {
         auto one = b.answered(200, 5);
         add_times(b, 20, one);
     },
     "V11", "", "Connection: close"},
    {"OneNotAnnounced", [](auto& b) { b.add(b.answered(200, 5)); }, "", "V11", "Connection: close"},
    {"IdleRace",
     [](auto& b) {
         auto one = b.in_flight(outcome::idle_race);
         one.sent_ns = at_ms(10);
         b.add(one);
     },
     "", "V11", "some seconds later"},
    {"TooManyIdleRaces",
     [](auto& b) {
         b.run.expected.allowed_idle_races = 1;
         auto one = b.in_flight(outcome::idle_race);
         one.sent_ns = at_ms(10);
         add_times(b, 2, one);
     },
     "V11", "", "some seconds later"},
    {"IdleKept", [](auto& b) { b.run.expected.idle_closed_within = milliseconds(84); }, "V12", "",
     "closeIdleConnections"},
    {"IdleKeptUntilWeClosed",
     [](auto& b) {
         b.run.expected.idle_closed_within = milliseconds(200);
         b.trial().connections[0].end_ns = at_ms(550);
         b.trial().connections[0].how = quiet_end::by_us;
     },
     "V12", "", "keep-alive timeout"},
    {"IdleReset", [](auto& b) { b.trial().connections[0].how = quiet_end::reset; }, "", "V12",
     "shutdown(2)"},
};

const std::vector<spoilt> afterwards{
    {"ProcessLeft",
     [](auto& b) {
         b.trial().leftovers = {{leftover::kind::process, "pid 7 sleep 100"}};
     },
     "V14", "", "wait for the processes"},
    {"SocketLeft",
     [](auto& b) {
         b.trial().leftovers = {{leftover::kind::unix_socket, "x.sock"}};
     },
     "V14", "", "unlink"},
    {"FileLeft",
     [](auto& b) {
         b.trial().leftovers = {{leftover::kind::file, "x.pid"}};
     },
     "", "V14", "pid files"},
    {"EffectLost", [](auto& b) { b.trial().effects = effect_ledger{20, 20, 19, {7}, {}, ""}; },
     "V15", "", "durable"},
    {"EffectDoneAfterASaidNo",
     [](auto& b) {
         b.trial().effects = effect_ledger{20, 19, 20, {}, {7}, ""};
         b.run.expected.shedding_is_fine = true;
         b.add(with_effect(b.in_flight(outcome::shed_503), 7));
     },
     "V15", "", "do not begin work"},
    {"EffectNotAcknowledged",
     [](auto& b) { b.trial().effects = effect_ledger{20, 19, 20, {}, {7}, ""}; }, "", "V15",
     "idempotency"},
    {"PortNotFree", [](auto& b) { b.clear(mark::bindable); }, "V17", "", "SO_REUSEADDR"},
    {"PortFreeLate", [](auto& b) { b.set(mark::bindable, 1601); }, "V17", "", "SO_REUSEADDR"},
    {"PortFreeSoon", [](auto& b) { b.set(mark::bindable, 701); }, "", "V17", "SO_REUSEADDR"},
    {"TrialsDisagree",
     [](auto& b) {
         b.add(b.in_flight(outcome::reset_before_response));
         b.add_trial();
     },
     "V04 V18", "", "handlers"},
    {"OneTrialIsMuchLonger",
     [](auto& b) {
         b.add_trial();
         b.add_trial();
         b.set(mark::exited, 3000);
         b.set(mark::bindable, 3001);
     },
     "", "V18", "timeline"},
};

const auto name_of = [](const auto& one) { return one.param.name; };
INSTANTIATE_TEST_SUITE_P(Exit, Spoilt, ::testing::ValuesIn(exits), name_of);
INSTANTIATE_TEST_SUITE_P(Losses, Spoilt, ::testing::ValuesIn(losses), name_of);
INSTANTIATE_TEST_SUITE_P(Drain, Spoilt, ::testing::ValuesIn(drains), name_of);
INSTANTIATE_TEST_SUITE_P(After, Spoilt, ::testing::ValuesIn(afterwards), name_of);

}  // namespace
}  // namespace lastcall::drill
