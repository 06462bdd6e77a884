// Who may ask over the unix socket.
#include <sys/stat.h>

#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using Access = api_fixture;

constexpr uid_t nobody = 65534;

// Asks as another user, in a process of its own. Returns: what came back.
std::string ask_as(uid_t uid, const std::string& path, const std::string& text) {
    std::array<int, 2> out{};
    EXPECT_EQ(::pipe(out.data()), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(10);
        if (::setgid(uid) != 0 || ::setuid(uid) != 0) {
            ::_exit(1);
        }
        local_client one(path);
        one.send(text);
        one.to_end();
        const bool is_written =
            ::write(out[1], one.in.data(), one.in.size()) == static_cast<ssize_t>(one.in.size());
        ::_exit(is_written ? 0 : 1);
    }
    ::close(out[1]);
    std::string all;
    std::array<char, 4096> room{};
    for (ssize_t n = 0; (n = ::read(out[0], room.data(), room.size())) > 0;) {
        all.append(room.data(), static_cast<std::size_t>(n));
    }
    ::close(out[0]);
    ::waitpid(pid, nullptr, 0);
    return all;
}

TEST_F(Access, AnotherUserIsRefusedEvenWhereTheFileLetsThemConnect) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can ask as another user";
    }
    serve();
    ASSERT_EQ(::chmod(folder.path.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(options.socket.c_str(), 0666), 0);
    for (const question& asked :
         {question{.target = "/v1/status"}, question{.method = "POST", .target = "/v1/stop"},
          question{.target = "/v1/no-such-path"}, question{.target = "/v1/events"}}) {
        const answer got = read_answer(ask_as(nobody, options.socket, asked.text()));
        EXPECT_EQ(got.status, 403) << asked.target;
        EXPECT_EQ(got.code(), "forbidden");
        EXPECT_NE(got.body.find("you are uid 65534"), std::string::npos) << got.body;
    }
    EXPECT_TRUE(engine.what_was_seen().calls.empty());
}

TEST_F(Access, AnotherUserCannotEvenConnectToTheFileAsItIsMade) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can ask as another user";
    }
    serve();
    ASSERT_EQ(::chmod(folder.path.c_str(), 0755), 0);
    EXPECT_EQ(ask_as(nobody, options.socket, question{.target = "/v1/status"}.text()), "");
}

TEST_F(Access, TheKernelSaysWhoAsksAndNothingElseDoes) {
    serve();
    const answer got = ask({.method = "POST",
                            .target = "/v1/services/web/stop",
                            .more = "X-Forwarded-User: alice\r\nFrom: alice\r\n"});
    EXPECT_EQ(got.status, 202);
    const actor who = engine.what_was_seen().actors.at(0);
    EXPECT_EQ(who.how, actor::kind::user);
    EXPECT_EQ(who.uid, ::geteuid());
    EXPECT_EQ(who.pid, ::getpid());
    EXPECT_NE(who.name, "alice");
}

TEST_F(Access, NothingIsServedOverTcpInPlainText) {
    options.remote.listen = "127.0.0.1:0";
    EXPECT_THROW(serve(), std::invalid_argument);
    options.remote.certificate = "/c";
    options.remote.tokens_file = "/t";
    EXPECT_THROW(serve(), std::invalid_argument) << "without a key";
    options.remote = {"unix:/x", "/c", "/k", "/t"};
    EXPECT_THROW(serve(), std::invalid_argument);
    EXPECT_NE(::access(options.socket.c_str(), F_OK), 0) << "something listens";
}

}  // namespace
}  // namespace lastcall::agent::testing
