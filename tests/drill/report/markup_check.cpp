#include "drill/report/markup_check.hpp"

namespace lastcall::drill::testing {
namespace {

// The value of `name` in a tag; empty when it has none.
std::string attribute(std::string_view tag, std::string_view name) {
    const auto wanted = " " + std::string(name) + "=\"";
    const auto at = tag.find(wanted);
    if (at == std::string_view::npos) {
        return {};
    }
    const auto begin = at + wanted.size();
    return std::string(tag.substr(begin, tag.find('"', begin) - begin));
}

// Of a tag that begins at `page[0]`; a ">" inside quotes does not end it.
std::size_t tag_length(std::string_view page) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < page.size(); ++i) {
        is_quoted = page[i] == '"' ? !is_quoted : is_quoted;
        if (page[i] == '>' && !is_quoted) {
            return i + 1;
        }
    }
    return 0;
}

}  // namespace

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

page_facts look_at(std::string_view page) {
    page_facts made;
    std::vector<std::string> open;
    for (auto at = page.find('<'); at != std::string_view::npos; at = page.find('<', at)) {
        const auto length = tag_length(page.substr(at));
        if (length == 0) {
            made.problem = "a tag has no end: " + std::string(page.substr(at, 40));
            return made;
        }
        const auto tag = page.substr(at, length);
        at += length;
        const auto name_end = tag.find_first_of(" />", 2);
        if (tag[1] == '/') {
            const auto name = std::string(tag.substr(2, name_end - 2));
            if (open.empty() || open.back() != name) {
                made.problem = name + " ends inside " + (open.empty() ? "nothing" : open.back());
                return made;
            }
            open.pop_back();
            continue;
        }
        const auto name = std::string(tag.substr(1, name_end - 1));
        ++made.elements[name];
        if (const auto id = attribute(tag, "id"); !id.empty()) {
            made.ids.push_back(id);
        }
        if (const auto href = attribute(tag, "href"); !href.empty()) {
            made.references.insert(href);
        }
        const bool is_void = name == "meta" || name == "!DOCTYPE" || tag[tag.size() - 2] == '/';
        if (!is_void) {
            open.push_back(name);
        }
    }
    made.problem = open.empty() ? "" : open.back() + " is not closed";
    return made;
}

}  // namespace lastcall::drill::testing
