// Pieces of HTML and SVG. Whatever comes from outside goes through escaped().
#pragma once

#include <string>
#include <string_view>

namespace lastcall::drill {

/// For element content and quoted attributes: harmless(), and no character of it is markup.
[[nodiscard]] std::string escaped(std::string_view text);

/// "12.34%": 0 to 1 as a place on a picture as wide as the page.
[[nodiscard]] std::string place(double share);

/// 0 to 1 as a place on a picture that is 1000 units wide: "123.4".
[[nodiscard]] std::string units(double share);

/// What is drawn, in two layers: `shapes` are stretched to the width of the page, 1000 units
/// of it; `labels` keep their size and are placed by percentages.
struct picture {
    std::string shapes;
    std::string labels;
    int height = 0;

    /// Labels lie above shapes. `id` names its title and description for who can not see it.
    [[nodiscard]] std::string svg(std::string_view id, std::string_view title,
                                  std::string_view description) const;
};

struct label_style {
    std::string_view anchor = "start";
    std::string_view css = {};  ///< its classes
    int dx = 0;
};

/// A line of text; `text` is escaped here.
void add_label(picture& into, double at, int y, std::string_view text,
               const label_style& style = {});

/// A stretched rectangle; `title` is shown where one points at it, when it is not empty.
void add_rect(picture& into, double begin, double end, int y, int height, std::string_view css,
              std::string_view title = {});

/// A vertical line.
void add_line(picture& into, double at, int top, int bottom, std::string_view css);

/// <th scope="col"> for each of them, in a row.
template <typename... Text>
[[nodiscard]] std::string head_row(const Text&... text) {
    std::string made = "<thead><tr>";
    ((made += "<th scope=\"col\">" + escaped(text) + "</th>"), ...);
    return made + "</tr></thead>\n";
}

}  // namespace lastcall::drill
