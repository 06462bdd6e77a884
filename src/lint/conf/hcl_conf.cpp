// HCL, as far as Nomad's jobs need it: blocks, and NAME = VALUE.
#include <algorithm>

#include "lint/conf/read_conf.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// Blanks in the stead of all that is no line end, so that places stay.
void blank_out(std::string& text, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
        if (text[i] != '\n') {
            text[i] = ' ';
        }
    }
}

/// Behind the line that has only the mark of a <<MARK in it.
std::size_t end_of_heredoc(std::string_view text, std::size_t at) {
    auto begin = at + 2;
    begin += begin < text.size() && text[begin] == '-' ? 1U : 0U;
    const auto line_end = std::min(text.find('\n', begin), text.size());
    const auto mark = trimmed(text.substr(begin, line_end - begin));
    for (auto line = line_end; line < text.size();) {
        const auto end = std::min(text.find('\n', line + 1), text.size());
        if (trimmed(text.substr(line + 1, end - line - 1)) == mark) {
            return end;
        }
        line = end;
    }
    return text.size();
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at) {
        at += text[at] == '\\' ? 1U : 0U;
    }
    return std::min(at + 1, text.size());
}

}  // namespace

conf_file read_hcl(std::string_view text, std::string& masked) {
    masked = text;
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        if (rest.starts_with('"')) {
            at = end_of_string(text, at);
        } else if (rest.starts_with("//") || rest.starts_with('#')) {
            const auto end = std::min(text.find('\n', at), text.size());
            if (rest.starts_with("//")) {
                blank_out(masked, at, end);
            }
            at = end;
        } else if (rest.starts_with("/*")) {
            const auto end = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
            blank_out(masked, at, end);
            at = end;
        } else if (rest.starts_with("<<")) {
            const auto end = end_of_heredoc(text, at);
            blank_out(masked, at, end);
            at = end;
        } else {
            ++at;
        }
    }
    return read_braces(masked, brace_style::caddy);
}

}  // namespace lastcall::lint
