#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"

namespace lastcall::drill {
namespace {

bool is_column(const verdict& made, outcome result) {
    for (const auto& one : made.cells) {
        if (one.outcomes[static_cast<std::size_t>(result)] != 0) {
            return true;
        }
    }
    return false;
}

constexpr std::string_view quiet_words[] = {"closed while idle", "reset while idle",
                                            "unasked bytes while idle", "idle until we closed"};

std::string number_cell(std::uint64_t number, std::string_view css) {
    return number == 0 ? "<td class=\"n zero\">·</td>"
                       : "<td class=\"n " + std::string(css) + "\">" + thousands(number) + "</td>";
}

std::string_view css_of(outcome result) {
    switch (blame_of(result)) {
        case blame::server:
            return "t-lost";
        case blame::ambiguous:
            return "t-ambiguous";
        case blame::legal:
            return "t-legal";
        case blame::depends:
            return "t-depends";
        default:
            return "";
    }
}

class coverage_table {
public:
    explicit coverage_table(const verdict& made) : made_(made) {
        for (const auto result : all_outcomes()) {
            if (is_column(made, result)) {
                columns_.push_back(result);
            }
        }
        for (std::size_t i = 0; i < std::size(quiet_words); ++i) {
            for (const auto& one : made.cells) {
                if (one.quiet_ends[i] != 0) {
                    quiet_.push_back(i);
                    break;
                }
            }
        }
    }

    [[nodiscard]] std::string text() const {
        std::string rows;
        std::string unreachable;
        for (const auto& one : made_.cells) {
            if (one.is_reachable || one.seen != 0) {
                rows += row(one);
            } else {
                unreachable += (unreachable.empty() ? "" : ", ") + escaped(describe(one.where));
            }
        }
        std::string made;
        if (!rows.empty()) {
            made =
                "<div class=\"scroll\"><table class=\"matrix\"><caption>Connections by their "
                "state at that moment, and what became of them. Hatched: fewer than were "
                "wanted.</caption>\n" +
                head() + "<tbody>\n" + rows + "</tbody></table></div>\n";
        }
        if (!unreachable.empty()) {
            made +=
                "<p class=\"note\">Not tried, because this server or these lanes have no "
                "connections in it: " +
                unreachable + ".</p>\n";
        }
        return made;
    }

private:
    [[nodiscard]] std::string head() const {
        std::string text =
            "<thead><tr><th scope=\"col\">state</th><th scope=\"col\">seen</th>"
            "<th scope=\"col\">lost</th><th scope=\"col\">share lost, at most (95 %)</th>";
        for (const auto result : columns_) {
            text += "<th scope=\"col\" class=\"turned\"><span>" + escaped(describe(result)) +
                    "</span></th>";
        }
        for (const auto i : quiet_) {
            text += "<th scope=\"col\" class=\"turned\"><span>" + escaped(quiet_words[i]) +
                    "</span></th>";
        }
        return text + "</tr></thead>\n";
    }

    [[nodiscard]] std::string row(const cell_result& one) const {
        const bool is_thin = one.seen < one.wanted;
        auto text = std::string(is_thin ? "<tr class=\"thin\">" : "<tr>") + "<th scope=\"row\">" +
                    escaped(describe(one.where)) + "</th><td class=\"n\">" + thousands(one.seen);
        text += is_thin ? " <small>of " + thousands(one.wanted) + " wanted</small>" : "";
        text += "</td>" + number_cell(one.lost, "t-lost") + "<td class=\"n\">";
        text += one.seen == 0 ? "not known" : percent(one.upper_bound);
        text += "</td>";
        for (const auto result : columns_) {
            text += number_cell(one.outcomes[static_cast<std::size_t>(result)], css_of(result));
        }
        for (const auto i : quiet_) {
            text += number_cell(one.quiet_ends[i], "");
        }
        return text + "</tr>\n";
    }

    const verdict& made_;
    std::vector<outcome> columns_;
    std::vector<std::size_t> quiet_;
};

}  // namespace

std::string html_coverage(const verdict& made) { return coverage_table(made).text(); }

}  // namespace lastcall::drill
