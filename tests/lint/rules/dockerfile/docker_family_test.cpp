// What Dockerfiles are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

struct mended_start {
    std::string_view written;
    std::string_view mended;
};

TEST(Dockerfile, AShellInFrontIsMendedByExecWhereThatChangesNothingElse) {
    constexpr mended_start starts[] = {
        {"CMD server --port $PORT\n", "CMD exec server --port $PORT\n"},
        {"CMD migrate && \\\n    server\n", "CMD migrate && \\\n    exec server\n"},
        {"CMD [\"sh\", \"-c\", \"say \\\"hi\\\"; server > /log\"]\n",
         "CMD [\"sh\", \"-c\", \"say \\\"hi\\\"; exec server > /log\"]\n"},
        {"CMD server | tee log\n", "CMD server | tee log\n"},
        {"CMD PORT=80 server $MORE\n", "CMD PORT=80 server $MORE\n"},
        {"CMD trap clean TERM; server\n", "CMD trap clean TERM; server\n"},
    };
    for (const mended_start& one : starts) {
        SCOPED_TRACE(one.written);
        test_folder in;
        const auto file = in.add("Dockerfile", "FROM debian:12\n" + std::string(one.written));
        using namespace std::chrono;
        lint({{in.path()}, year(2026) / 6 / 1, true}, [](std::span<const finding>) {});
        std::ifstream from(file, std::ios::binary);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(from), {}),
                  "FROM debian:12\n" + std::string(one.mended));
    }
}

}  // namespace
}  // namespace lastcall::lint
