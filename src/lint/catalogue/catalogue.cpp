#include "lint/catalogue/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace lastcall::lint {
namespace {

bool is_same_id(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::toupper(x) == std::toupper(y);
    });
}

}  // namespace

std::string_view to_string(severity value) noexcept {
    switch (value) {
        case severity::error:
            return "error";
        case severity::warning:
            return "warning";
        case severity::note:
            break;
    }
    return "note";
}

std::span<const rule_family> rule_families() {
    static const std::array families{
        rule_family{"Any file", general_rules()},
        rule_family{"Dockerfiles", dockerfile_rules()},
        rule_family{"Shell scripts", shell_rules()},
        rule_family{"Kubernetes manifests", kubernetes_rules()},
        rule_family{"Compose files", compose_rules()},
        rule_family{"systemd units", unit_rules()},
        rule_family{"Configurations of programs", configuration_rules()},
        rule_family{"The chain across files", chain_rules()},
        rule_family{"Processes (lastcall doctor)", process_rules(), false},
    };
    return families;
}

const rule* find_rule(std::string_view id) {
    for (const rule_family& family : rule_families()) {
        for (const rule& one : family.rules) {
            if (is_same_id(one.id, id)) {
                return &one;
            }
        }
    }
    return nullptr;
}

std::vector<std::string_view> rule_ids() {
    std::vector<std::string_view> all;
    for (const rule_family& family : rule_families()) {
        for (const rule& one : family.rules) {
            if (family.is_of_files) {
                all.push_back(one.id);
            }
        }
    }
    return all;
}

bool is_of_several_files(std::string_view id) noexcept {
    return id.starts_with("CH") || id == "S20";
}

}  // namespace lastcall::lint
