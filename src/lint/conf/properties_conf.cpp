// application.properties: java.util.Properties.load.
#include <algorithm>
#include <tuple>

#include "lint/conf/conf_builder.hpp"
#include "lint/conf/read_conf.hpp"

namespace lastcall::lint {
namespace {

/// Whether the last backslash is not escaped by the one before it.
bool ends_open(std::string_view line) {
    const auto last = line.find_last_not_of('\\');
    return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

mapped_text unescaped(const mapped_text& from) {
    const std::string& text = from.text();
    mapped_text made;
    std::size_t plain = 0;
    for (std::size_t i = text.find('\\'); i != std::string::npos && i + 1 < text.size();
         i = text.find('\\', i + 2)) {
        const char c = text[i + 1];
        made.add(from.part(plain, i - plain));
        const char with = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
        if (c == 'u') {
            made.add(from.part(i, 2));  // no setting that is looked at has one
        } else {
            const auto offset = from.offset_of(i);
            made.add_made(std::string_view(&with, 1), offset, from.offset_of(i + 1) + 1 - offset);
        }
        plain = i + 2;
    }
    made.add(from.part(plain));
    return made;
}

}  // namespace

conf_file read_properties(std::string_view text) {
    conf_builder into(text);
    line_reader lines(text);
    while (lines.next() && !into.is_full()) {
        const auto strip = [&](std::size_t mark) {
            const auto line = lines.line();
            const auto blanks = std::min(line.find_first_not_of(" \t\f", mark), line.size());
            return std::pair(line.substr(blanks), lines.offset() + blanks);
        };
        auto [line, offset] = strip(lines.offset() == 0 ? mark_size(text) : 0);
        if (line.starts_with('#') || line.starts_with('!')) {
            into.add_comment(offset, offset + line.size(), true);
            continue;
        }
        mapped_text whole;
        bool goes_on = ends_open(line);
        whole.add(line.substr(0, line.size() - (goes_on ? 1 : 0)), offset);
        std::size_t end = offset + line.size();
        while (goes_on && lines.next()) {
            std::tie(line, offset) = strip(0);
            goes_on = ends_open(line);
            whole.add(line.substr(0, line.size() - (goes_on ? 1 : 0)), offset);
            end = offset + line.size();
        }
        const std::string& all = whole.text();
        if (all.empty()) {
            continue;
        }
        std::size_t key = 0;
        while (key < all.size() && !is_blank(all[key]) && all[key] != '=' && all[key] != ':') {
            key += all[key] == '\\' ? 2U : 1U;
        }
        key = std::min(key, all.size());
        std::size_t value = std::min(all.find_first_not_of(" \t\f", key), all.size());
        if (value < all.size() && (all[value] == '=' || all[value] == ':')) {
            value = std::min(all.find_first_not_of(" \t\f", value + 1), all.size());
        }
        const auto name = unescaped(whole.part(0, key));
        auto& item = into.add(name.text(), whole.offset_of(0), end);
        const auto rest = whole.part(value);
        item.words.push_back(into.word(unescaped(rest), rest.offset_of(0),
                                       std::max(rest.offset_of(rest.size()), rest.offset_of(0))));
    }
    return into.finish();
}

}  // namespace lastcall::lint
