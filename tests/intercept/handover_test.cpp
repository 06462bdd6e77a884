// Real programs that know nothing of it: each serves over our socket, a second generation of
// it takes over under load, the first one ends, and no connection is lost.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>

#include "intercept/harness.hpp"
#include "sys/socket/listen_queue.hpp"

namespace lastcall::testing {
namespace {

struct subject {
    std::string name;
    std::string host = "127.0.0.1";  ///< what it binds, and where it is asked
    bool is_only_ip6 = false;
    /// The command line of the generation that answers with `answer`.
    std::function<std::vector<std::string>(const private_folder&, const std::string& port,
                                           const std::string& answer)>
        command;
    std::string needs;  ///< a program
    /// What its listening processes end with after SIGTERM.
    std::vector<int> exits = {0};
    /// HAProxy asks first (SO_ACCEPTCONN), and is told that its socket listens already.
    bool calls_listen = true;
};

std::string source(const std::string& name) {
    return std::string(LASTCALL_INTERCEPT_PROGRAMS) + "/" + name;
}

/// Compiled once for all tests of this process.
std::string go_server() {
    static const private_folder folder;
    static const std::string built = [] {
        const std::string program = folder / "server";
        const std::string command = "cd " + folder.path() + " && CGO_ENABLED=0 GO111MODULE=off " +
                                    "GOCACHE=" + folder.path() + "/cache " + find_program("go") +
                                    " build -o " + program + " " + source("server.go");
        return std::system(command.c_str()) == 0 ? program : std::string();
    }();
    return built;
}

std::string nginx_configuration(const private_folder& folder, const std::string& listen,
                                const std::string& answer) {
    return folder.write("nginx" + answer + ".conf",
                        "daemon off; worker_processes 2; pid " + folder.path() + "/pid" + answer +
                            "; error_log stderr; events {} http { access_log off; "
                            "client_body_temp_path " +
                            folder.path() + "; server { listen " + listen + "; return 200 " +
                            answer + "; } }");
}

const std::vector<subject>& subjects() {
    using words = std::vector<std::string>;
    using folder = private_folder;
    using text = std::string;
    static const std::vector<subject> all = {
        {"NodeOnAllAddresses", "::", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("node"), source("server.js"), port, answer};
         },
         "node"},
        {"NodeOnLoopback", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("node"), source("server.js"), port, answer, "127.0.0.1"};
         },
         "node"},
        {"NodeCluster", "::", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("node"), source("cluster.js"), port, answer};
         },
         "node"},
        {"Python", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("python3"), source("server.py"), port, answer, "4"};
         },
         "python3"},
        {"PythonOnIPv6", "::1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("python3"), source("server.py"), port, answer, "6"};
         },
         "python3"},
        {"StaticGo", "::", false,
         [](const folder&, const text& port, const text& answer) {
             return words{go_server(), port, answer};
         },
         "go"},
        {"Nginx", "0.0.0.0", false,
         [](const folder& in, const text& port, const text& answer) {
             return words{find_program("nginx"), "-c", nginx_configuration(in, port, answer)};
         },
         "nginx"},
        {"NginxWithASocketForEachWorker", "127.0.0.1", false,
         [](const folder& in, const text& port, const text& answer) {
             return words{find_program("nginx"), "-c",
                          nginx_configuration(in, "127.0.0.1:" + port + " reuseport", answer)};
         },
         "nginx"},
        {"NginxOnIPv6Only", "::", true,
         [](const folder& in, const text& port, const text& answer) {
             return words{find_program("nginx"), "-c",
                          nginx_configuration(in, "[::]:" + port, answer)};
         },
         "nginx"},
        {"Java",
         "::",
         false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("java"),
                          "-XX:TieredStopAtLevel=1",
                          "-XX:+UseSerialGC",
                          source("Server.java"),
                          port,
                          answer};
         },
         "java",
         {143}},
        {"CppWithEpoll", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{LASTCALL_HAND_WRITTEN_SERVER, "epoll", port, answer};
         },
         ""},
        {"CppThreadsThatWaitInAccept",
         "127.0.0.1",
         false,
         [](const folder&, const text& port, const text& answer) {
             return words{LASTCALL_HAND_WRITTEN_SERVER, "threads", port, answer};
         },
         "",
         {-SIGTERM}},
        {"BoostAsio", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{LASTCALL_ASIO_SERVER, port, answer};
         },
         ""},
        {"Gunicorn", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{find_program("gunicorn"),
                          "--workers=2",
                          "--bind=127.0.0.1:" + port,
                          "--env=ANSWER=" + answer,
                          "--chdir",
                          LASTCALL_INTERCEPT_PROGRAMS,
                          "wsgi_app:app"};
         },
         "gunicorn"},
        {"Uvicorn", "127.0.0.1", false,
         [](const folder&, const text& port, const text&) {
             return words{find_program("uvicorn"), "--port=" + port, "--app-dir",
                          LASTCALL_INTERCEPT_PROGRAMS, "asgi_app:app"};
         },
         "uvicorn"},
        {"HAProxy",
         "127.0.0.1",
         false,
         [](const folder& in, const text& port, const text& answer) {
             return words{find_program("haproxy"), "-f",
                          in.write("haproxy" + answer + ".cfg",
                                   "defaults\n mode http\n timeout client 5s\n timeout server 5s\n"
                                   " timeout connect 5s\nfrontend web\n bind 127.0.0.1:" +
                                       port +
                                       "\n http-request return status 200 content-type text/plain "
                                       "string " +
                                       answer + "\n")};
         },
         "haproxy",
         {0, -SIGTERM},
         false},
        {"UnderLastcallInit", "127.0.0.1", false,
         [](const folder&, const text& port, const text& answer) {
             return words{
                 LASTCALL_INIT_PROGRAM, "--", LASTCALL_HAND_WRITTEN_SERVER, "epoll", port, answer};
         },
         ""},
    };
    return all;
}

