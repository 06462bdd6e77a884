// A configuration as values: written as JSON and read again, compared, made from a command.
#include <gtest/gtest.h>

#include <random>

#include "agent/config/difference.hpp"
#include "agent/config/from_command.hpp"
#include "agent/config/read_host.hpp"
#include "agent/config/spec_fields.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/config/spec_words.hpp"
#include "agent_config/fake_machine.hpp"

namespace lastcall::testing {
namespace {

using namespace agent;
using namespace std::chrono_literals;

/// Fills every member by chance, through the table that JSON uses.
class chance {
public:
    explicit chance(std::uint32_t seed) : random_(seed) {}

    void fill(bool& into) { into = below(2) == 1; }
    void fill(std::string& into) {
        into.clear();
        for (auto i = below(6); i > 0; --i) {
            into += static_cast<char>(below(256));  // any bytes, UTF-8 or not
        }
    }
    void fill(std::chrono::nanoseconds& into) {
        into = std::chrono::nanoseconds(static_cast<std::int64_t>(random_() >> 2U));
    }
    template <class Value>
    void fill(std::vector<Value>& into) {
        into.resize(below(4));
        for (auto& one : into) {
            fill(one);
        }
    }
    template <class Value>
    void fill(std::optional<Value>& into) {
        into.reset();
        if (below(2) == 1) {
            fill(into.emplace());
        }
    }
    template <class Left, class Right>
    void fill(std::pair<Left, Right>& into) {
        fill(into.first);
        fill(into.second);
    }
    template <class Value>
    void fill(std::map<std::string, Value>& into) {
        into.clear();
        for (auto i = below(4); i > 0; --i) {
            fill(into["K" + std::to_string(below(100))]);
        }
    }
    template <class Value>
    void fill(Value& into) {
        if constexpr (std::is_enum_v<Value>) {
            into = words<Value>()[below(words<Value>().size())].second;
        } else if constexpr (std::is_arithmetic_v<Value>) {
            into = static_cast<Value>(random_());
        } else {
            each_field(into, [this](const char*, auto& member) { fill(member); });
        }
    }

private:
    std::size_t below(std::size_t end) { return random_() % end; }
    std::mt19937_64 random_;
};

TEST(SpecJson, IsReadBackAsItWasWritten) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        host_spec before;
        chance(seed).fill(before);
        for (std::size_t i = 0; i < before.services.size(); ++i) {
            before.services[i].name += std::to_string(i);  // in a host they are unique
        }
        const auto text = to_json(before).dump();
        const auto after = host_from_json(nlohmann::json::parse(text));
        ASSERT_EQ(after, before) << "seed " << seed << ": " << text;
        EXPECT_TRUE(difference(before, after).is_empty()) << seed;
    }
}

TEST(SpecJson, KeepsBytesThatAreNoTextApart) {
    EXPECT_EQ(text_json("grün"), "grün");
    EXPECT_EQ(text_json("\xff").dump(), R"({"bytes":"ff"})");
    EXPECT_NE(text_json("\xff"), text_json("\xfe"));
}

TEST(SpecJson, LeavesDefaultsForWhatIsNotThereAndSkipsWhatItDoesNotKnow) {
    const auto made = service_from_json({{"name", "web"}, {"of_a_newer_version", 7}});
    EXPECT_EQ(made.name, "web");
    EXPECT_EQ(made.stop.grace, 30s);
}

TEST(SpecJson, RefusesAnotherFormWithItsPath) {
    const auto why = [](const nlohmann::json& from) -> std::string {
        try {
            (void)host_from_json(from);
            return {};
        } catch (const config::settings_error& e) {
            return e.what();
        }
    };
    EXPECT_EQ(why("x"), "the configuration: a map is expected");
    EXPECT_EQ(why({{"services", {{{"stop", {{"grace_ns", "30s"}}}}}}}),
              "services[0].stop.grace_ns: a whole number that fits is expected");
    EXPECT_EQ(why({{"services", {{{"sockets", {{{"backlog", 1ULL << 40U}}}}}}}}),
              "services[0].sockets[0].backlog: a whole number that fits is expected");
    EXPECT_EQ(why({{"services", {{{"ready", {{"how", "htp"}}}}}}}),
              "services[0].ready.how: a word that is known is expected");
    EXPECT_EQ(why({{"file", {{"bytes", "f"}}}}), "file: a text is expected");
}

host_spec two_services() {
    host_spec made;
    made.services.resize(2);
    made.services[0].name = "db";
    made.services[1].name = "web";
    made.services[1].sockets.push_back({.address = "tcp:[::]:8080", .line = 4});
    return made;
}

TEST(Difference, TellsWhatWasAddedAndRemoved) {
    auto before = two_services();
    auto after = before;
    after.services[0].name = "cache";
    const auto found = difference(before, after);
    EXPECT_EQ(found.added, std::vector<std::string>{"cache"});
    EXPECT_EQ(found.removed, std::vector<std::string>{"db"});
    EXPECT_TRUE(found.changed.empty());
}

TEST(Difference, KnowsWhatNeedsANewGeneration) {
    const auto before = two_services();
    auto after = before;
    after.services[1].restart.most = 5s;
    after.services[1].deploy.bake_for = 1s;
    after.services[1].ready.target = "/ready";
    auto found = difference(before, after);
    ASSERT_EQ(found.changed.size(), 1U);
    EXPECT_EQ(found.changed[0].needs(), change_needs::note);
    EXPECT_EQ(found.changed[0].fields.size(), 3U);
    after.services[1].stop.grace = 10s;
    found = difference(before, after);
    EXPECT_EQ(found.changed[0].needs(), change_needs::new_generation);
    EXPECT_EQ(found.changed[0].fields.back().path, "stop.grace_ns");
    EXPECT_EQ(found.changed[0].fields.back().before, "30000000000");
    EXPECT_EQ(found.changed[0].fields.back().after, "10000000000");
}

