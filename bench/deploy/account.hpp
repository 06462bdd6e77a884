// What became of every request of a load: the same ends as in tests/agent_real/load.py.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace deploy_bench {

enum class request_end : std::uint8_t {
    answered,
    refused,       ///< no connection was made
    reset_fresh,   ///< closed before a response, on a connection of its own
    idle_race,     ///< closed before the server had read it, on a connection that was used before
    abandoned,     ///< closed without a response after the server had read it, on such a one
    cut,           ///< closed in the middle of the response
    server_error,  ///< answered with 5xx
    wrong,         ///< another status than 2xx, or the answer of another request
    late,          ///< not answered in time
};
[[nodiscard]] std::string_view to_string(request_end value) noexcept;

struct account {
    struct loss {
        double seconds = 0;  ///< since the load began, when the request did
        std::string lane;
        request_end end = request_end::late;
        std::string detail;
    };

    std::int64_t requests = 0;
    std::array<std::int64_t, 9> ends{};  ///< by request_end
    std::map<std::string, std::int64_t, std::less<>> lanes, versions;
    std::int64_t noticed = 0;  ///< connections that were seen to be closed before they were used
    double longest_ms = 0;     ///< of the answered
    std::vector<loss> lost;    ///< the first thousand

    void add(const std::string& lane, request_end end, double seconds, const std::string& detail);
    [[nodiscard]] nlohmann::json json() const;
};

}  // namespace deploy_bench
