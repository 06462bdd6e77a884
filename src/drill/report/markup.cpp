#include "drill/report/markup.hpp"

#include "drill/report/figures.hpp"

namespace lastcall::drill {

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : harmless(text)) {
        switch (c) {
            case '&':
                made += "&amp;";
                break;
            case '<':
                made += "&lt;";
                break;
            case '>':
                made += "&gt;";
                break;
            case '"':
                made += "&quot;";
                break;
            case '\'':
                made += "&#39;";
                break;
            default:
                made += c;
        }
    }
    return made;
}

std::string place(double share) { return decimal(share * 100, 2) + "%"; }
std::string units(double share) { return decimal(share * 1000, 1); }

std::string picture::svg(std::string_view id, std::string_view title,
                         std::string_view description) const {
    const auto name = std::string(id);
    const auto tall = std::to_string(height);
    return "<svg class=\"picture\" role=\"img\" width=\"100%\" height=\"" + tall +
           "\" aria-labelledby=\"" + name + "-t " + name + "-d\">\n<title id=\"" + name + "-t\">" +
           escaped(title) + "</title><desc id=\"" + name + "-d\">" + escaped(description) +
           "</desc>\n<svg width=\"100%\" height=\"" + tall + "\" viewBox=\"0 0 1000 " + tall +
           "\" preserveAspectRatio=\"none\">\n" + shapes + "</svg>\n" + labels + "</svg>\n";
}

void add_label(picture& into, double at, int y, std::string_view text, const label_style& style) {
    into.labels += "<text x=\"" + place(at) + "\" y=\"" + std::to_string(y) + "\"";
    if (style.anchor != "start") {
        into.labels.append(" text-anchor=\"").append(style.anchor).append("\"");
    }
    if (style.dx != 0) {
        into.labels += " dx=\"" + std::to_string(style.dx) + "\"";
    }
    if (!style.css.empty()) {
        into.labels.append(" class=\"").append(style.css).append("\"");
    }
    into.labels += ">" + escaped(text) + "</text>\n";
}

void add_rect(picture& into, double begin, double end, int y, int height, std::string_view css,
              std::string_view title) {
    into.shapes += "<rect x=\"" + units(begin) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                   units(end - begin) + "\" height=\"" + std::to_string(height) + "\"";
    if (!css.empty()) {
        into.shapes.append(" class=\"").append(css).append("\"");
    }
    into.shapes += title.empty() ? "/>\n" : "><title>" + escaped(title) + "</title></rect>\n";
}

void add_line(picture& into, double at, int top, int bottom, std::string_view css) {
    into.shapes += "<path class=\"";
    into.shapes.append(css);
    into.shapes += "\" d=\"M" + units(at) + " " + std::to_string(top) + "V" +
                   std::to_string(bottom) + "\"/>\n";
}

}  // namespace lastcall::drill
