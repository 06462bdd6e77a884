#include "cli/lint_text.hpp"

#include <algorithm>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::cli {
namespace {

constexpr std::size_t text_width = 92;  // where a stream has none of its own

std::string in_colour(std::string_view text, const char* code, const screen& on) {
    return on.has_colour ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m"
                         : std::string(text);
}

const char* colour_of(lint::severity how) {
    return how == lint::severity::error ? "1;31" : how == lint::severity::warning ? "1;33" : "1;36";
}

std::string place_text(const std::string& file, const lint::place& at) {
    std::string made = harmless(file);
    if (at.line > 0) {
        made += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    }
    return made;
}

/// "  fix: ..." with further lines below its begin, broken at blanks.
std::string paragraph(const std::string& label, std::string_view text, const screen& on) {
    const std::size_t width = std::max<std::size_t>(on.width == 0 ? text_width : on.width, 40);
    const std::string indent(label.size(), ' ');
    std::string made = label;
    std::size_t used = label.size();
    std::string_view left = text;
    while (!left.empty()) {
        const auto word = left.substr(0, left.find(' '));
        const auto columns = columns_of_text(word);
        if (used > indent.size() && used + 1 + columns > width) {
            made += "\n" + indent;
            used = indent.size();
        } else if (used > indent.size()) {
            made += ' ';
            ++used;
        }
        made += word;
        used += columns;
        left.remove_prefix(std::min(word.size() + 1, left.size()));
    }
    return made + "\n";
}

/// The line, and below it a mark from its begin to its end.
std::string excerpt_text(const lint::finding& one, const screen& on) {
    if (one.at.line == 0 || one.excerpt.empty()) {
        return {};
    }
    const std::string number = std::to_string(one.at.line);
    const std::size_t column = std::max<std::size_t>(one.at.column, 1) - 1;
    const std::string_view line = one.excerpt;
    const auto before = harmless(line.substr(0, std::min(column, line.size())));
    const auto rest = line.substr(std::min(column, line.size()));
    const auto marked = harmless(rest.substr(0, std::min(one.at.size, rest.size())));
    std::string made =
        "  " + number + " | " +
        shortened(harmless(line), on.width == 0 ? 0 : on.width - number.size() - 5, on.dots()) +
        "\n";
    std::string mark = "^";
    mark += std::string(std::max<std::size_t>(columns_of_text(marked), 1) - 1, '~');
    return made + "  " + std::string(number.size(), ' ') + " | " +
           std::string(columns_of_text(before), ' ') + in_colour(mark, colour_of(one.how), on) +
           "\n";
}

std::string indented(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        made += "    " + std::string(text.substr(0, end)) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return made;
}

}  // namespace

std::string finding_text(const lint::finding& one, const screen& on) {
    const std::string label =
        std::string(to_string(one.how)) + "[" + std::string(one.broken->id) + "]";
    std::string made = in_colour(place_text(one.file, one.at) + ":", "1", on) + " " +
                       in_colour(label, colour_of(one.how), on) + ": " + harmless(one.what) + "\n" +
                       excerpt_text(one, on);
    for (const lint::further_place& each : one.further) {
        made += "  see: " + place_text(each.file, each.at) + ": " + harmless(each.what) + "\n";
    }
    made += paragraph(
        "  why: ", std::string(one.why_text()) + " [" + std::string(one.source_text()) + "]", on);
    return made + paragraph(one.is_fixed ? "  fixed: " : "  fix: ", harmless(one.fix_text()), on);
}

std::string rule_text(const lint::rule& one, const screen& on) {
    const auto example = [](const char* label, std::string_view text) {
        return text.empty() ? std::string() : std::string("\n") + label + ":\n" + indented(text);
    };
    // Of a process nothing can be accepted by a comment.
    const bool is_of_files = one.id.front() != 'L';
    return in_colour(std::string(one.id), "1", on) + " " + std::string(one.title) + " (" +
           in_colour(to_string(one.usual), colour_of(one.usual), on) + ")\n\n" +
           paragraph("", one.why, on) + paragraph("Source: ", one.source, on) +
           example("Bad", one.bad) + example("Good", one.good) + "\n" +
           paragraph("Fix: ", one.fix, on) +
           (is_of_files ? "\nTo accept it in one place:\n    # lastcall: ignore=" +
                              std::string(one.id) + " reason=WHY until=YYYY-MM-DD\n"
                        : "");
}

std::string rule_list_text() {
    std::string made;
    for (const lint::rule_family& family : lint::rule_families()) {
        made += (made.empty() ? "" : "\n") + std::string(family.name) + "\n";
        for (const lint::rule& one : family.rules) {
            made += "  " + std::string(one.id) + "  " + padded(to_string(one.usual), 8) +
                    std::string(one.title) + "\n";
        }
    }
    return made;
}

}  // namespace lastcall::cli
