#include "lint/unit/unit_name.hpp"

#include <algorithm>
#include <optional>

namespace lastcall::lint {
namespace {

/// Undoes what systemd-escape(1) does: "-" is "/", "\x2d" is "-".
std::string unescaped(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '-') {
            made += '/';
        } else if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' &&
                   digit(text[i + 2]) >= 0 && digit(text[i + 3]) >= 0) {
            made += static_cast<char>(digit(text[i + 2]) * 16 + digit(text[i + 3]));
            i += 3;
        } else {
            made += text[i];
        }
    }
    return made;
}

std::optional<std::string> specifier(char which, const unit_name& name) {
    const bool has_instance = !name.is_template;
    switch (which) {
        case '%':
            return "%";
        case 'n':
            return has_instance ? std::optional(name.full) : std::nullopt;
        case 'N':
            return has_instance ? std::optional(name.full.substr(0, name.full.rfind('.')))
                                : std::nullopt;
        case 'p':
            return name.prefix;
        case 'P':
            return unescaped(name.prefix);
        case 'i':
            return has_instance ? std::optional(name.instance) : std::nullopt;
        case 'I':
            return has_instance ? std::optional(unescaped(name.instance)) : std::nullopt;
        case 'j':
            return name.prefix.substr(name.prefix.rfind('-') + 1);
        case 'J':
            return unescaped(name.prefix.substr(name.prefix.rfind('-') + 1));
        case 't':
            return "/run";
        case 'S':
            return "/var/lib";
        case 'C':
            return "/var/cache";
        case 'L':
            return "/var/log";
        case 'E':
            return "/etc";
        case 'T':
            return "/tmp";
        case 'V':
            return "/var/tmp";
        case 'u':
        case 'g':
            return "root";
        case 'U':
        case 'G':
            return "0";
        case 'h':
            return "/root";
        default:
            return std::nullopt;
    }
}

}  // namespace

unit_name read_unit_name(std::string_view file_name) {
    unit_name made;
    made.full = file_name;
    const auto dot = file_name.rfind('.');
    const auto stem = file_name.substr(0, dot);
    made.suffix = dot == std::string_view::npos ? "" : file_name.substr(dot + 1);
    const auto at = stem.find('@');
    made.prefix = stem.substr(0, at);
    made.instance = at == std::string_view::npos ? "" : stem.substr(at + 1);
    made.is_template = at != std::string_view::npos && made.instance.empty();
    return made;
}

std::vector<std::string> drop_in_folders(std::string_view file_name) {
    const auto name = read_unit_name(file_name);
    std::vector<std::string> made;
    const auto add = [&](const std::string& prefix) {
        const bool has_at = name.is_template || !name.instance.empty();
        if (!name.instance.empty()) {
            made.push_back(prefix + '@' + name.instance + '.' + name.suffix + ".d");
        }
        made.push_back(prefix + (has_at ? "@." : ".") + name.suffix + ".d");
    };
    std::string prefix = name.prefix;
    add(prefix);
    while (made.size() < 64) {
        const auto end = prefix.find_last_not_of('-');
        const auto dash = end == std::string::npos ? end : prefix.rfind('-', end);
        if (dash == std::string::npos) {
            break;
        }
        prefix.resize(dash + 1);
        add(prefix);
    }
    made.push_back(name.suffix + ".d");
    return made;
}

specified_text expand_specifiers(const mapped_text& value, const unit_name& name) {
    const std::string& text = value.text();
    specified_text made;
    std::size_t plain = 0;
    for (std::size_t i = text.find('%'); i != std::string::npos && i + 1 < text.size();
         i = text.find('%', i + 2)) {
        const auto with = specifier(text[i + 1], name);
        const char c = text[i + 1];
        if (!with) {
            // What is no letter after a % stands for itself.
            made.is_known = made.is_known && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
            continue;
        }
        made.text.add(value.part(plain, i - plain));
        const auto offset = value.offset_of(i);
        made.text.add_made(*with, offset, value.offset_of(i + 1) + 1 - offset);
        plain = i + 2;
    }
    if (plain == 0) {
        made.text = value;
    } else {
        made.text.add(value.part(plain));
    }
    return made;
}

}  // namespace lastcall::lint
