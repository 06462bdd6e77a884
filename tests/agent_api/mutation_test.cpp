// Requests that are nearly right: whatever comes, the server answers the next one, and does not
// grow.
#include <fstream>
#include <random>

#include "agent_api/api_fixture.hpp"
#include "support/sanitized.hpp"

namespace lastcall::agent::testing {
namespace {

using Mutations = api_fixture;

long resident_kilobytes() {
    std::ifstream file("/proc/self/statm");
    long pages = 0;
    long resident = 0;
    file >> pages >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

std::string mutate(std::string text, std::mt19937& random) {
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (std::size_t n = 1 + below(4); n > 0 && !text.empty(); --n) {
        const std::size_t at = below(text.size());
        switch (below(6)) {
            case 0:
                text[at] = static_cast<char>(below(256));
                break;
            case 1:
                text.erase(at, 1 + below(8));
                break;
            case 2:
                text.insert(at, text.substr(below(text.size()), below(64)));
                break;
            case 3:
                text.insert(at, 1 + below(40), "[{\"%\r\n:0"[below(9)]);
                break;
            case 4:
                text.resize(at);
                break;
            default:
                text.insert(at, "\xff\xfe\0", 3);
                break;
        }
    }
    return text;
}

// The status line, or nothing: the connection was closed, or waits for more.
int try_raw(const std::string& path, const std::string& text) {
    local_client one(path);
    one.send(text);
    one.half_close();
    one.to_end();
    return read_answer(one.in).status;
}

TEST_F(Mutations, OfRequestsNeitherCrashNorGrowTheServer) {
    serve();
    engine.set_log_files({});
    const std::vector<std::string> seeds{
        question{.target = "/v1/status"}.text(),
        question{.target = "/v1/journal?after=0&limit=5&kind=a,b&newest=1"}.text(),
        question{.target = "/v1/services/web/logs?tail=3"}.text(),
        question{.target = "/v1/deploys/1"}.text(),
        question{.method = "POST",
                 .target = "/v1/services/web/deploys",
                 .body = R"({"command": ["a"], "environment": {"A": "b"}, "note": "n"})",
                 .more = "Content-Type: application/json\r\nIdempotency-Key: k\r\n"}
            .text(),
        question{.method = "POST", .target = "/v1/deploys/1/approve", .body = R"({"digest": "d"})"}
            .text(),
        "POST /v1/stop HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
        "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    };
    std::mt19937 random(20261121);
    std::map<int, int> seen;
    long before = 0;
    constexpr int rounds = lastcall::testing::is_sanitized ? 2'000 : 6'000;
    for (int i = 0; i < rounds; ++i) {
        if (i == rounds / 3) {
            before = resident_kilobytes();
        }
        ++seen[try_raw(options.socket,
                       mutate(seeds[static_cast<std::size_t>(i) % seeds.size()], random))];
    }
    EXPECT_EQ(seen[500], 0);
    EXPECT_GT(seen[400], rounds / 20) << "the mutations are too tame";
    EXPECT_GT(seen[200], 0) << "the mutations are too wild";
    if (!lastcall::testing::is_sanitized) {
        EXPECT_LT(resident_kilobytes() - before, 16 * 1024);
    }
    EXPECT_EQ(get("/v1/status").status, 200);
}

TEST_F(Mutations, OfJsonBodiesAreAnsweredAndUnderstoodOrRefused) {
    serve();
    const std::string seed =
        R"({"command": ["./a", "\u00e4"], "environment": {"A": "1"}, "note": "n", "force": false})";
    std::mt19937 random(7);
    for (int i = 0; i < 3'000; ++i) {
        const std::string body = mutate(seed, random);
        if (!body.empty()) {
            const answer got = post("/v1/services/web/deploys", body);
            EXPECT_TRUE(got.status == 202 || got.status == 400) << got.status << " " << body;
            if (!json::accept(body)) {
                EXPECT_EQ(got.status, 400) << body;
            }
        }
    }
}

}  // namespace
}  // namespace lastcall::agent::testing
