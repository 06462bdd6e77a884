#include "lint/conf/drain_value.hpp"

#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;

void take_longest(std::optional<drain_value>& longest, std::optional<milliseconds> time, place at) {
    if (time && (!longest || longest->time < *time)) {
        longest = drain_value{*time, at};
    }
}

std::vector<const conf_item*> items_of(const conf_file& file, const drain_setting& of) {
    std::vector<const conf_item*> made;
    for (const conf_item& one : file.items) {
        // The keys of traefik may be written in any case.
        const bool is_meant = of.kind == conf_kind::traefik_toml
                                  ? lower(one.name) == lower(of.key) && file.parent(one) != nullptr
                                  : one.name == of.key;
        if (is_meant) {
            made.push_back(&one);
        }
    }
    return made;
}

std::vector<yaml_ref> refs_of(const yaml_file& file, const drain_setting& of) {
    std::vector<yaml_ref> made;
    const auto take = [&](const yaml_ref& one) {
        if (one) {
            made.push_back(one);
        }
    };
    for (const yaml_ref& root : roots(file)) {
        if (of.kind == conf_kind::traefik_yaml) {
            for (const auto& [name, entry] : root.get("entryPoints").entries()) {
                take(entry.path(of.key));
            }
        } else {
            take(root.path(of.key));
            take(root.get(of.key));
        }
    }
    return made;
}

/// In JSON a number is in nanoseconds there: a time.Duration of Go.
std::optional<milliseconds> time_of(const yaml_ref& one, const drain_setting& of) {
    const auto number = of.kind == conf_kind::caddy_json ? one.integer() : std::nullopt;
    if (number) {
        return std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(*number));
    }
    return one.text() ? drain_time(*one.text(), of) : std::nullopt;
}

}  // namespace

const conf_item* only_setting(const conf_file& file, std::string_view name) {
    const auto found = file.all(name);
    return found.size() == 1 && !found.front()->words.empty() ? found.front() : nullptr;
}

std::optional<milliseconds> drain_time(std::string_view text, const drain_setting& of) {
    if (of.kind == conf_kind::puma && (text == ":forever" || text == "-1")) {
        return drain_setting::without_end;
    }
    if (of.kind == conf_kind::puma && text == ":immediately") {
        return milliseconds(0);
    }
    return conf_time(text, of.bare);
}

std::optional<drain_value> find_drain(const configuration& in, const drain_setting& of) {
    std::optional<drain_value> longest;
    if (in.is_yaml()) {
        // Of several documents some hold for some profiles only.
        const bool is_plain = of.kind == conf_kind::traefik_yaml || roots(in.yaml).size() == 1;
        for (const yaml_ref& one : is_plain ? refs_of(in.yaml, of) : std::vector<yaml_ref>()) {
            take_longest(longest, time_of(one, of), one.used_at());
        }
        return longest;
    }
    // Settings of a script that are computed, or set twice, are not known.
    const bool is_script = of.kind == conf_kind::gunicorn || of.kind == conf_kind::puma;
    if (is_script && only_setting(in.file, of.key) == nullptr) {
        return std::nullopt;
    }
    for (const conf_item* one : items_of(in.file, of)) {
        take_longest(longest, drain_time(one->value(), of),
                     one->words.empty() ? one->at : one->words.front().at);
    }
    return longest;
}

bool names_drain(const configuration& in, const drain_setting& of) {
    return in.is_yaml() ? !refs_of(in.yaml, of).empty() : !items_of(in.file, of).empty();
}

}  // namespace lastcall::lint
