#include "doctor/settings/uwsgi_settings.hpp"

#include <algorithm>
#include <array>

#include "lint/conf/configuration.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::doctor {
namespace {

constexpr std::string_view waiting_hook = "gracefully_kill_them_all";

/// "app.ini", "--ini=app.ini"; the one behind "--ini" is a word of its own.
std::string file_in(const std::string& word) {
    constexpr std::array<std::string_view, 5> ends{".ini", ".yml", ".yaml", ".json", ".xml"};
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const bool is_option = word.starts_with('-') && equals == std::string::npos;
    const bool is_file = std::any_of(ends.begin(), ends.end(),
                                     [&](std::string_view end) { return word.ends_with(end); });
    return is_option || !is_file ? "" : word.substr(equals == std::string::npos ? 0 : equals + 1);
}

std::string place_text(std::string_view name, const std::string& path, std::uint32_t line) {
    return std::string(name) + " of " + path + ":" + std::to_string(line);
}

}  // namespace

uwsgi_settings::uwsgi_settings(const seen_process& one, const surroundings& around)
    : words_(words_of(one)), around_(around) {
    for (std::size_t i = 1; i < words_.words.size(); ++i) {
        if (const auto file = file_in(words_.words[i]); !file.empty()) {
            read_file(around.whole(file), around);
        }
    }
    if (const auto named = around.variable("UWSGI_INI"); !named.empty()) {
        read_file(around.whole(named), around);
    }
    is_whole_ = is_whole_ && around.is_readable() && !words_.has("--emperor");
}

void uwsgi_settings::read_file(const std::string& path, const surroundings& around) {
    const auto text = around.read(path);
    if (!text || path.ends_with(".xml")) {
        is_whole_ = false;
        return;
    }
    if (path.ends_with(".ini")) {
        const lint::configuration read(lint::conf_kind::uwsgi, *text);
        for (const lint::conf_item& one : read.file.items) {
            const auto* section = read.file.parent(one);
            if (section != nullptr && section->name == "uwsgi") {
                options_.emplace_back(one.name,
                                      uwsgi_option{std::string(one.value()),
                                                   place_text(one.name, path, one.at.line)});
            }
        }
        is_whole_ = is_whole_ && !may_be_set_elsewhere(read.file, read.kind);
        return;
    }
    const auto yaml = lint::read_yaml(*text);
    for (const lint::yaml_ref& root : lint::roots(yaml)) {
        for (const auto& [key, value] : root.get("uwsgi").entries()) {
            if (key.text() && value.text()) {
                options_.emplace_back(
                    std::string(*key.text()),
                    uwsgi_option{std::string(*value.text()),
                                 place_text(*key.text(), path, key.where().line)});
            }
        }
    }
}

std::optional<uwsgi_option> uwsgi_settings::get(std::string_view name) const {
    const auto option = "--" + std::string(name);
    if (const auto value = words_.option(option)) {
        return uwsgi_option{*value, option};
    }
    if (words_.has(option)) {
        return uwsgi_option{"true", option};
    }
    std::string variable = "UWSGI_";
    for (const char c : name) {
        variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    if (const auto value = around_.variable(variable); !value.empty()) {
        return uwsgi_option{value, variable};
    }
    const auto found = std::find_if(options_.rbegin(), options_.rend(),
                                    [&](const auto& one) { return one.first == name; });
    return found == options_.rend() ? std::nullopt : std::optional(found->second);
}

bool uwsgi_settings::is_on(std::string_view name) const {
    const auto found = get(name);
    return found && found->value != "false" && found->value != "0" && found->value != "no" &&
           found->value != "off";
}

bool uwsgi_settings::waits() const {
    for (const auto& [name, option] : options_) {
        if (name.starts_with("hook-") && option.value.find(waiting_hook) != std::string::npos) {
            return true;
        }
    }
    return std::any_of(words_.words.begin(), words_.words.end(), [](const std::string& word) {
        return word.find(waiting_hook) != std::string::npos;
    });
}

bool uwsgi_settings::ends_by_term() const {
    // Without a master nobody could reload it.
    const bool has_master = is_on("master") || words_.has("-M");
    return !is_whole_ || is_on("die-on-term") || waits() || !has_master;
}

}  // namespace lastcall::doctor
