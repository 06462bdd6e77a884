// shutdown.yaml and profiles: what they set, and what is said about what is wrong.
#include <gtest/gtest.h>

#include <fstream>

#include "drill/contract/settings.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;

class Contract : public testing::Test {
protected:
    std::filesystem::path write(const std::string& text) {
        const auto file = home_.path() / "shutdown.yaml";
        std::ofstream(file) << text;
        return file;
    }

    settings read(const std::string& text) {
        settings made;
        read_contract(write(text), made);
        return made;
    }

    std::string problem_of(const std::string& text) {
        try {
            read(text);
        } catch (const settings_error& e) {
            const std::string all = e.what();
            const auto name = all.rfind("shutdown.yaml");
            return name == std::string::npos ? all : all.substr(name);
        }
        return "it was accepted";
    }

    sys::private_directory home_;
};

TEST_F(Contract, SetsEverything) {
    const auto made = read(R"(
version: 1
sequence: kubernetes
signal: QUIT
grace: 45s
policy: lb
route_lag: 5s
settle: 1s
trials: 3
start_within: 7s
command: [./server, --port, "{port}"]
successor: ./server2 "a b"
event: [nginx, -s, reload]
environment: {A: b, C: "d e"}
endpoints: {url: "http://127.0.0.1:1/", post: /p, slow: /s, download: /d, upload: /u,
            stream: /st, websocket: /w, ready: /r, body: "x{id}", content_type: text/plain}
pre_stop: {sleep: 5s}
second_signal: {signal: INT, after: 50ms, effect: forces}
lame_duck: {min: 3s}
readiness: {flips_within: 2s}
idle: {closed_within: 9s}
exit: {within: 20s, codes: [0, 143]}
allowed: {losses: 1, idle_races: 2, shedding: true}
load: {for: 2s, patience: 4s, route_jitter: 1s, seed: 9, samples_per_cell: 7,
       lanes: [{kind: pool, clients: 3, think: 5ms, post_share: 0.5}, {kind: open, rate: 10.5, poisson: true}]}
effects: {post: /p, list_command: sqlite3 db 'select id from t'}
)");
    EXPECT_EQ(made.sequence.kind, sequence_kind::kubernetes);
    EXPECT_EQ(made.sequence.signal, 3);
    EXPECT_EQ(made.sequence.grace, 45s);
    EXPECT_EQ(made.expected.judge_by, policy::lb);
    EXPECT_EQ(made.sequence.route_lag, 5s);
    EXPECT_EQ(made.trials, 3U);
    EXPECT_EQ(made.start_within, 7s);
    EXPECT_EQ(made.who.command, (std::vector<std::string>{"./server", "--port", "{port}"}));
    EXPECT_EQ(made.successor, (std::vector<std::string>{"./server2", "a b"}));
    EXPECT_EQ(made.sequence.event, (std::vector<std::string>{"nginx", "-s", "reload"}));
    EXPECT_EQ(made.environment, (std::vector<std::string>{"A=b", "C=d e"}));
    EXPECT_EQ(made.where.body, "x{id}");
    EXPECT_EQ(made.where.websocket, "/w");
    EXPECT_EQ(made.sequence.pre_stop.what, pre_stop_plan::kind::sleep);
    EXPECT_EQ(made.sequence.pre_stop.sleep, 5s);
    EXPECT_EQ(made.sequence.second_signal, 2);
    EXPECT_EQ(made.expected.second_signal, "forces");
    EXPECT_EQ(made.expected.lame_duck_at_least, 3s);
    EXPECT_EQ(made.expected.not_ready_within, 2s);
    EXPECT_EQ(made.expected.idle_closed_within, 9s);
    EXPECT_EQ(made.expected.exit_within, 20s);
    EXPECT_EQ(made.expected.exit_codes, (std::vector<int>{0, 143}));
    EXPECT_EQ(made.expected.allowed_losses, 1U);
    EXPECT_EQ(made.expected.allowed_idle_races, 2U);
    EXPECT_TRUE(made.expected.shedding_is_fine);
    EXPECT_EQ(made.load.seed, 9U);
    ASSERT_EQ(made.lanes.size(), 2U);
    EXPECT_EQ(made.lanes[0].clients, 3);
    EXPECT_EQ(made.lanes[0].post_share, 0.5);
    EXPECT_EQ(made.lanes[1].kind, lane_kind::open);
    EXPECT_TRUE(made.effects.asked);
    EXPECT_EQ(made.effects.list_command.size(), 3U);
    EXPECT_EQ(made.source_lines.at("grace"), 5);
    EXPECT_EQ(made.source_lines.at("exit.within"), 22);
}

