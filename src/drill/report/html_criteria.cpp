#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"

namespace lastcall::drill {
namespace {

std::string row(const criterion& one) {
    auto text = "<tr class=\"is-" + std::string(to_string(one.how)) + "\"><td class=\"standing\">" +
                html_standing(one.how) + "</td><th scope=\"row\"><code>" + escaped(one.id) +
                "</code> " + escaped(one.title) + "</th><td>" + escaped(one.measured);
    if (!one.why.empty()) {
        text += "<p>" + escaped(one.why) + "</p>";
    }
    if (!one.fix.empty()) {
        text += "<p class=\"fix\">→ " + escaped(one.fix) + "</p>";
    }
    return text + "</td></tr>\n";
}

}  // namespace

std::string html_criteria(const verdict& made) {
    std::string rows;
    for (const auto& one : made.criteria) {
        rows += row(one);
    }
    if (rows.empty()) {
        return {};
    }
    return "<table class=\"criteria\">\n" + head_row("standing", "criterion", "measured") +
           "<tbody>\n" + rows + "</tbody></table>\n";
}

}  // namespace lastcall::drill
