// The client of the command line, against the server and against what only looks like it.
#include "agent/api/client.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>

#include "adapters_http/certificate.hpp"
#include "agent/api/tokens.hpp"
#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using kind = client_error::kind;

class Client : public api_fixture {
protected:
    api_client local() {
        client_target to;
        to.socket = options.socket;
        return api_client(to);
    }
};

template <class Call>
client_error error_of(Call call) {
    try {
        call();
    } catch (const client_error& e) {
        return e;
    }
    ADD_FAILURE() << "no error";
    return {kind::invalid, "none"};
}

// Answers one connection with `text`, whatever it asks.
class impostor {
public:
    impostor(const std::string& path, std::string text)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        path.copy(at.sun_path, sizeof at.sun_path - 1);
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
        EXPECT_EQ(::listen(fd_.get(), 1), 0);
        thread_ = std::thread([this, text = std::move(text)] {
            const sys::unique_fd one(::accept(fd_.get(), nullptr, nullptr));
            std::array<char, 4096> room{};
            static_cast<void>(::recv(one.get(), room.data(), room.size(), 0));
            static_cast<void>(::send(one.get(), text.data(), text.size(), MSG_NOSIGNAL));
        });
    }
    ~impostor() { thread_.join(); }
    impostor(const impostor&) = delete;
    impostor& operator=(const impostor&) = delete;

private:
    sys::unique_fd fd_;
    std::thread thread_;
};

TEST_F(Client, AsksAndDecodesAnswersAndErrors) {
    serve();
    api_client one = local();
    EXPECT_EQ(one.get("/v1/status")["version"], "1.2.3");
    EXPECT_EQ(one.agent_version(), "1.2.3");
    EXPECT_EQ(one.post(service_path("web", "deploys"), {{"note", "n"}},
                       {{"Idempotency-Key", "k"}})["number"],
              1);
    EXPECT_EQ(one.apply("services: {}\n", "/a b/lastcall.yaml")["pid"], 10);
    EXPECT_EQ(engine.what_was_seen().applied->file, "/a b/lastcall.yaml");
    EXPECT_TRUE(one.text("/metrics").starts_with("# HELP"));
    const client_error none = error_of([&] { static_cast<void>(one.get(service_path("n/o ?"))); });
    EXPECT_EQ(none.why(), kind::refused);
    EXPECT_EQ(none.status, 404U);
    EXPECT_EQ(none.code, "not_found");
    EXPECT_STREQ(none.what(), "there is no service \"n/o ?\"");
    EXPECT_EQ(none.hint(), "there are: web, worker");
}

TEST_F(Client, SaysThatNoAgentIsThere) {
    const client_error e = error_of([&] { static_cast<void>(local().get("/v1/status")); });
    EXPECT_EQ(e.why(), kind::no_agent);
    EXPECT_EQ(e.what(), "no agent answers at " + options.socket);
    EXPECT_EQ(e.hint(), "start one with `lastcall up`, or name another home with LASTCALL_HOME");
    std::ofstream(options.socket) << "no socket";
    EXPECT_EQ(error_of([&] { static_cast<void>(local().get("/")); }).why(), kind::no_agent);
    options.socket = "/" + std::string(200, 'x');
    EXPECT_EQ(error_of([&] { static_cast<void>(local().get("/")); }).why(), kind::no_agent);
}

TEST_F(Client, SaysThatAnotherUsersAgentIsNotOurs) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can be another user";
    }
    serve();
    ASSERT_EQ(::chmod(folder.path.c_str(), 0755), 0);
    const auto ask_as_nobody = [this] {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::alarm(10);
            if (::setuid(65534) != 0) {
                ::_exit(1);
            }
            try {
                static_cast<void>(local().get("/v1/status"));
                ::_exit(2);
            } catch (const client_error& e) {
                const bool names_root =
                    std::string(e.what()).find("is of root (uid 0)") != std::string::npos;
                ::_exit(e.why() == kind::not_ours && names_root ? 42 : 3);
            }
        }
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    EXPECT_EQ(ask_as_nobody(), 42);
}