class HandOver : public ::testing::TestWithParam<std::size_t> {
protected:
    void SetUp() override {
        if (!what_.needs.empty() && find_program(what_.needs).empty()) {
            GTEST_SKIP() << what_.needs << " is not installed";
        }
        if (what_.needs == "go") {
            ASSERT_FALSE(go_server().empty()) << "go could not build server.go";
        }
    }
    std::unique_ptr<intercepted> start(const std::string& answer, int socket) {
        start_options options;
        options.offers = {{"web", socket, ""}};
        options.environment = {"ANSWER=" + answer};
        auto program = std::make_unique<intercepted>(
            what_.command(folder_, group_.port_text(), answer), std::move(options));
        EXPECT_TRUE(program->filter().is_there());
        const auto bound = program->next(what::bound);
        EXPECT_TRUE(bound && bound->socket == "web") << program->output();
        if (what_.calls_listen) {
            EXPECT_TRUE(program->next(what::listening)) << program->output();
        }
        EXPECT_TRUE(program->holds(inode_of(socket)));
        for (const intercept_event& each : program->all(what::problem)) {
            ADD_FAILURE() << each.text;
        }
        return program;
    }
    [[nodiscard]] reply ask() const {
        return get(what_.host == "::" && !what_.is_only_ip6 ? "127.0.0.1"
                   : what_.host == "::"                     ? "::1"
                   : what_.host == "0.0.0.0"                ? "127.0.0.1"
                                                            : what_.host,
                   group_.port());
    }

    const subject& what_ = subjects()[GetParam()];
    private_folder folder_;
    steered_group group_{what_.host, what_.is_only_ip6};
};

TEST_P(HandOver, LosesNoConnection) {
    const int first_socket = group_.open();
    group_.steer(0);
    const auto first = start("one", first_socket);
    if (HasFailure()) {
        return;
    }
    EXPECT_EQ(ask().text, "one") << first->output();
    EXPECT_EQ(backlog(first_socket), 1024) << "its listen was to be absorbed";

    const int second_socket = group_.open();
    load clients([this] { return ask(); });
    ASSERT_TRUE(clients.wait_for_more(3));
    const auto second = start("two", second_socket);
    ASSERT_TRUE(clients.wait_for_more(3));

    group_.steer(1);
    ASSERT_TRUE(eventually([&] { return accept_queue(first_socket) == 0; }));
    ASSERT_TRUE(clients.wait_for_more(3));  // whatever the first one had is answered
    EXPECT_EQ(ask().text, "two") << second->output();
    first->signal(SIGTERM);
    const auto status = first->wait();
    ASSERT_TRUE(status) << "it did not end: " << first->output();
    EXPECT_NE(std::find(what_.exits.begin(), what_.exits.end(), *status), what_.exits.end())
        << *status << " " << first->output();
    EXPECT_TRUE(first->next(what::ended));
    ASSERT_TRUE(clients.wait_for_more(20));
    const load::result result = clients.stop();
    EXPECT_GE(result.answered, 100U);
    EXPECT_EQ(result.failures, std::vector<std::string>());

    EXPECT_EQ(ask().text, "two");
    EXPECT_TRUE(is_listening(second_socket));
    RecordProperty("requests", std::to_string(result.answered));
    // And back: the first socket has outlived its program, another one serves from it.
    if (is_listening(first_socket)) {
        const auto third = start("three", first_socket);
        group_.steer(0);
        EXPECT_EQ(ask().text, "three") << third->output();
    } else {
        EXPECT_TRUE(first->next(what::shut_down));
    }
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& info) {
    return subjects()[info.param].name;
}

INSTANTIATE_TEST_SUITE_P(Of, HandOver, ::testing::Range<std::size_t>(0, subjects().size()),
                         name_of);

}  // namespace
}  // namespace lastcall::testing
