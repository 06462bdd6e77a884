#include <algorithm>

#include "lint/report/report_writer.hpp"

namespace lastcall::lint {
namespace {

std::string counted(std::size_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

}  // namespace

std::string summary_text(const lint_summary& summary) {
    std::string made;
    const auto add = [&](std::size_t number, std::string_view what) {
        if (number > 0) {
            made += (made.empty() ? "" : ", ") + counted(number, what);
        }
    };
    add(summary.errors, "error");
    add(summary.warnings, "warning");
    add(summary.notes, "note");
    made = (made.empty() ? "nothing found" : made) + " in " + counted(summary.judged, "file") +
           " of " + std::to_string(summary.files);
    if (summary.fixed > 0) {
        made += "; " + std::to_string(summary.fixed) + " fixed";
    }
    if (summary.accepted > 0) {
        made += "; " + std::to_string(summary.accepted) + " accepted by a comment";
    }
    if (summary.known > 0) {
        made += "; " + std::to_string(summary.known) + " known by the baseline";
    }
    if (summary.unjoined > 0) {
        made += "; " + std::to_string(summary.unjoined) +
                " workloads more than can be held against each other";
    }
    return made;
}

std::string_view path_from_here(std::string_view file) {
    while (file.size() > 2 && file.starts_with("./")) {
        file.remove_prefix(2);
    }
    return file;
}

std::size_t character_column(const finding& one) {
    const auto before =
        std::string_view(one.excerpt).substr(0, std::max<std::size_t>(one.at.column, 1) - 1);
    return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // no byte within one
           }));
}

}  // namespace lastcall::lint
