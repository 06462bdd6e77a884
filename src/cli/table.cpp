#include "cli/table.hpp"

#include <algorithm>

namespace lastcall::cli {

std::vector<std::string> table::lines() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], columns_of_text(row[i].text));
        }
    }
    std::vector<std::string> made;
    for (const auto& row : rows_) {
        std::string line = indent_;
        std::size_t used = columns_of_text(indent_);
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& one = row[i];
            const bool is_last = i + 1 == row.size();
            const auto room = on_.width == 0 ? 0 : on_.width - std::min(on_.width, used);
            if (on_.width != 0 && room == 0) {
                break;
            }
            const auto text = shortened(one.text, room, on_.dots());
            const auto has = columns_of_text(text);
            const auto gap = std::string(widths[i] - std::min(has, widths[i]), ' ');
            const auto ink = drill::painted(text, one.how, on_.has_colour);
            line += one.is_right ? gap + ink : ink + (is_last ? "" : gap);
            line += is_last ? "" : "  ";
            used += std::max(widths[i], has) + 2;
        }
        while (line.ends_with(' ')) {
            line.pop_back();
        }
        made.push_back(std::move(line));
    }
    return made;
}

}  // namespace lastcall::cli
