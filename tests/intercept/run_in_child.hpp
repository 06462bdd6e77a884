// One child under the filter, and one socket "web" for it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "intercept/harness.hpp"
#include "intercept/in_child.hpp"

namespace lastcall::testing {

/// Runs `body` under the filter, with one socket "web" at `host`. Returns: what it returned.
struct run_result {
    std::optional<int> status;
    std::vector<intercept_event> bound;
    std::vector<intercept_event> problems;
};

inline run_result run(steered_group& group, const intercepted::body& body,
                      start_options options = {}) {
    options.offers.push_back({"web", group.open(), ""});
    intercepted program(body, std::move(options));
    EXPECT_TRUE(program.filter().is_there()) << describe(program.filter());
    const auto status = program.wait();
    EXPECT_TRUE(program.next(what::ended));
    return {status, program.all(what::bound), program.all(what::problem)};
}

/// In the child: 0 when descriptor `fd` is a socket that listens already, as ours does.
inline int is_ours(int fd) { return get_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1 ? 0 : 99; }

}  // namespace lastcall::testing
