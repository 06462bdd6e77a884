// Envoy in front of others, and how it is stopped: X10.
#include <algorithm>

#include "lint/rules/kubernetes/container_words.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view drain_option = "--drain-time-s";
/// https://www.envoyproxy.io/docs/envoy/latest/operations/cli#cmdoption-drain-time-s
constexpr seconds usual_drain{600};

bool is_envoy(const container_case& one) {
    const auto image = one.object.get("image").text();
    const auto name = image ? read_image_reference(*image).name : std::string();
    return name == "envoyproxy/envoy" || name == "envoyproxy/envoy-distroless";
}

bool asks_for_drain(const shell::step& one) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [](const auto& word) {
        return word.what.text.find("drain_listeners?graceful") != std::string::npos ||
               word.what.text.find("healthcheck/fail") != std::string::npos;
    });
}

struct drain_time {
    milliseconds value = usual_drain;
    std::optional<place> at;  ///< unset: nobody says it
};

/// Unset: not known.
std::optional<drain_time> drain_time_of(const pod_case& given, const container_case& one) {
    for (const std::string_view key : {"command", "args"}) {
        if (is_absent(one.object, key)) {
            continue;
        }
        const auto words = known_words(one.object.get(key), one.object, given.report().text());
        if (!words) {
            return std::nullopt;
        }
        for (auto word = words->begin(); word != words->end(); ++word) {
            if (word->text() == drain_option && word + 1 != words->end()) {
                const auto value = shell::duration_of((word + 1)->text());
                return value ? std::optional(drain_time{*value, (word + 1)->whole(given.lines())})
                             : std::nullopt;
            }
        }
    }
    return drain_time{};
}

/// The requests that Envoy asks its clients to go away at are spread over its drain time.
void check_drain_time(const pod_case& given, const container_case& one, seconds grace) {
    const auto steps = steps_of(one.hook.command);
    const auto time = std::any_of(steps.begin(), steps.end(), asks_for_drain)
                          ? drain_time_of(given, one)
                          : std::nullopt;
    if (!time || time->value < grace) {
        return;
    }
    auto& made = given.report().add("X10", time->at ? *time->at : one.hook.handler.used_at(),
                                    "envoy takes " + seconds_text(time->value) +
                                        " s to send its clients away" +
                                        (time->at ? "" : " where --drain-time-s is not given") +
                                        ", and is killed after " + seconds_text(grace) + " s");
    made.further.push_back({given.report().file(), given.of().grace_at(), "the grace period"});
    made.fix = std::string(drain_option) + " below " + std::to_string(grace.count());
    made.source = "https://www.envoyproxy.io/docs/envoy/latest/operations/cli";
    if (!time->at) {
        made.how = severity::note;
        made.sure = confidence::hint;
    }
}

}  // namespace

void check_envoys(const pod_case& given) {
    const auto grace = given.of().grace();
    for (const container_case& one : given.containers()) {
        if (one.is_init || !is_envoy(one) || !grace) {
            continue;
        }
        check_drain_time(given, one, *grace);
        const bool has_no_hook =
            is_absent(one.object, "lifecycle") || is_absent(one.object.get("lifecycle"), "preStop");
        // Beside a program it is K11; in front of pods nobody sends to it directly.
        const bool is_alone =
            given.containers().size() == 1 && !given.of().pod.get("containers").may_have_more();
        if (!has_no_hook || !is_alone || !given.service_of(one)) {
            continue;
        }
        auto& made = given.report().add(
            "X10", one.at(),
            "envoy closes all of its connections at once when it is stopped, and no preStop makes "
            "it drain before");
        made.fix =
            "a preStop that posts to /drain_listeners?graceful of the admin interface, and "
            "then waits";
        made.source =
            "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining";
    }
}

}  // namespace lastcall::lint
