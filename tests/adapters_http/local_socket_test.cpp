// A server on a unix socket, and bodies without an end of their own.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <future>
#include <lastcall/http.hpp>
#include <thread>

#include "adapters_http/child.hpp"
#include "adapters_http/requests.hpp"

namespace lastcall::testing {
namespace {

using namespace std::chrono_literals;
using http::exchange;
using http::status;

int connect_to(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0) << path;
    return fd;
}

// A socket file that its owner has left behind.
void leave_stale(const std::string& path) {
    const sys::unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
}

class LocalSocket : public ::testing::Test {
protected:
    LocalSocket()
        : life({.service = "test",
                .grace = 10s,
                .log = [](std::string_view) {},
                .status_socket = false}) {}

    ~LocalSocket() override { stop(); }

    http::server_options options() const {
        http::server_options o;
        o.listen = "unix:" + path;
        o.threads = 1;
        return o;
    }

    void serve() {
        server.emplace(life, options(), [this](exchange x) { answer(std::move(x)); });
        life.ready();
        runs = std::thread([this] { report = life.run(); });
    }

    void answer(exchange x) {
        if (x.path() == "/endless") {
            streams.push_back(std::move(x).begin_stream(
                http::response(status::ok, 11),
                {.farewell = "bye\n", .over = [this] { over.set_value(); }}));
            streams.back().write("hello\n");
        } else if (x.path() == "/flood") {
            streams.push_back(std::move(x).begin_stream(
                http::response(status::ok, 11),
                {.farewell = "bye\n", .over = [this] { over.set_value(); }}));
            streams.back().write(std::string(8U << 20U, 'f'));
        } else if (x.path() == "/gone") {
            const auto who = x.peer_credentials();
            std::move(x).respond(status::ok, "text/plain",
                                 who ? std::to_string(who->uid) + "/" + std::to_string(who->gid) +
                                           "/" + std::to_string(who->pid)
                                     : "nobody");
        } else {
            std::string peer = x.peer();
            std::move(x).respond(status::ok, "text/plain", std::move(peer));
        }
    }

    void stop() {
        if (runs.joinable()) {
            life.request_stop();
            runs.join();
        }
    }

    temp_folder folder;
    std::string path = folder.path + "/api.sock";
    std::promise<void> over;
    lifecycle life;
    std::vector<http::stream> streams;
    std::optional<http::server> server;
    std::thread runs;
    lastcall::report report = {};
};

TEST_F(LocalSocket, HasModeSixHundredWhateverTheUmask) {
    const mode_t before = ::umask(0);
    serve();
    ::umask(before);
    struct stat facts {};
    ASSERT_EQ(::lstat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_EQ(server->port(), 0);
}

TEST_F(LocalSocket, TellsWhoAsks) {
    serve();
    client one(std::true_type{}, connect_to(path));
    ASSERT_TRUE(one.send(get("/gone")) && one.until("/" + std::to_string(::getpid())));
    EXPECT_TRUE(has(one.in, std::to_string(::getuid()) + "/" + std::to_string(::getgid()) + "/" +
                                std::to_string(::getpid())));
    ASSERT_TRUE(one.send(get("/peer")));
    EXPECT_TRUE(
        one.until("pid " + std::to_string(::getpid()) + " of uid " + std::to_string(::getuid())));
}

TEST_F(LocalSocket, ReplacesAFileAtWhichNobodyAnswers) {
    leave_stale(path);
    serve();
    client one(std::true_type{}, connect_to(path));
    EXPECT_TRUE(one.send(get("/")) && one.until("200 OK"));
}

TEST_F(LocalSocket, LeavesASocketAtWhichSomebodyAnswers) {
    serve();
    try {
        const http::server second(life, options(), [](exchange) {});
        FAIL() << "two servers at one path";
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::address_in_use) << e.what();
    } catch (const std::logic_error& e) {
        FAIL() << "it was opened: " << e.what();
    }
    client one(std::true_type{}, connect_to(path));
    EXPECT_TRUE(one.send(get("/")) && one.until("200 OK"));
}

TEST_F(LocalSocket, LeavesAFileThatIsNoSocket) {
    std::ofstream(path) << "precious";
    EXPECT_THROW(serve(), std::system_error);
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_EQ(text.str(), "precious");
}

TEST_F(LocalSocket, RefusesAPathThatDoesNotFit) {
    path = folder.path + "/" + std::string(120, 'x');
    EXPECT_THROW(serve(), std::invalid_argument);
}

TEST_F(LocalSocket, IsGoneAfterAStopAndAnswersWhatWasInItsQueue) {
    serve();
    client one(std::true_type{}, connect_to(path));
    ASSERT_TRUE(one.send(get("/")) && one.until("200 OK"));
    client late(std::true_type{}, connect_to(path));
    ASSERT_TRUE(late.send(get("/late")));
    stop();
    EXPECT_TRUE(late.to_end() && has(late.in, "200 OK"));
    EXPECT_NE(::access(path.c_str(), F_OK), 0);
    EXPECT_EQ(report.result, result::clean);
}

TEST_F(LocalSocket, LeavesTheFileOfASuccessorAlone) {
    serve();
    ASSERT_EQ(std::rename(path.c_str(), (path + ".old").c_str()), 0);
    leave_stale(path);
    stop();
    EXPECT_EQ(::access(path.c_str(), F_OK), 0);
}

TEST_F(LocalSocket, AnEndlessBodyEndsWithItsFarewellWhenTheServerDrains) {
    serve();
    client one(std::true_type{}, connect_to(path));
    ASSERT_TRUE(one.send(get("/endless")) && one.until("hello\n"));
    const auto before = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 5s) << "the grace is 10 s";
    ASSERT_TRUE(one.to_end());
    EXPECT_TRUE(one.in.ends_with("4\r\nbye\n\r\n0\r\n\r\n")) << one.in;
    EXPECT_EQ(report.result, result::clean);
    EXPECT_EQ(over.get_future().wait_for(ceiling), std::future_status::ready);
}

TEST_F(LocalSocket, AnEndlessBodyThatNobodyReadsDoesNotHoldTheDrain) {
    serve();
    client deaf(std::true_type{}, connect_to(path));
    ASSERT_TRUE(deaf.send(get("/flood")) && deaf.until("200 OK"));
    stop();
    EXPECT_EQ(report.result, result::clean) << "30 s is the limit of a write, 10 s the grace";
}

TEST_F(LocalSocket, AnEndlessBodyIsOverWhenItsClientLeaves) {
    serve();
    {
        client one(std::true_type{}, connect_to(path));
        ASSERT_TRUE(one.send(get("/endless")) && one.until("hello\n"));
    }
    EXPECT_EQ(over.get_future().wait_for(ceiling), std::future_status::ready);
}

}  // namespace
}  // namespace lastcall::testing
