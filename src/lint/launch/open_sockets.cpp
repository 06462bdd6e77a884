#include "lint/launch/open_sockets.hpp"

#include <algorithm>

namespace lastcall::lint {

std::optional<found_option> find_open_sockets(const launch_chain& chain, const line_index& lines) {
    const auto* hop = chain.program();
    auto socket = find_option(chain, lines, "uvicorn", "--ws");
    if (hop == nullptr || hop->call.name != "uvicorn" || !socket || socket->value == "none" ||
        socket->value == "auto") {
        return std::nullopt;
    }
    const bool has_limit =
        std::any_of(hop->words.begin(), hop->words.end(), [](const launch_word& word) {
            return !word.what.is_known() ||
                   word.what.what.text.starts_with("--timeout-graceful-shutdown");
        });
    return has_limit ? std::nullopt : socket;
}

}  // namespace lastcall::lint
