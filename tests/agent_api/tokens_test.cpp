// The TLS listener and its bearers.
#include "agent/api/tokens.hpp"

#include <sys/stat.h>

#include <fstream>

#include "adapters_http/certificate.hpp"
#include "adapters_http/tls_client.hpp"
#include "agent/api/routes.hpp"
#include "agent/api/time_text.hpp"
#include "agent_api/api_fixture.hpp"
#include "config/values.hpp"
#include "sys/host.hpp"

namespace lastcall::agent::testing {
namespace {

using namespace std::chrono_literals;

class Tokens : public api_fixture {
protected:
    Tokens() {
        files = lastcall::testing::make_certificate(folder.path);
        for (const role one : {role::read, role::deploy, role::approve}) {
            secrets[one] = add("t-" + std::string(to_string(one)), one);
        }
        write();
        options.remote = {"127.0.0.1:0", files.certificate, files.key, path};
        options.token_failures = 1'000'000;
    }

    std::string add(const std::string& name, role has,
                    std::optional<std::chrono::nanoseconds> expires = {}) {
        const new_token made = make_token();
        text += token_entry(name, has, made.hash, expires);
        return made.secret;
    }

    // By rename, as an editor does: no half of a file is ever seen.
    void write(mode_t mode = 0600) {
        std::ofstream(path + ".new") << text;
        ::chmod((path + ".new").c_str(), mode);
        std::rename((path + ".new").c_str(), path.c_str());
    }

    answer ask_tls(question what, const std::string& authorization) {
        if (!authorization.empty()) {
            what.more += "Authorization: " + authorization + "\r\n";
        }
        lastcall::testing::tls_client one(served->port(), files.certificate);
        EXPECT_TRUE(one.send(what.text()));
        EXPECT_TRUE(one.to_end());
        const answer got = read_answer(one.in);
        EXPECT_EQ(fault_in(what, got), "") << one.in;
        return got;
    }

    answer ask_as(const std::string& secret, const question& what = {.target = "/v1/status"}) {
        return ask_tls(what, "Bearer " + secret);
    }

