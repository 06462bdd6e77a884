#include "cli/help_text.hpp"

#include <algorithm>
#include <string_view>

namespace lastcall::cli {
namespace {

constexpr std::size_t help_column = 26;

/// "-n, --lines N", aligned so that long names stand below each other.
std::string label_of(const std::string& names, const std::string& type) {
    std::string made;
    for (const char c : names) {
        made += c == ',' ? std::string(", ") : std::string(1, c);
    }
    if (made.starts_with("--")) {
        made.insert(0, "    ");
    }
    return "  " + made + (type.empty() ? "" : " " + type);
}

}  // namespace

std::string help_head(const std::string& name, const std::string& summary,
                      const std::vector<std::string>& forms) {
    std::string made = "lastcall " + name + " - " + summary + "\n\n";
    for (std::size_t i = 0; i < forms.size(); ++i) {
        made += (i == 0 ? "usage: lastcall " : "       lastcall ") + name +
                (forms[i].empty() ? "" : " ") + forms[i] + "\n";
    }
    return made;
}

std::string help_entry(const std::string& names, const std::string& type, const std::string& text) {
    std::string made = label_of(names, type);
    std::string_view left = text;
    bool is_first = true;
    while (is_first || !left.empty()) {
        const auto end = std::min(left.find('\n'), left.size());
        if (is_first && made.size() + 2 > help_column) {
            made += "\n" + std::string(help_column, ' ');
        } else {
            made += std::string(is_first ? help_column - made.size() : help_column, ' ');
        }
        made.append(left.substr(0, end)).append("\n");
        left.remove_prefix(std::min(end + 1, left.size()));
        is_first = false;
    }
    return made;
}

}  // namespace lastcall::cli
