// The example service from outside: its drill against each database and queue and by each
// sequence, the control run that must fail, and what bad settings say.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "adapters_postgres/postgres_server.hpp"
#include "adapters_redis/redis_server.hpp"

namespace lastcall::testing {
namespace {

struct outcome {
    int status = -1;
    std::string output;
};

// Runs a shell command; standard error goes with the output.
outcome run(const std::string& command) {
    outcome o;
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::array<char, 4096> buffer{};
    while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        o.output.append(buffer.data(), n);
    }
    const int raw = ::pclose(pipe);
    o.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
    return o;
}

const std::string programs = PROGRAMS;

std::string uri_of(const postgres_server& server) {
    const std::string info = server.conninfo();
    const std::string host = info.substr(5, info.find(' ') - 5);
    return "'postgres://postgres@/postgres?host=" + host + "&port=5432'";
}

/// The drill of the contract file, with another database or queue, or another sequence. One that
/// is inconclusive, because the machine was too busy to send the load in time, is repeated.
outcome drill(const std::string& options, const std::string& db = "sqlite:{dir}/orders.db",
              const std::string& listen = "127.0.0.1:{port}", const std::string& more = "") {
    constexpr int inconclusive = 4;
    outcome o;
    for (int attempt = 1; attempt <= 5; ++attempt) {
        o = run(programs + "/lastcall drill --load 2s --contract " CONTRACT " " + options + " -- " +
                programs + "/orders --listen " + listen + " --db " + db +
                " --temp-dir {dir} --grace 10s " + more);
        if (o.status != inconclusive) {
            break;
        }
    }
    return o;
}

void expect_nothing_lost(const outcome& o) {
    // Five times in a row this machine did not give the drill its share of a processor: nothing
    // is known of the service then, and that is said.
    if (o.status == 4 && o.output.find("requests were sent late") != std::string::npos) {
        GTEST_SKIP() << "the machine is too busy for a drill:\n" << o.output;
    }
    EXPECT_EQ(o.status, 0) << o.output;
    EXPECT_NE(o.output.find("PASS"), std::string::npos) << o.output;
}

TEST(Orders, LosesNothingWithSqlite) { expect_nothing_lost(drill("")); }

TEST(Orders, LosesNothingWithPostgres) {
    const postgres_server postgres;
    expect_nothing_lost(drill("", uri_of(postgres)));
}

TEST(Orders, LosesNothingWithPostgresAndRedis) {
    const postgres_server postgres;
    redis_server redis;
    expect_nothing_lost(drill("", uri_of(postgres), "127.0.0.1:{port}",
                              "--queue redis://127.0.0.1:" + std::to_string(redis.port())));
}

TEST(Orders, LosesNothingWithSqliteAndRedis) {
    redis_server redis;
    expect_nothing_lost(drill("", "sqlite:{dir}/orders.db", "127.0.0.1:{port}",
                              "--queue redis://127.0.0.1:" + std::to_string(redis.port())));
}

TEST(Orders, PassesTheSequenceOfDocker) {
    expect_nothing_lost(drill("--sequence docker"));
    expect_nothing_lost(drill("--sequence docker --init"));
}

TEST(Orders, PassesTheSequenceOfSystemd) { expect_nothing_lost(drill("--sequence systemd")); }

TEST(Orders, PassesTheSequenceOfKubernetes) {
    expect_nothing_lost(drill("--sequence kubernetes --route-lag 1s --pre-stop sleep:1s"));
}

TEST(Orders, PassesARollingReplacementOverOneListener) {
    expect_nothing_lost(drill("--sequence rolling", "sqlite:{dir}/orders.db", "fd:3"));
}

TEST(Orders, PassesAReload) { expect_nothing_lost(drill("--sequence reload --settle 1s")); }

TEST(Orders, PassesASweepOfTheSignal) { expect_nothing_lost(drill("--sweep 4 --load 1s")); }

// The proof must be able to fail: a SIGKILL loses what is in flight.
TEST(Orders, TheProofFindsOutACrash) {
    const outcome o = drill("--signal KILL");
    EXPECT_EQ(o.status, 3) << o.output;
    EXPECT_NE(o.output.find("FAIL"), std::string::npos) << o.output;
}

struct bad_setting {
    const char* arguments;
    int status;
    const char* message;
};

TEST(Orders, BadFlagsAreRefusedWithTheReason) {
    for (const bad_setting& b : std::initializer_list<bad_setting>{
             {"--nonsense", 2, "--nonsense"},
             {"--grace 30", 2, "has no unit"},
             {"--grace soon", 2, "not a duration"},
             {"--threads -1", 2, "not a number"},
             {"--threads many", 2, "not a number"},
             {"--tls-certificate x.pem", 2, "go together"},
             {"--listen 8080", 84, "no port"},
             {"--listen 127.0.0.1:99999", 84, "0 to 65535"},
             {"--listen somewhere:1", 84, "not an IP address"},
             {"--db mysql://x", 84, "neither sqlite:FILE nor postgres"},
             {"--db sqlite:/nowhere/at/all.db", 84, "/nowhere/at/all.db"},
             {"--db postgres://nobody@127.0.0.1:1/x", 84, "127.0.0.1"},
             {"--db sqlite::memory:", 84, "memory"},
             {"--queue redis://127.0.0.1:1 --db sqlite:bad.db", 84, "127.0.0.1"},
             {"--config /nowhere.yaml", 2, "cannot be read"},
             {"--grace 300ms --lame-duck-min 10s --lame-duck-max 10s", 84, "lame duck 10s"},
         }) {
        const auto folder = std::filesystem::temp_directory_path() / "lastcall-orders-bad";
        std::filesystem::create_directories(folder);
        const outcome o = run("cd " + folder.string() + " && timeout 20 " + programs +
                              "/orders --db sqlite:default.db " + b.arguments);
        EXPECT_EQ(o.status, b.status) << b.arguments << "\n" << o.output;
        EXPECT_NE(o.output.find(b.message), std::string::npos) << b.arguments << "\n" << o.output;
        EXPECT_EQ(o.output.find("listening"), std::string::npos) << b.arguments;
        std::filesystem::remove_all(folder);
    }
}

TEST(Orders, ABadConfigurationFileIsRefusedWithItsLine) {
    const auto file = std::filesystem::temp_directory_path() / "lastcall-orders-test.yaml";
    const auto refused = [&](const std::string& text) {
        std::ofstream(file) << text;
        const outcome o = run("timeout 20 " + programs + "/orders --config " + file.string());
        EXPECT_EQ(o.status, 2) << o.output;
        return o.output;
    };
    EXPECT_NE(refused("threads: 2\ngrase: 5s\n").find(":2: unknown key \"grase\""),
              std::string::npos);
    EXPECT_NE(refused("# first\ngrace: 5\n").find(":2: grace: \"5\" has no unit"),
              std::string::npos);
    EXPECT_NE(refused("grace: [1, 2]\n").find("expected one value"), std::string::npos);
    EXPECT_NE(refused("just text\n").find("expected \"key: value\""), std::string::npos);
    EXPECT_NE(refused("a: b: c\n").find(":1:"), std::string::npos);
    std::filesystem::remove(file);
}

// The service in a folder of its own.
class running_orders {
public:
    explicit running_orders(const std::string& options)
        : folder_(std::filesystem::temp_directory_path() /
                  ("lastcall-orders-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_);
        // The shell says its process id, and becomes the service.
        output_ = ::popen(("cd " + folder_.string() + " && echo $$ && exec " + programs +
                           "/orders --listen 127.0.0.1:0 --db sqlite:o.db " + options + " 2>log")
                              .c_str(),
                          "r");
        pid_ = std::atoi(line().c_str());
        const std::string listening = line();
        port = listening.substr(listening.rfind(':') + 1);
        port.resize(port.find_last_of("0123456789") + 1);
    }
    running_orders(const running_orders&) = delete;
    running_orders& operator=(const running_orders&) = delete;
    ~running_orders() {
        stop();
        std::filesystem::remove_all(folder_);
    }

    // SIGTERM. Returns: the status as wait(2) has it.
    int stop() {
        if (output_ == nullptr) {
            return -1;
        }
        ::kill(pid_, SIGTERM);
        return ::pclose(std::exchange(output_, nullptr));
    }

    std::string port;

private:
    std::string line() {
        std::array<char, 256> text{};
        return std::fgets(text.data(), text.size(), output_) == nullptr ? "" : text.data();
    }

    std::filesystem::path folder_;
    FILE* output_ = nullptr;
    int pid_ = 0;
};

TEST(Orders, EndsCleanlyOrBySigtermAsAsked) {
    const int clean = running_orders("").stop();
    EXPECT_TRUE(WIFEXITED(clean));
    EXPECT_EQ(WEXITSTATUS(clean), 0);
    const int signalled = running_orders("--reraise").stop();
    EXPECT_TRUE(WIFSIGNALED(signalled));
    EXPECT_EQ(WTERMSIG(signalled), SIGTERM);
}

// A job that is no order fails its attempt; and the workers wait in Redis when it goes away.
TEST(Orders, ShowsFailedAttemptsAndTheFailedCallsOfAQueueThatIsAway) {
    redis_server redis;
    running_orders service("--queue redis://127.0.0.1:" + std::to_string(redis.port()));
    const auto number_of = [&](const std::string& metric) {
        const std::string name = "\n" + metric + " ";
        const std::string all = run("curl -s http://127.0.0.1:" + service.port + "/metrics").output;
        const auto at = all.find(name);
        return at == all.npos ? -1 : std::atoi(all.c_str() + at + name.size());
    };
    const auto expect_some = [&](const std::string& metric) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (number_of(metric) <= 0 && std::chrono::steady_clock::now() < until) {
        }
        EXPECT_GT(number_of(metric), 0) << metric;
    };
    EXPECT_EQ(number_of("orders_jobs_failed_total"), 0);
    const std::string ask = "redis-cli -s " + redis.socket_path();
    run(ask + " HSET orders:payloads 1 nonsense && " + ask + " RPUSH orders:queue 1");
    expect_some("orders_jobs_failed_total");
    EXPECT_EQ(number_of("orders_queue_failures_total"), 0);
    redis.stop();
    expect_some("orders_queue_failures_total");
}

TEST(Orders, HelpNamesEveryFlagAndExitStatus) {
    const outcome o = run(programs + "/orders --help");
    EXPECT_EQ(o.status, 0);
    for (const char* text : {"--listen", "--db", "--queue", "--grace", "--threads", "--config",
                             "81 a step failed", "84 refused"}) {
        EXPECT_NE(o.output.find(text), std::string::npos) << text << "\n" << o.output;
    }
}

}  // namespace
}  // namespace lastcall::testing
