#include "lint/shell/embedded.hpp"

#include <algorithm>
#include <utility>

namespace lastcall::lint::shell {

std::optional<embedded_program> read_embedded_word(const script& outer, const word& given,
                                                   const variables& known) {
    std::string text;
    text_map map;
    std::vector<std::string> early;
    if (given.is_plain()) {
        text = given.text;
        map.add(0, given.where.begin);
    }
    const bool is_text = std::any_of(given.parts.begin(), given.parts.end(), [](const part& one) {
        return one.kind == part_kind::text && !one.text.empty();
    });
    for (const part& one : given.parts) {
        if (one.kind == part_kind::text) {
            // Where escapes have been read, text and file are of different length.
            if (one.text.size() == one.where.end - one.where.begin) {
                map.add(text.size(), one.where.begin);
            } else {
                map.add_made(text.size(), one.where.begin);
            }
            text += one.text;
            continue;
        }
        const value* found = one.kind == part_kind::parameter && one.operation.empty()
                                 ? known.find(one.text)
                                 : nullptr;
        map.add_made(text.size(), one.where.begin);
        if (found != nullptr) {
            text += found->text;
        } else if (one.kind == part_kind::parameter) {
            if (!is_text) {
                return std::nullopt;
            }
            early.emplace_back(one.text);
            text += one.operation.empty() ? "$" + std::string(one.text)
                                          : "${" + std::string(one.text) + "}";
        } else {
            early.emplace_back(one.text);
            text += one.text;
        }
    }
    return embedded_program{read_embedded(text, map, outer.lines()), std::move(early)};
}

}  // namespace lastcall::lint::shell
