#include "lint/automation/module_command.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "lint/automation/expressions.hpp"

namespace lastcall::lint {
namespace {

/// "systemd" of "ansible.builtin.systemd".
std::string_view short_name(std::string_view module) {
    for (const std::string_view collection :
         {"ansible.builtin.", "ansible.legacy.", "community.docker."}) {
        if (module.starts_with(collection)) {
            return module.substr(collection.size());
        }
    }
    return module;
}

bool runs_text(std::string_view name) {
    return name == "command" || name == "shell" || name == "raw";
}

/// The arguments of a module, whichever way they are written: `state: stopped`, `state=stopped`.
class module_arguments {
public:
    explicit module_arguments(const yaml_ref& given) : given_(given) {}

    /// Empty: it is not there.
    [[nodiscard]] std::string get(std::string_view name) const {
        if (given_.is_map()) {
            const auto text = given_.get(name).text();
            return text ? std::string(*text) : std::string();
        }
        const std::string all = " " + std::string(given_.text().value_or(""));
        const auto key = " " + std::string(name) + "=";
        const auto at = all.find(key);
        const auto begin = at + key.size();
        return at == all.npos ? std::string() : all.substr(begin, all.find(' ', begin) - begin);
    }

    [[nodiscard]] bool is_on(std::string_view name) const {
        const auto text = lower(get(name));
        return text == "true" || text == "yes" || text == "on";
    }

private:
    const yaml_ref& given_;
};

/// A word of a shell: what is no name, number or path has quotes.
std::string as_word(const std::string& text) {
    if (has_expression(text)) {
        return "\"$_\"";
    }
    const bool is_bare = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("-_.@/:=").find(static_cast<char>(c)) != std::string_view::npos;
    });
    std::string made = "'";
    for (const char c : text) {
        made += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return is_bare && !text.empty() ? text : made + "'";
}

std::string unit_command(const module_arguments& given) {
    const auto state = given.get("state");
    const auto name = given.get("name");
    if (name.empty() || (state != "stopped" && state != "restarted")) {
        return {};
    }
    return std::string("systemctl ") + (state == "stopped" ? "stop " : "restart ") +
           (given.is_on("no_block") ? "--no-block " : "") + as_word(name);
}

std::string container_command(const module_arguments& given) {
    const auto state = given.get("state");
    const bool stops = state == "stopped" || state == "absent" || given.is_on("restart");
    const auto name = given.get("name");
    if (!stops || name.empty() || given.is_on("force_kill")) {
        return {};
    }
    const auto wait = given.get("stop_timeout");
    return "docker stop " + (wait.empty() ? "" : "-t " + as_word(wait) + " ") + as_word(name);
}

std::string compose_command(const module_arguments& given) {
    const auto state = given.get("state");
    const auto* verb = state == "absent"      ? "down"
                       : state == "stopped"   ? "stop"
                       : state == "restarted" ? "restart"
                                              : "";
    const auto wait = given.get("timeout");
    return *verb == '\0' ? std::string()
                         : "docker compose " + std::string(verb) +
                               (wait.empty() ? "" : " -t " + as_word(wait));
}

struct stopping_module {
    std::string_view name;
    std::string (*command)(const module_arguments& given);
};
constexpr std::array stopping_modules{
    stopping_module{"systemd", unit_command},
    stopping_module{"systemd_service", unit_command},
    stopping_module{"service", unit_command},
    stopping_module{"docker_container", container_command},
    stopping_module{"docker_compose_v2", compose_command},
};

const stopping_module* find_stopping(std::string_view name) {
    const auto* found = std::find_if(stopping_modules.begin(), stopping_modules.end(),
                                     [&](const auto& one) { return one.name == name; });
    return found == stopping_modules.end() ? nullptr : found;
}

/// A command that does not stand there: it begins and ends with what stands for it.
void add_at(place at, std::string_view command, mapped_text& into) {
    if (!command.empty() && at.size > 0) {
        into.add_made(command.substr(0, command.size() - 1), at.offset, at.size);
        into.add(command.substr(command.size() - 1), at.offset + at.size - 1);
    }
}

/// What is to be run: the text itself, `cmd`, or the words of `argv`.
mapped_text given_text(const yaml_ref& arguments) {
    const auto text = arguments.is_map() ? arguments.get("cmd") : arguments;
    if (text.text()) {
        return as_variables(text.source());
    }
    mapped_text made;
    for (const yaml_ref& one : arguments.get("argv").items()) {
        const auto at = one.used_at();
        made.add_made(as_word(std::string(one.text().value_or(""))) + " ", at.offset, at.size);
    }
    return made;
}

}  // namespace

bool is_module(std::string_view key) {
    const auto name = short_name(key);
    return runs_text(name) || find_stopping(name) != nullptr;
}

std::optional<mapped_text> module_command(const yaml_ref& module, const yaml_ref& arguments) {
    const auto name = short_name(module.text().value_or(""));
    mapped_text made;
    if (runs_text(name)) {
        made = given_text(arguments);
    } else if (const auto* one = find_stopping(name)) {
        add_at(module.used_at(), one->command(module_arguments(arguments)), made);
    }
    return made.empty() ? std::nullopt : std::optional(std::move(made));
}

}  // namespace lastcall::lint
