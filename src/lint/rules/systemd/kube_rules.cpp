// A .kube of Podman Quadlet, and the manifest that it names: U12.
#include <algorithm>

#include "lint/launch/stop_time.hpp"
#include "lint/rules/kubernetes/manifest.hpp"
#include "lint/rules/systemd/quadlet.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kube_source =
    "https://github.com/containers/podman/blob/main/docs/kubernetes_support.md";

struct pod_time {
    seconds grace{0};
    place at;
};

/// The longest grace period that the manifest says for its pods. Unset: it says none.
std::optional<pod_time> longest_grace_in(std::string_view text) {
    const auto file = read_yaml(text);
    const auto all = read_manifest(file);
    std::optional<pod_time> made;
    for (const workload& one : all.workloads) {
        const bool is_said = static_cast<bool>(one.pod.get("terminationGracePeriodSeconds"));
        const auto grace = is_said ? one.grace() : std::nullopt;
        if (grace && (!made || made->grace < *grace)) {
            made = pod_time{*grace, one.grace_at()};
        }
    }
    return made;
}

}  // namespace

void check_kube(const unit_case& given) {
    const auto named = given.view().text("Kube", "Yaml");
    const auto limit = quadlet_limit(given);
    if (!named || !limit || is_template_text(named->text())) {
        return;
    }
    const auto folder = std::filesystem::path(named->file->path).parent_path();
    const auto file = folder / named->text();  // as it is, where it is a whole path
    const auto read = read_file(file);
    const auto found = read.text ? longest_grace_in(*read.text) : std::nullopt;
    if (!found || found->grace < *limit) {
        return;
    }
    auto* made =
        given.add("U12", *named,
                  "podman gives the pods of this manifest " + seconds_text(found->grace) +
                      " s to stop, and systemd kills podman after " + seconds_text(*limit) + " s");
    if (made == nullptr) {
        return;
    }
    made->source = kube_source;
    made->fix = "TimeoutStopSec=" + std::to_string((found->grace + seconds(10)).count());
    made->further.push_back({file.string(), found->at, "the grace period"});
}

}  // namespace lastcall::lint
