#include "lint/engine/profile.hpp"

#include <algorithm>
#include <array>

namespace lastcall::lint {
namespace {

using std::chrono::seconds;

/// The kubelet does not look at HEALTHCHECK, and the 10 s of `docker stop` are not its own.
constexpr std::array kubernetes_weights{rule_weight{"D14", std::nullopt},
                                        rule_weight{"D16", std::nullopt}};
/// Those of Docker alone do not hold on other platforms either.
constexpr std::array hosted_weights{rule_weight{"D14", std::nullopt}};

constexpr std::array all_profiles{
    profile{"usual", "what holds wherever it runs", std::nullopt, "", {}},
    profile{"strict", "notes are warnings, and count", std::nullopt, "", {}, true},
    profile{"docker", "docker stop, 10 s", seconds(10), "docker stop", {}},
    profile{"kubernetes", "pods of a manifest that is not here, 30 s", seconds(30),
            "terminationGracePeriodSeconds by default", kubernetes_weights},
    profile{"ecs", "tasks of ECS, 30 s", seconds(30), "stopTimeout by default", hosted_weights},
    profile{"nomad", "jobs of Nomad, 5 s", seconds(5), "kill_timeout by default", hosted_weights},
    profile{"fly", "machines of Fly, 5 s", seconds(5), "kill_timeout by default", hosted_weights},
    profile{"heroku", "dynos of Heroku, 30 s", seconds(30), "a dyno", hosted_weights},
};

}  // namespace

const profile& usual_profile() { return all_profiles.front(); }

const profile* find_profile(std::string_view name) {
    const auto* found = std::find_if(all_profiles.begin(), all_profiles.end(),
                                     [&](const profile& one) { return one.name == name; });
    return found == all_profiles.end() ? nullptr : found;
}

std::span<const profile> profiles() { return all_profiles; }

std::optional<severity> weight_of(const profile& under, std::string_view rule, severity how) {
    for (const rule_weight& one : under.weights) {
        if (one.rule == rule) {
            return one.how;
        }
    }
    return under.notes_count && how == severity::note ? severity::warning : how;
}

}  // namespace lastcall::lint