TEST_F(Contract, SaysWhatIsWrongAndWhere) {
    for (const auto& [text, words] : std::initializer_list<std::pair<const char*, const char*>>{
             {"grace: 30\n", "shutdown.yaml:1: grace: \"30\" has no unit"},
             {"\ngrice: 30s\n", "shutdown.yaml:2: grice: is no setting; did you mean \"grace\"?"},
             {"exit: {wihtin: 1s}\n", "exit.wihtin: is no setting; did you mean \"within\"?"},
             {"zzzzzzzzzzzz: 1\n", "it may have allowed, command"},
             {"grace: 1s\ngrace: 2s\n", "shutdown.yaml:2: grace: is there twice"},
             {"version: 2\n", "this lastcall reads 1"},
             {"signal: NOPE\n", "is no signal"},
             {"sequence: gentle\n", "none of plain, docker"},
             {"- a\n- b\n", "has to be a map"},
             {"just text\n", "has to be a map"},
             {"a: [\n", "no YAML"},
             {"a: 1\n---\nb: 2\n", "holds more than one document"},
             {"{a: b}, c\n", "holds more than one document"},
             {"exit: {codes: [256]}\n", "from 0 to 255"},
             {"exit: {codes: 0}\n", "a list is expected"},
             {"trials: 0\n", "a whole number from 1 to 1000"},
             {"trials: many\n", "a whole number from 1 to 1000"},
             {"command: []\n", "the command is empty"},
             {"command: 'a \"b'\n", "is not closed"},
             {"load: {lanes: []}\n", "a list of lanes is expected"},
             {"load: {lanes: [{clients: 3}]}\n", "has no kind"},
             {"load: {lanes: [{kind: pol}]}\n", "is none of fresh, pool"},
             {"load: {lanes: [{kind: pool, clients: -1}]}\n", "from 1 to 1000000"},
             {"load: {lanes: [{kind: pool, post_share: 2}]}\n", "from 0 to 1"},
             {"second_signal: {effect: what}\n", "none of ignored, forces"},
             {"allowed: {shedding: perhaps}\n", "true or false"},
         }) {
        const auto said = problem_of(text);
        EXPECT_NE(said.find(words), std::string::npos) << text << "said: " << said;
    }
    settings untouched;
    EXPECT_THROW(read_contract(home_.path() / "none.yaml", untouched), settings_error);
    EXPECT_THROW(read_contract(home_.path(), untouched), settings_error) << "a directory";
}

settings with_command() {
    settings made;
    made.who.command = {"server", "{port}"};
    return made;
}

TEST(Places, AreFilledEverywhere) {
    auto made = with_command();
    made.environment = {"PORT={port}", "DATA={dir}/x"};
    const auto directory = fill_places(made);
    ASSERT_NE(directory, nullptr);
    const auto port = made.who.command[1];
    EXPECT_GT(std::stoi(port), 0);
    EXPECT_EQ(made.where.url, "http://127.0.0.1:" + port + "/");
    EXPECT_EQ(made.environment[0], "PORT=" + port);
    EXPECT_EQ(made.environment[1], "DATA=" + directory->path().string() + "/x");
    EXPECT_TRUE(std::filesystem::is_directory(directory->path()));
}

