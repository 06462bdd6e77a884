// Workflow commands: GitHub, "Workflow commands for GitHub Actions", "Setting an error message".
#include "lint/report/report_writer.hpp"

namespace lastcall::lint {
namespace {

/// What would end a command, or one of its properties.
std::string escaped(std::string_view text, bool is_property) {
    std::string made;
    for (const char c : text) {
        if (c == '%') {
            made += "%25";
        } else if (c == '\r') {
            made += "%0D";
        } else if (c == '\n') {
            made += "%0A";
        } else if (is_property && c == ':') {
            made += "%3A";
        } else if (is_property && c == ',') {
            made += "%2C";
        } else {
            made += c;
        }
    }
    return made;
}

std::string_view command_of(severity how) {
    return how == severity::note ? std::string_view("notice") : to_string(how);
}

class github_report : public report_writer {
public:
    std::string begin() override { return {}; }

    std::string file(std::span<const finding> found) override {
        std::string made;
        for (const finding& one : found) {
            if (!one.accepted.empty() || one.is_fixed) {
                continue;
            }
            made += "::" + std::string(command_of(one.how)) +
                    " file=" + escaped(path_from_here(one.file), true);
            if (one.at.line > 0) {
                made += ",line=" + std::to_string(one.at.line) +
                        ",col=" + std::to_string(character_column(one));
            }
            made +=
                ",title=" +
                escaped(std::string(one.broken->id) + " " + std::string(one.broken->title), true) +
                "::" + escaped(one.what + ". What to do: " + std::string(one.fix_text()), false) +
                "\n";
        }
        return made;
    }

    std::string end(const lint_summary&) override { return {}; }
};

}  // namespace

std::unique_ptr<report_writer> make_github_writer() { return std::make_unique<github_report>(); }

}  // namespace lastcall::lint
