// What a service needs is stopped after it: U11.
#include <algorithm>
#include <array>

#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {
namespace {

using unit_words_said = std::vector<std::pair<mapped_text, unit_source>>;

std::string stem_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

unit_words_said words_of_all(const unit_view& view, std::initializer_list<std::string_view> names) {
    unit_words_said made;
    for (const std::string_view one : names) {
        const auto words = view.words("Unit", one);
        made.insert(made.end(), words.begin(), words.end());
    }
    return made;
}

bool has_name(const unit_words_said& in, const std::string& name) {
    return std::any_of(in.begin(), in.end(), [&](const auto& one) {
        // db.socket stands for db.service: it is begun before it, too.
        return one.first.text() == name || stem_of(one.first.text()) == stem_of(name);
    });
}

/// A name in an order that may be another name of a unit: mysql.service of mariadb.service.
bool may_be_alias(const unit_words_said& ordered, const unit_words_said& needed,
                  const unit_case& given) {
    return std::any_of(ordered.begin(), ordered.end(), [&](const auto& one) {
        const auto& name = one.first.text();
        const bool is_needed = std::any_of(needed.begin(), needed.end(), [&](const auto& each) {
            return each.first.text() == name;
        });
        return name.ends_with(".service") && !is_needed && given.find_unit(name).empty();
    });
}

/// The other unit says the order.
bool is_ordered_there(const unit_case& given, const std::string& name) {
    const auto file = given.find_unit(name);
    if (file.empty()) {
        return false;
    }
    const auto other = load_unit(name, file, given.of().roots);
    return has_name(words_of_all(other.view, {"After", "Before"}), given.of().name);
}

bool has_no_order(const unit_case& given, const std::string& name, const unit_words_said& needed,
                  const unit_words_said& ordered) {
    const bool is_known = name.find('%') == std::string::npos && !is_template_text(name);
    return name.ends_with(".service") && is_known && name != given.of().name &&
           !has_name(ordered, name) && !may_be_alias(ordered, needed, given) &&
           !is_ordered_there(given, name);
}

/// systemd puts them before what they start, and targets behind what they consist of:
/// systemd.timer(5), systemd.path(5), systemd.socket(5), systemd.automount(5), systemd.target(5).
bool is_ordered_by_systemd(std::string_view name) {
    constexpr std::array<std::string_view, 5> ends{".timer", ".path", ".socket", ".automount",
                                                   ".target"};
    return std::any_of(ends.begin(), ends.end(),
                       [&](std::string_view end) { return name.ends_with(end); });
}

/// One finding for each line, as one more line mends it.
void check_requirements(const unit_case& given) {
    if (is_ordered_by_systemd(given.of().name)) {
        return;
    }
    const auto needed = words_of_all(given.view(), {"Requires", "BindsTo", "Requisite"});
    const auto ordered = words_of_all(given.view(), {"After", "Before"});
    const unit_setting* last = nullptr;
    finding* made = nullptr;
    for (const auto& [word, from] : needed) {
        const auto& name = word.text();
        if (!has_no_order(given, name, needed, ordered)) {
            continue;
        }
        if (from.setting == last) {
            if (made != nullptr) {
                made->edits.front().text += " " + name;
                made->fix += " " + name;
            }
            continue;
        }
        last = from.setting;
        made = given.add("U11", from, word.whole(from.file->lines),
                         from.setting->name + " says no order: " + name +
                             " is stopped at the same time as this unit, which needs it");
        if (made != nullptr) {
            const auto& value = from.setting->at;
            const auto end = from.file->lines.at(value.offset + value.size);
            made->edits.push_back({end, "\nAfter=" + name});
            made->fix = "After=" + name;
        }
    }
}

bool is_local_host(std::string_view text) {
    for (const std::string_view one : {"localhost", "127.", "[::1]", "0.0.0.0", "$", "%", "{"}) {
        if (text.starts_with(one)) {
            return true;
        }
    }
    return text.empty();
}

/// Asks another machine: "https://host/path".
bool asks_elsewhere(const shell::step& one) {
    if (one.name() != "curl" && one.name() != "wget") {
        return false;
    }
    bool is_elsewhere = false;
    for (const auto& word : one.arguments) {
        const std::string_view text = word.what.text;
        if (text == "--unix-socket" || !word.is_known()) {
            return false;
        }
        for (const std::string_view scheme : {"http://", "https://"}) {
            is_elsewhere = is_elsewhere ||
                           (text.starts_with(scheme) && !is_local_host(text.substr(scheme.size())));
        }
    }
    return is_elsewhere;
}

void check_network(const unit_case& given) {
    if (!given.is_whole()) {
        return;
    }
    for (const auto& [word, from] : words_of_all(given.view(), {"After", "Requires", "BindsTo"})) {
        const auto& name = word.text();
        if (name.find("network") != std::string::npos || name.find("remote") != std::string::npos ||
            name.ends_with(".service") || is_template_text(name)) {
            return;  // or after something that is
        }
    }
    for (const auto* runs : {&given.stops(), &given.stop_posts()}) {
        for (const unit_run& one : *runs) {
            const auto steps = steps_of(one.chain);
            if (std::none_of(steps.begin(), steps.end(), asks_elsewhere)) {
                continue;
            }
            if (auto* made = given.add("U11", one.from(),
                                       "this asks another machine, and when this one shuts down, "
                                       "nothing keeps the network until the unit has stopped")) {
                made->fix = "After=network.target";
            }
        }
    }
}

}  // namespace

void check_order(const unit_case& given) {
    check_requirements(given);
    check_network(given);
}

}  // namespace lastcall::lint