    std::string path = folder.path + "/tokens.yaml";
    std::string text = "tokens:\n";
    std::map<role, std::string> secrets;
    lastcall::testing::certificate_files files;
};

// A request that every operation takes.
question good_question(const route& one) {
    std::string target(one.path);
    if (const auto at = target.find("{name}"); at != std::string::npos) {
        target.replace(at, 6, "web");
    }
    if (const auto at = target.find("{number}"); at != std::string::npos) {
        target.replace(at, 8, "1");
    }
    question made{.method = one.method == http::verb::get ? "GET" : "POST", .target = target};
    if (one.what == operation::events) {
        made.method = "HEAD";
    } else if (one.what == operation::approve) {
        made.body = R"({"digest": "sha256:of-1"})";
    } else if (one.what == operation::upgrade) {
        made.body = R"({"directory": "/x"})";
    } else if (one.what == operation::apply) {
        made.body = "services: {}";
        made.more = "Content-Type: text/yaml\r\n";
    }
    return made;
}

TEST_F(Tokens, EachRoleReachesItsPathsAndNoOthers) {
    serve();
    post("/v1/services/web/deploys");
    for (const auto& [has, secret] : secrets) {
        for (const route& one : routes()) {
            const bool may = one.needs == role::none || one.needs == role::read || one.needs == has;
            const auto before = engine.what_was_seen().calls.size();
            const question asked = good_question(one);
            lastcall::testing::tls_client client(served->port(), files.certificate);
            question sent = asked;
            sent.more += "Authorization: Bearer " + secret + "\r\n";
            ASSERT_TRUE(client.send(sent.text()) && client.to_end());
            const answer got = read_answer(client.in);
            if (may) {
                EXPECT_TRUE(got.status == 200 || got.status == 202)
                    << to_string(has) << " " << one.path << " " << client.in;
            } else {
                EXPECT_EQ(got.status, 403) << to_string(has) << " " << one.path;
                EXPECT_EQ(engine.what_was_seen().calls.size(), before) << one.path;
            }
        }
    }
}

TEST_F(Tokens, ABearerIsATokenAndNeverAUser) {
    serve();
    ASSERT_EQ(
        ask_as(secrets[role::deploy], {.method = "POST", .target = "/v1/services/web/stop"}).status,
        202);
    const actor who = engine.what_was_seen().actors.at(0);
    EXPECT_EQ(who.how, actor::kind::token);
    EXPECT_EQ(who.name, "t-deploy");
    EXPECT_FALSE(who.uid.has_value());
    EXPECT_FALSE(who.pid.has_value());
}

TEST_F(Tokens, WhatIsNoTokenIsUnauthorized) {
    serve();
    const std::string good = secrets[role::read];
    std::string upper = good;
    for (char& c : upper) {
        c = static_cast<char>(std::toupper(c));
    }
    std::string flipped = good;
    flipped.back() = flipped.back() == 'A' ? 'B' : 'A';
    for (const std::string& forged :
         {std::string(), std::string("Bearer"), std::string("Bearer "), "Bearer " + upper,
          "Bearer " + flipped, "Bearer " + good + "x", "Bearer " + good.substr(1),
          "Bearer  " + good, "Basic " + good, good, "Bearer " + hash_of_token(good),
          "Bearer " + std::string(10'000, 'x'), "Bearer " + good + "," + good}) {
        const answer got = ask_tls({.target = "/v1/status"}, forged);
        EXPECT_EQ(got.status, 401) << forged;
        EXPECT_TRUE(got.fields.at("www-authenticate").starts_with("Bearer realm=\"lastcall\""));
    }
    const answer twice =
        ask_tls({.target = "/v1/status", .more = "Authorization: Bearer " + good + "\r\n"},
                "Bearer " + good);
    EXPECT_EQ(twice.status, 401);
    EXPECT_EQ(ask_tls({.target = "/v1/nothing"}, "").status, 401)
        << "what is there is told to nobody";
    EXPECT_EQ(ask_tls({.target = "/v1/status"}, "bearer " + good).status, 200);
    EXPECT_EQ(ask_tls({.target = "/ready"}, "").status, 200);
}

TEST_F(Tokens, AnExpiredTokenIsUnauthorizedThoughItWasGood) {
    const std::string old = add("old", role::deploy, sys::wall_clock() - 1s);
    const std::string fresh = add("fresh", role::deploy, sys::wall_clock() + 1h);
    write();
    serve();
    const answer got = ask_as(old);
    EXPECT_EQ(got.status, 401);
    EXPECT_NE(got.body.find("has expired"), std::string::npos);
    EXPECT_EQ(ask_as(fresh).status, 200);
}

TEST_F(Tokens, TheFileIsReadAgainWhenItChanges) {
    serve();
    EXPECT_EQ(ask_as(secrets[role::read]).status, 200);
    text = "tokens:\n";
    const std::string next = add("next", role::read);
    write();
    EXPECT_EQ(ask_as(secrets[role::read]).status, 401) << "a token that was taken away is replayed";
    EXPECT_EQ(ask_as(next).status, 200);
}

TEST_F(Tokens, AFileThatIsNotGoodAnyMoreLetsNobodyIn) {
    serve();
    const std::string good_text = text;
    text += "  - {name: x}\n";
    write();
    EXPECT_EQ(ask_as(secrets[role::read]).status, 503);
    text = good_text;
    write(0640);
    EXPECT_EQ(ask_as(secrets[role::read]).status, 503);
    ASSERT_EQ(::unlink(path.c_str()), 0);
    EXPECT_EQ(ask_as(secrets[role::read]).status, 503);
    EXPECT_EQ(log_lines.size(), 3U);
    EXPECT_NE(log_lines.at(1).find("chmod 600"), std::string::npos) << log_lines.at(1);
    write();
    EXPECT_EQ(ask_as(secrets[role::read]).status, 200);
}

TEST_F(Tokens, FailuresThatPileUpAreToldToWaitAndGoodTokensAreNot) {
    options.token_failures = 3;
    serve();
    std::vector<int> statuses;
    for (int i = 0; i < 5; ++i) {
        statuses.push_back(ask_as("lct_wrong").status);
    }
    EXPECT_EQ(statuses, (std::vector<int>{401, 401, 401, 429, 429}));
    EXPECT_EQ(ask_as("lct_wrong").fields.at("retry-after"), "60");
    EXPECT_EQ(ask_as(secrets[role::read]).status, 200);
}

TEST_F(Tokens, ABadFileIsRefusedAtTheStartWithItsLine) {
    const std::string hash = hash_of_token("x");
    const std::vector<std::pair<std::string, std::string>> all{
        {"tokens: 3\n", "list"},
        {"tokns: []\n", ":1:"},
        {"tokens:\n  - {name: \"a b\", role: read, hash: \"" + hash + "\"}\n", ":2:"},
        {"tokens:\n  - {name: a, role: admin, hash: \"" + hash + "\"}\n", "role"},
        {"tokens:\n  - {name: a, role: none, hash: \"" + hash + "\"}\n", "role"},
        {"tokens:\n  - {name: a, role: read, hash: \"sha256:12\"}\n", "hash"},
        {"tokens:\n  - {name: a, role: read, hash: \"" + hash + "\", expires: soon}\n", "no time"},
        {"tokens:\n  - {name: a, role: read, hash: \"" + hash + "\", more: 1}\n", "more"},
        {"tokens:\n" + token_entry("a", role::read, hash, {}) +
             token_entry("a", role::read, hash, {}),
         "twice"},
        {"tokens: [\n", path},
    };
    for (const auto& [wrong, why] : all) {
        text = wrong;
        write();
        try {
            const token_file file(path);
            FAIL() << wrong;
        } catch (const config::settings_error& e) {
            EXPECT_NE(std::string(e.what()).find(why), std::string::npos) << e.what();
        }
    }
    EXPECT_THROW(token_file(folder.path + "/none"), std::system_error);
}

TEST_F(Tokens, AreAddedToAFileThatKeepsItsModeAndItsOtherEntries) {
    const std::string fresh = folder.path + "/fresh.yaml";
    const std::string hash = hash_of_token("secret");
    const mode_t before = ::umask(0);
    add_token(fresh, token_entry("a", role::read, hash, {}));
    ::umask(before);
    EXPECT_EQ(sys::facts_of(fresh)->mode, 0600U);
    std::ofstream(fresh, std::ios::app) << "  # a comment";
    add_token(fresh, token_entry("b", role::deploy, hash_of_token("other"), 4'000'000'000s));
    token_file file(fresh);
    EXPECT_EQ(file.look_up("secret", 0s).name, "a");
    EXPECT_EQ(file.look_up("other", 0s).name, "b");
    EXPECT_EQ(file.look_up("other", 4'000'000'000s).what, token_file::outcome::expired);
    EXPECT_THROW(add_token(fresh, token_entry("a", role::read, hash, {})), config::settings_error);
    EXPECT_EQ(token_file(fresh).look_up("secret", 0s).name, "a");
    text = "tokens: [{name: z, role: read, hash: \"" + hash + "\"}]\n";
    write();
    EXPECT_THROW(add_token(path, token_entry("a", role::read, hash, {})), config::settings_error);
    EXPECT_EQ(token_file(path).look_up("secret", 0s).name, "z") << "nothing was changed";
}

TEST(TokenTexts, AreRandomAndNamesAreChecked) {
    const new_token one = make_token();
    EXPECT_EQ(one.secret.size(), 47U);
    EXPECT_EQ(one.hash, hash_of_token(one.secret));
    EXPECT_NE(one.secret, make_token().secret);
    EXPECT_EQ(hash_of_token("abc"),
              "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_THROW(static_cast<void>(token_entry("a\n", role::read, one.hash, {})),
                 std::invalid_argument);
}

TEST(TimeTexts, AreReadBack) {
    for (const char* text :
         {"2026-11-21T08:15:00.250Z", "1970-01-01T00:00:00.000Z", "2028-02-29T23:59:59.999Z"}) {
        ASSERT_TRUE(read_time(text).has_value()) << text;
        EXPECT_EQ(time_text(*read_time(text)), text);
    }
    EXPECT_EQ(read_time("2026-11-21"), read_time("2026-11-21T00:00:00Z"));
    for (const char* text : {"", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-21T",
                             "2026-11-21T08:15Z", "2026-11-21T24:00:00Z", "2026-11-21T08:15:00",
                             "2026-11-21T08:15:00.Z", "2026-11-21T08:15:00+01:00", "tomorrow"}) {
        EXPECT_FALSE(read_time(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace lastcall::agent::testing
