// A proxy beside the program that ends before it does: K11.
#include <algorithm>
#include <array>

#include "lint/rules/kubernetes/pod_case.hpp"

namespace lastcall::lint {
namespace {

struct proxy {
    std::string_view image;    ///< the last part of its name
    std::string_view setting;  ///< an option or a variable by which it stays; may be empty
    std::string_view source;
};

constexpr std::string_view native =
    "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/";

constexpr std::array proxies{
    proxy{"proxyv2", "EXIT_ON_ZERO_ACTIVE_CONNECTIONS",
          "https://istio.io/latest/docs/reference/commands/pilot-agent/"},
    proxy{"cloud-sql-proxy", "--max-sigterm-delay",
          "https://github.com/GoogleCloudPlatform/cloud-sql-proxy"},
    proxy{"gce-proxy", "-term_timeout", "https://github.com/GoogleCloudPlatform/cloud-sql-proxy"},
    proxy{"envoy", "", native},
};

const proxy* proxy_of(const container_case& one) {
    const auto image = one.object.get("image").text();
    const auto name = image ? read_image_reference(*image).name : std::string();
    const auto* of = std::find_if(proxies.begin(), proxies.end(), [&](const proxy& each) {
        return name.substr(name.rfind('/') + 1) == each.image;
    });
    return of == proxies.end() ? nullptr : of;
}

/// It is told to stay, or may be: by a hook, its setting, or what a template puts in.
bool may_stay(const container_case& one, const proxy& of) {
    if (!is_absent(one.object, "lifecycle") || one.object.get("env").may_have_more()) {
        return true;
    }
    if (of.setting.empty()) {
        return false;
    }
    if (one.variable(of.setting)) {
        return true;
    }
    for (const std::string_view key : {"command", "args"}) {
        const auto words = one.object.get(key);
        const auto all = words.items();
        const bool has_it = std::any_of(all.begin(), all.end(), [&](const yaml_ref& word) {
            return !word.text() || word.text()->find(of.setting) != std::string_view::npos;
        });
        if (has_it || words.may_have_more()) {
            return true;
        }
    }
    return false;
}

}  // namespace

void check_proxies(const pod_case& given) {
    const auto& all = given.containers();
    const bool has_program = std::any_of(all.begin(), all.end(), [](const container_case& one) {
        return !one.is_init && proxy_of(one) == nullptr;
    });
    for (const container_case& one : all) {
        const auto* of = one.is_init ? nullptr : proxy_of(one);
        if (of == nullptr || !has_program || may_stay(one, *of)) {
            continue;
        }
        auto& made = given.report().add(
            "K11", one.at(),
            one.name +
                " gets the stop signal at the same time as the program whose connections "
                "it carries, and may be gone first");
        made.source = of->source;
    }
}

}  // namespace lastcall::lint
