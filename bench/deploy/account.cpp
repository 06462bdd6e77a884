#include "account.hpp"

namespace deploy_bench {
namespace {

constexpr std::array<std::string_view, 9> names{"answered",     "refused",   "reset_fresh",
                                                "idle_race",    "abandoned", "cut",
                                                "server_error", "wrong",     "late"};
constexpr std::size_t most_told = 1000;

}  // namespace

std::string_view to_string(request_end value) noexcept {
    return names[static_cast<std::size_t>(value)];
}

void account::add(const std::string& lane, request_end end, double seconds,
                  const std::string& detail) {
    ++requests;
    ++ends[static_cast<std::size_t>(end)];
    ++lanes[lane];
    if (end != request_end::answered && lost.size() < most_told) {
        lost.push_back({seconds, lane, end, detail});
    }
}

nlohmann::json account::json() const {
    auto made = nlohmann::json{{"requests", requests},
                               {"ends", nlohmann::json::object()},
                               {"lanes", lanes},
                               {"versions", versions},
                               {"noticed", noticed},
                               {"longest_ms", longest_ms},
                               {"lost", nlohmann::json::array()}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        made["ends"][std::string(names[i])] = ends[i];
    }
    for (const auto& one : lost) {
        made["lost"].push_back({one.seconds, one.lane, to_string(one.end), one.detail});
    }
    return made;
}

}  // namespace deploy_bench
