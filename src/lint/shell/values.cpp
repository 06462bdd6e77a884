#include "lint/shell/values.hpp"

#include <algorithm>
#include <set>

#include "lint/shell/bytes.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint::shell {
namespace {

/// What is longer is not worth knowing, and x=$y$y; y=$x$x; ... would be very long.
constexpr std::size_t longest_value = 65536;

void add(value& into, const value& next) {
    into.text += next.text;
    into.how = std::max(into.how, next.how);
    if (into.text.size() > longest_value) {
        into = {"", certainty::unknown};
    }
}

value unknown(std::string_view text) { return {std::string(text), certainty::unknown}; }

value parameter_value(const part& one, const variables& known) {
    const value* found = known.find(one.text);
    const std::string_view how = one.operation;
    if (how.empty()) {
        return found != nullptr ? *found : unknown("$" + std::string(one.text));
    }
    const bool has_default = how == ":-" || how == "-" || how == ":=" || how == "=";
    if (has_default && found != nullptr && found->is_known() && !found->text.empty()) {
        return *found;
    }
    if (has_default && one.words.size() == 1) {
        value made = value_of(one.words.front(), known);
        made.how = std::max(made.how, certainty::by_default);
        return made;
    }
    return unknown("${" + std::string(one.text) + std::string(how) + "}");
}

/// By reference: a part may hold a whole program.
void add_part(value& into, const part& one, const variables& known) {
    if (one.kind == part_kind::text) {
        into.text += one.text;
    } else if (one.kind == part_kind::parameter) {
        add(into, parameter_value(one, known));
    } else {
        add(into, unknown(one.text));
    }
}

bool is_known(const part& one, const variables& known) {
    value made;
    add_part(made, one, known);
    return made.is_known();
}

/// All that sets a variable, wherever it stands.
class setter_count {
public:
    explicit setter_count(const script& whole) {
        for_each_command(whole, [this](const command& one) { see(one); });
    }

    [[nodiscard]] bool is_single(std::string_view name) const {
        const auto found = counts_.find(name);
        return found != counts_.end() && found->second == 1;
    }

private:
    void set(std::string_view name) { ++counts_.emplace(name, 0).first->second; }

    void see(const command& one) {
        if (const auto* loop = std::get_if<for_command>(&one.what)) {
            set(loop->variable);
            set(loop->variable);  // to more than one value
        } else if (const auto* simple = std::get_if<simple_command>(&one.what)) {
            see(*simple);
        }
    }

    void see(const simple_command& one) {
        if (one.words.empty()) {
            for (const assignment& each : one.assignments) {
                set(each.name);
            }
            return;
        }
        see_defaults(one.words);
        const std::string_view name = one.words.front().text;
        const bool reads = name == "read" || name == "mapfile" || name == "readarray" ||
                           name == "getopts" || name == "printf" || name == "unset" ||
                           name == "let";
        const bool declares = name == "local" || name == "declare" || name == "typeset" ||
                              name == "export" || name == "readonly";
        if (!reads && !declares) {
            return;
        }
        for (std::size_t i = 1; i < one.words.size(); ++i) {
            const std::string_view text = one.words[i].text;
            const auto end = text.find_first_of("=+[");
            if (is_name(text.substr(0, end)) && (reads || end != text.npos)) {
                set(text.substr(0, end));
                if (reads) {
                    set(text);
                }
            }
        }
    }

    /// ${x:=value}
    void see_defaults(const std::vector<word>& words) {
        for (const word& one : words) {
            for (const part& each : one.parts) {
                if (each.operation == ":=" || each.operation == "=") {
                    set(each.text);
                }
            }
        }
    }

    std::map<std::string_view, int> counts_;
};

}  // namespace

value value_of(const std::vector<part>& given, const variables& known) {
    value made;
    for (const part& one : given) {
        add_part(made, one, known);
    }
    return made;
}

value value_of(const word& given, const variables& known) {
    return given.is_plain() ? value{std::string(given.text), certainty::known}
                            : value_of(given.parts, known);
}

variables::variables(const script& whole) {
    const setter_count setters(whole);
    const auto set = [&](std::string_view name, value what) {
        if (what.is_known() && setters.is_single(name)) {
            known_.insert_or_assign(std::string(name), std::move(what));
        }
    };
    for (const statement& one : whole.program) {
        const auto& commands = one.chain.front().what.commands;
        const auto* simple = one.chain.size() == 1 && commands.size() == 1 && !one.is_background
                                 ? std::get_if<simple_command>(&commands.front().what)
                                 : nullptr;
        if (simple == nullptr) {
            continue;
        }
        if (simple->words.empty()) {
            for (const assignment& each : simple->assignments) {
                if (!each.is_append && !each.has_index) {
                    set(each.name, value_of(each.value, *this));
                }
            }
            continue;
        }
        const std::string_view name = simple->words.front().text;
        for (const word& each : simple->words) {
            if (name == "export" || name == "readonly" || name == "declare") {
                const auto end = each.text.find('=');
                if (end != each.text.npos && is_name(each.text.substr(0, end))) {
                    value what = value_of(each, *this);
                    what.text.erase(0, end + 1);
                    set(each.text.substr(0, end), std::move(what));
                }
            } else if (name == ":") {
                for (const part& part : each.parts) {
                    if (part.operation == ":=" || part.operation == "=") {
                        set(part.text, parameter_value(part, *this));
                    }
                }
            }
        }
    }
}

const value* variables::find(std::string_view name) const {
    const auto found = known_.find(name);
    return found == known_.end() ? nullptr : &found->second;
}

namespace {

bool may_be_many(const word& one, const variables& known) {
    return std::any_of(one.parts.begin(), one.parts.end(), [&](const part& each) {
        if (each.kind == part_kind::text || each.kind == part_kind::arithmetic ||
            each.kind == part_kind::process_input || each.kind == part_kind::process_output) {
            return false;
        }
        const bool is_list =
            each.kind == part_kind::array ||
            (each.kind == part_kind::parameter &&
             (each.text == "@" || (!each.words.empty() && each.words.front().text == "[@]")));
        return is_list || (!each.is_quoted && !is_known(each, known));
    });
}

}  // namespace

std::vector<argument> arguments_of(const std::vector<word>& words, const variables& known) {
    std::vector<argument> made;
    made.reserve(words.size());
    for (const word& one : words) {
        argument next;
        next.from = &one;
        next.where = one.where;
        next.what = value_of(one, known);
        next.is_many = may_be_many(one, known);
        const bool is_split = one.parts.size() == 1 && !one.parts.front().is_quoted &&
                              one.parts.front().kind == part_kind::parameter && next.is_known();
        if (!is_split) {
            made.push_back(std::move(next));
            continue;
        }
        const std::string text = std::move(next.what.text);
        for (std::size_t at = 0; (at = text.find_first_not_of(" \t\n", at)) != text.npos;) {
            const auto end = std::min(text.find_first_of(" \t\n", at), text.size());
            next.what.text = text.substr(at, end - at);
            made.push_back(next);
            at = end;
        }
    }
    return made;
}

}  // namespace lastcall::lint::shell
