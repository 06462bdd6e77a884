#include "lint/compose/interpolation.hpp"

#include <algorithm>

#include "lint/text/lines.hpp"

namespace lastcall::lint {
namespace {

bool is_name_byte(char c, bool is_first) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!is_first && c >= '0' && c <= '9');
}

std::size_t end_of_name(std::string_view text, std::size_t at) {
    const auto begin = at;
    while (at < text.size() && is_name_byte(text[at], at == begin)) {
        ++at;
    }
    return at;
}

/// Behind the } that belongs to the ${ before `at`.
std::size_t end_of_braces(std::string_view text, std::size_t at) {
    int depth = 1;
    for (; at < text.size(); ++at) {
        if (text.substr(at).starts_with("${")) {
            ++depth;
        } else if (text[at] == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

}  // namespace

interpolated interpolate(const mapped_text& value,
                         const std::set<std::string, std::less<>>& set_elsewhere) {
    const std::string_view text = value.text();
    interpolated made;
    std::size_t plain = 0;
    const auto keep_until = [&](std::size_t end, std::size_t next) {
        made.text.add(value.part(plain, end - plain));
        plain = next;
    };
    for (auto at = text.find('$'); at < text.size(); at = text.find('$', at)) {
        if (text.substr(at + 1).starts_with('$')) {
            keep_until(at + 1, at + 2);
            at += 2;
            continue;
        }
        const bool is_braced = text.substr(at + 1).starts_with('{');
        const auto name_at = at + (is_braced ? 2 : 1);
        const auto name_end = end_of_name(text, name_at);
        const auto end = is_braced ? end_of_braces(text, name_at) : name_end;
        if (name_end == name_at || end == std::string_view::npos) {
            ++at;
            continue;
        }
        const auto rest = text.substr(name_end, is_braced ? end - 1 - name_end : 0);
        const std::size_t mark = rest.starts_with(":-") ? 2 : rest.starts_with('-') ? 1 : 0;
        if (mark == 0 || set_elsewhere.contains(text.substr(name_at, name_end - name_at))) {
            made.is_known = false;
        } else {
            keep_until(at, end);
            const auto inner =
                interpolate(value.part(name_end + mark, rest.size() - mark), set_elsewhere);
            made.text.add(inner.text);
            made.is_known = made.is_known && inner.is_known;
        }
        at = end;
    }
    if (plain == 0) {
        made.text = value;
    } else {
        made.text.add(value.part(plain));
    }
    return made;
}

std::set<std::string, std::less<>> names_of_environment(std::string_view text) {
    std::set<std::string, std::less<>> made;
    for (line_reader lines(text); lines.next();) {
        auto line = trimmed(lines.line());
        if (line.starts_with("export ")) {
            line = trimmed(line.substr(7));
        }
        const auto end = end_of_name(line, 0);
        if (end > 0 && trimmed(line.substr(end)).starts_with('=')) {
            made.emplace(line.substr(0, end));
        }
    }
    return made;
}

}  // namespace lastcall::lint
