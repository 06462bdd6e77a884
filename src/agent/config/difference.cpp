#include "agent/config/difference.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "agent/config/spec_json.hpp"

namespace lastcall::agent {
namespace {

using nlohmann::json;

/// Members that the agent itself looks at; a program that runs does not know them.
constexpr std::array looked_at{
    std::string_view("ready"),  std::string_view("live"),  std::string_view("restart"),
    std::string_view("deploy"), std::string_view("after"),
};

change_needs needs_of(std::string_view path) {
    const auto first = path.substr(0, path.find_first_of(".["));
    return std::find(looked_at.begin(), looked_at.end(), first) != looked_at.end()
               ? change_needs::note
               : change_needs::new_generation;
}

bool is_place(const std::string& path) { return path == "line" || path.ends_with(".line"); }

std::string short_text(const json& value) {
    // A text of any bytes is JSON by now, so that dump() has nothing to replace.
    auto text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    return text;
}

void compare(const json& before, const json& after, const std::string& path, bool is_secret,
             std::vector<field_change>& into) {
    if (before == after || is_place(path)) {
        return;
    }
    if (before.is_object() && after.is_object()) {
        std::set<std::string> names;
        for (const auto* const side : {&before, &after}) {
            for (const auto& [name, value] : side->items()) {
                names.insert(name);
            }
        }
        const json none;
        for (const auto& name : names) {
            compare(before.value(name, none), after.value(name, none),
                    path.empty() ? name : path + "." + name,
                    is_secret || (path.empty() && name == "environment"), into);
        }
        return;
    }
    if (before.is_array() && after.is_array() && before.size() == after.size() &&
        std::all_of(before.begin(), before.end(),
                    [](const json& one) { return one.is_object(); })) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            compare(before[i], after[i], path + "[" + std::to_string(i) + "]", is_secret, into);
        }
        return;
    }
    const auto shown = [is_secret](const json& value) {
        return is_secret && !value.is_null() ? std::string("\"…\"") : short_text(value);
    };
    into.push_back({path, shown(before), shown(after), needs_of(path)});
}

const service_spec* find(const host_spec& in, const std::string& name) {
    for (const auto& one : in.services) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view to_string(change_needs value) noexcept {
    switch (value) {
        case change_needs::nothing:
            return "nothing";
        case change_needs::note:
            return "note";
        case change_needs::new_generation:
            break;
    }
    return "new_generation";
}

change_needs service_change::needs() const noexcept {
    auto most = change_needs::nothing;
    for (const auto& one : fields) {
        most = std::max(most, one.needs);
    }
    return most;
}

service_change difference(const service_spec& before, const service_spec& after) {
    service_change made{after.name, {}};
    compare(to_json(before), to_json(after), {}, false, made.fields);
    return made;
}

host_difference difference(const host_spec& before, const host_spec& after) {
    host_difference made;
    for (const auto& one : after.services) {
        const auto* const old = find(before, one.name);
        if (old == nullptr) {
            made.added.push_back(one.name);
        } else if (auto change = difference(*old, one); !change.fields.empty()) {
            made.changed.push_back(std::move(change));
        }
    }
    for (auto one = before.services.rbegin(); one != before.services.rend(); ++one) {
        if (find(after, one->name) == nullptr) {
            made.removed.push_back(one->name);
        }
    }
    auto left = to_json(before);
    auto right = to_json(after);
    for (auto* const side : {&left, &right}) {
        side->erase("services");
        side->erase("file");
    }
    compare(left, right, {}, false, made.host);
    for (auto& one : made.host) {
        one.needs = change_needs::note;
    }
    return made;
}

}  // namespace lastcall::agent