TEST_F(Client, SaysThatItIsAnotherVersionOrNoAgentAtAll) {
    {
        const impostor other(options.socket,
                             "HTTP/1.1 200 OK\r\nLastcall-Api: 2\r\nContent-Length: 2\r\n\r\n{}");
        const client_error e = error_of([&] { static_cast<void>(local().get("/v1/status")); });
        EXPECT_EQ(e.why(), kind::other_version);
        EXPECT_NE(std::string(e.what()).find("it speaks API 2"), std::string::npos) << e.what();
    }
    ASSERT_EQ(::unlink(options.socket.c_str()), 0);
    const impostor other(options.socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(error_of([&] { static_cast<void>(local().get("/v1/status")); }).why(),
              kind::other_version);
}

TEST_F(Client, SaysThatAnAnswerWasLost) {
    for (const char* text : {"", "HTTP/1.1 200 OK\r\nLastcall-Api: 1\r\nContent-Length: 9\r\n\r\n{",
                             "no HTTP at all\r\n\r\n"}) {
        ::unlink(options.socket.c_str());
        const impostor other(options.socket, text);
        EXPECT_EQ(error_of([&] { static_cast<void>(local().get("/v1/status")); }).why(), kind::lost)
            << text;
    }
}

TEST_F(Client, FollowsEventsAndGoesOnWhereItWas) {
    serve();
    for (int i = 0; i < 100; ++i) {
        engine.add_row("steered");
    }
    std::vector<int> numbers;
    const auto take_to = [&](int last) {
        return [&numbers, last](const json& row) {
            numbers.push_back(row["number"]);
            return numbers.back() < last;
        };
    };
    auto end =
        local().follow_events({.service = "web", .kinds = {"steered"}, .after = 0}, take_to(60));
    EXPECT_EQ(end.last, 60);
    EXPECT_EQ(end.reason, "");
    end = local().follow_events({.service = {}, .kinds = {}, .after = end.last}, take_to(100));
    std::vector<int> expected(100);
    for (int i = 0; i < 100; ++i) {
        expected[static_cast<std::size_t>(i)] = i + 1;
    }
    EXPECT_EQ(numbers, expected);
}

TEST_F(Client, IsToldWhyEventsEnd) {
    serve();
    engine.add_row("steered");
    api_client::event_end end;
    std::thread follower([&] {
        end = local().follow_events({.service = {}, .kinds = {}, .after = 0}, [this](const json&) {
            life.request_stop();
            return true;
        });
    });
    follower.join();
    EXPECT_EQ(end.last, 1);
    EXPECT_EQ(end.reason, "the agent is stopping");
}

TEST_F(Client, ReadsLogs) {
    std::ofstream(folder.path + "/log") << "one\ntwo\n";
    engine.set_log_files({folder.path + "/log"});
    serve();
    std::string text;
    const auto take = [&](std::string_view piece) {
        text += piece;
        return text.find("two\n") == std::string::npos;
    };
    local().read_log("web", 1, false, take);
    EXPECT_EQ(text, "two\n");
    text.clear();
    local().read_log("web", 100, true, take);
    EXPECT_EQ(text, "one\ntwo\n");
    EXPECT_EQ(error_of([&] { local().read_log("none", 1, false, take); }).status, 404U);
}

TEST_F(Client, UsesATokenOverTlsAndTrustsOnlyWhomItShould) {
    const auto files = lastcall::testing::make_certificate(folder.path);
    const new_token token = make_token();
    const std::string tokens = folder.path + "/tokens.yaml";
    std::ofstream(tokens) << "tokens:\n" << token_entry("ci", role::read, token.hash, {});
    ASSERT_EQ(::chmod(tokens.c_str(), 0600), 0);
    options.remote = {"127.0.0.1:0", files.certificate, files.key, tokens};
    serve();
    const auto remote = [&](const std::string& host) {
        client_target to;
        to.url = "https://" + host + ":" + std::to_string(served->port());
        to.token = token.secret;
        to.ca_file = files.certificate;
        return to;
    };
    EXPECT_EQ(api_client(remote("localhost")).get("/v1/status")["version"], "1.2.3");
    EXPECT_EQ(error_of([&] { api_client(remote("localhost")).post("/v1/stop"); }).status, 403U);
    EXPECT_EQ(error_of([&] {
                  static_cast<void>(api_client(remote("127.0.0.1")).get("/v1/status"));
              }).why(),
              kind::no_agent)
        << "the certificate is for localhost";
    client_target to = remote("localhost");
    to.ca_file.clear();
    EXPECT_EQ(error_of([&] { static_cast<void>(api_client(to).get("/v1/status")); }).why(),
              kind::no_agent)
        << "the system does not trust it";
    to = remote("localhost");
    to.token = "lct_wrong";
    EXPECT_EQ(error_of([&] { static_cast<void>(api_client(to).get("/v1/status")); }).status, 401U);
}

TEST_F(Client, RefusesTargetsThatCannotBe) {
    const auto why = [](const std::string& url, const std::string& token) {
        client_target to;
        to.url = url;
        to.token = token;
        return error_of([&] { const api_client made(to); }).why();
    };
    EXPECT_EQ(why("http://localhost:1", "t"), kind::invalid);
    EXPECT_EQ(why("https://", "t"), kind::invalid);
    EXPECT_EQ(why("https://a/b", "t"), kind::invalid);
    EXPECT_EQ(why("https://a:1", ""), kind::invalid);
    EXPECT_EQ(why("https://a:1", "t\r\nX: y"), kind::invalid);
    EXPECT_EQ(why("", "t"), kind::invalid);
    serve();
    EXPECT_EQ(error_of([this] {
                  local().post("/v1/stop", {}, {{"X", "a\r\nY: b"}});
              }).why(),
              kind::invalid);
}

}  // namespace
}  // namespace lastcall::agent::testing
