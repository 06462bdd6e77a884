// For a ticket or a chat.
#include "doctor/report/diagnosis.hpp"

namespace lastcall::doctor {
namespace {

/// Text of others must not become markup.
std::string plain(const std::string& text) {
    std::string made;
    for (const char c : text) {
        if (c == '|' || c == '<' || c == '*' || c == '_' || c == '[' || c == '\\') {
            made += '\\';
        }
        made += c;
    }
    return made;
}

std::string code(std::string text) {
    for (char& c : text) {
        c = c == '`' ? '\'' : c == '|' ? '/' : c;
    }
    return "`" + text + "`";
}

}  // namespace

std::string as_markdown(const diagnosis& one) {
    std::string made = "## lastcall doctor: " + plain(one.of.subject) + ", " + one.of.signal_name +
                       "\n\n| pid | command | verdict | why |\n|---|---|---|---|\n";
    for (const hop& each : one.route) {
        made += "| " + std::to_string(each.pid) + " | " + code(each.command) + " | " +
                (each.is_reached ? "" : "not reached; ") + std::string(to_string(each.what)) +
                " | " + plain(each.why);
        if (each.script != nullptr) {
            made += (each.why.empty() ? "" : ": ") +
                    code(each.script->file + ":" + std::to_string(each.script->line) + ": " +
                         each.script->text);
        }
        made += " |\n";
    }
    made += "\n";
    if (one.found.empty()) {
        made += "Nothing found in " + looked_at_text(one) + ".\n";
    }
    for (const finding& each : one.found) {
        made += "- **" + std::string(each.rule) + "** (" + std::string(to_string(each.sure)) +
                ") " + (each.pid == 0 ? "" : "pid " + std::to_string(each.pid) + ": ") +
                plain(each.what) + "\n";
        for (const evidence& by : each.by) {
            made += "  - seen: " + plain(by.field) + ": " + code(by.value) + "\n";
        }
        made += "  - fix: " + plain(each.fix) + "\n";
    }
    if (!one.budget.empty()) {
        made += "\n| who | time | by |\n|---|---|---|\n";
        for (const budget_link& each : one.budget) {
            made += "| " + plain(each.who) + " | " + budget_text(each.time) +
                    (each.is_broken ? " **too short**" : "") + " | " + plain(each.source) + " |\n";
        }
    }
    if (!one.of.blind_spots.empty()) {
        made += "\nNot seen (L60):\n\n";
        for (const blind_spot& each : one.of.blind_spots) {
            made += "- " + plain(each.what) + ": " + plain(each.why) +
                    (each.fix.empty() ? "" : "; " + plain(each.fix)) + " (" + each.rules + ")\n";
        }
    }
    return made;
}

}  // namespace lastcall::doctor