TEST(Difference, OfASocketNamesItsMember) {
    const auto before = two_services();
    auto after = before;
    after.services[1].sockets[0].backlog = 64;
    const auto found = difference(before, after);
    ASSERT_EQ(found.changed.size(), 1U);
    EXPECT_EQ(found.changed[0].fields[0].path, "sockets[0].backlog");
    EXPECT_EQ(found.changed[0].needs(), change_needs::new_generation);
}

TEST(Difference, DoesNotSeeThatAServiceStandsInAnotherLine) {
    const auto before = two_services();
    auto after = before;
    after.services[1].line = 99;
    after.services[1].sockets[0].line = 100;
    after.file = "other.yaml";
    EXPECT_TRUE(difference(before, after).is_empty());
}

TEST(Difference, DoesNotTellTheValuesOfVariables) {
    auto before = two_services();
    before.services[0].environment["TOKEN"] = "hunter2";
    auto after = before;
    after.services[0].environment["TOKEN"] = "hunter3";
    after.services[0].environment["NEW"] = "hunter4";
    const auto found = difference(before, after);
    ASSERT_EQ(found.changed[0].fields.size(), 2U);
    for (const auto& one : found.changed[0].fields) {
        EXPECT_EQ((one.before + one.after).find("hunter"), std::string::npos) << one.path;
    }
    EXPECT_EQ(found.changed[0].fields[0].path, "environment.NEW");
    EXPECT_EQ(found.changed[0].fields[0].before, "null");
}

TEST(Difference, OfTheHostIsApart) {
    const auto before = two_services();
    auto after = before;
    after.stop_within = 5s;
    after.api.listen = "tcp:127.0.0.1:7777";
    const auto found = difference(before, after);
    EXPECT_TRUE(found.changed.empty());
    ASSERT_EQ(found.host.size(), 2U);
    EXPECT_EQ(found.host[0].path, "api.listen");
    EXPECT_EQ(found.host[1].path, "stop_within_ns");
}

command_request typed(std::vector<std::string> command) {
    command_request made;
    made.command = std::move(command);
    made.directory = "/etc/app";
    return made;
}

TEST(FromCommand, MakesTheSameValuesAsAFile) {
    const fake_machine here;
    auto asked = typed({"node", "server.js"});
    asked.addresses = {"8080", "127.0.0.1:9000"};
    asked.ready = "/ready";
    asked.grace = "10s";
    asked.environment = {"A=b=c"};
    auto made = spec_from_command(asked, here);
    auto read = look_at_text(
        "services:\n"
        "  node: {command: node server.js, listen: [8080, 127.0.0.1:9000], ready: /ready,\n"
        "         stop: {grace: 10s}, environment: {A: b=c}}\n",
        "lastcall.yaml", "/etc/app", here);
    ASSERT_TRUE(read.is_good());
    ASSERT_EQ(read.spec.services.size(), 1U);
    EXPECT_TRUE(difference(made, read.spec.services[0]).fields.empty());
    EXPECT_EQ(made.name, "node");
    EXPECT_EQ(made.line, 0);
    EXPECT_EQ(made.sockets[1].name, "socket2");
}

TEST(FromCommand, NamesTheServiceAfterItsProgram) {
    EXPECT_EQ(name_from_program("/usr/bin/node"), "node");
    EXPECT_EQ(name_from_program("./server-v2"), "server-v2");
    EXPECT_EQ(name_from_program("./my server"), "my-server");
    EXPECT_EQ(name_from_program("..."), "service");
    EXPECT_EQ(name_from_program(std::string(200, 'a')).size(), 64U);
}

TEST(FromCommand, TellsAllThatIsWrongInWordsOfItsOptions) {
    const fake_machine here;
    auto asked = typed({"nodejs", "server.js"});
    asked.name = "a b";
    asked.addresses = {"808O", "8080", "8080"};
    asked.ready = "htp";
    asked.grace = "30";
    asked.user = "wwww";
    asked.environment = {"NO", "LISTEN_FDS=3"};
    try {
        (void)spec_from_command(asked, here);
        FAIL() << "it was taken";
    } catch (const config_error& e) {
        EXPECT_EQ(
            std::string(e.what()),
            R"(--name: "a b" has other characters than letters, digits, '.', '_' and '-'; use up to 64 letters, digits, '.', '_' and '-'
--port: "808O" is no address; write it as 8080, 127.0.0.1:8080, [::]:8080 or unix:/run/x.sock
--ready: "htp" is no check; write /ready, http://127.0.0.1:9000/ready, tcp, notify, {command: …} or {file: …}
--grace: "30" has no unit; write 30s
--user: "wwww" is no user of this machine; useradd --system wwww, or write one that exists
--env: "NO" is no variable; write NAME=value
--env: LISTEN_FDS is set by lastcall itself for every generation; take it out
command: "nodejs" is not in PATH (/usr/bin); install it, or write its path
--port: 8080 is taken already by another socket of this service; use another address, or take one of them out)");
    }
}

TEST(FromCommand, RefusesAPathToAskWhereNobodyListens) {
    const fake_machine here;
    auto asked = typed({"node"});
    asked.ready = "/ready";
    try {
        (void)spec_from_command(asked, here);
        FAIL() << "it was taken";
    } catch (const config_error& e) {
        EXPECT_EQ(std::string(e.what()),
                  "--ready: the service listens nowhere, so there is nobody to ask; write --port "
                  "8080, or ask http://127.0.0.1:PORT/ready");
    }
    EXPECT_THROW((void)spec_from_command(typed({}), here), config_error);
}

}  // namespace
}  // namespace lastcall::testing