TEST(Places, OfThePortMustBeInTheUrlAsWell) {
    auto made = with_command();
    made.where.url = "http://127.0.0.1:8080/";
    EXPECT_THROW((void)fill_places(made), settings_error);
}

std::string problem_with(settings made) {
    std::vector<lane_facts> left_out;
    try {
        plan_load(made, left_out);
    } catch (const settings_error& e) {
        return e.what();
    }
    return "it was accepted";
}

TEST(PlanLoad, LeavesOutTheLanesThatLackAnEndpoint) {
    auto made = with_command();
    (void)fill_places(made);
    made.where.ready = "/ready";
    std::vector<lane_facts> left_out;
    plan_load(made, left_out);
    EXPECT_TRUE(made.expected.has_probe);
    bool has_busy = false;
    for (const auto& one : left_out) {
        EXPECT_TRUE(one.is_left_out);
        EXPECT_FALSE(one.why.empty());
        has_busy = has_busy || (one.name == "busy" && one.why == "no --slow was given");
    }
    EXPECT_TRUE(has_busy);
    EXPECT_EQ(made.load.lanes.front().kind, lane_kind::pool);
    EXPECT_EQ(made.load.target.at.text(), made.load.target.host);
}

TEST(PlanLoad, EntersEveryPostWithAnIdIntoTheLedger) {
    for (const bool has_own_target : {false, true}) {
        auto made = with_command();
        (void)fill_places(made);
        made.where.post = "/p";
        made.where.upload = has_own_target ? "/u" : "";
        made.where.body = "{id}";
        made.effects.asked = true;
        made.effects.list_command = {"true"};
        std::vector<lane_facts> left_out;
        plan_load(made, left_out);
        std::size_t entered = 0;
        for (const auto& lane : made.load.lanes) {
            EXPECT_EQ(lane.has_effect, lane.post == "/p");
            entered += lane.has_effect && lane.kind == lane_kind::slow_up ? 1U : 0U;
        }
        EXPECT_EQ(entered, has_own_target ? 0U : 1U);
    }
}

TEST(PlanLoad, SaysWhatDoesNotBelongTogether) {
    settings made;
    EXPECT_NE(problem_with(made).find("no url"), std::string::npos);
    made.where.url = "http://127.0.0.1:1/";
    EXPECT_NE(problem_with(made).find("nobody to stop"), std::string::npos);
    made.who.pid = 4;
    made.who.unit = "x";
    EXPECT_NE(problem_with(made).find("were given: a drill stops one of them"), std::string::npos);
    made.who.unit.clear();
    made.trials = 2;
    EXPECT_NE(problem_with(made).find("started again"), std::string::npos);
    made.trials = 1;
    made.sequence.kind = sequence_kind::docker;
    EXPECT_NE(problem_with(made).find("starts the service itself"), std::string::npos);
    made.sequence.kind = sequence_kind::plain;
    made.where.slow = "http://127.0.0.1:2/slow";
    EXPECT_NE(problem_with(made).find("another server"), std::string::npos);
    made.where.slow.clear();
    made.effects.asked = true;
    EXPECT_NE(problem_with(made).find("no target for the POST"), std::string::npos);
    made.where.post = "/p";
    EXPECT_NE(problem_with(made).find("exactly one of list"), std::string::npos);
    made.effects.list_command = {"true"};
    made.where.body = "no place";
    EXPECT_NE(problem_with(made).find("has no {id}"), std::string::npos);
    made.where.body = "{id}";
    EXPECT_EQ(problem_with(made), "it was accepted");
    made.where.url = "http://no-such-host.invalid/";
    EXPECT_NE(problem_with(made).find("is not known"), std::string::npos);
    made.where.url = "nonsense";
    EXPECT_NE(problem_with(made).find("neither http:// nor"), std::string::npos);
    made.where.url = "http://127.0.0.1:1/";
    made.expected.exit_within = 1h;
    EXPECT_NE(problem_with(made).find("longer than the grace"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::drill
