#include "agent/story/timeline.hpp"

namespace lastcall::agent::story {

namespace {

/// What is said of a state beside its name.
std::string remark(const journal_row& row, const rows& all) {
    const auto state = text(row.fields, "state");
    if (auto reason = text(row.fields, "reason"); !reason.empty()) {
        return reason;
    }
    for (const auto& other : all) {
        const bool is_mine = other.deploy == row.deploy && other.number < row.number;
        if (is_mine && state == "approved" && other.kind == "approval") {
            return "by " + shown(other.who.text());
        }
        if (is_mine && state == "rejected" && other.kind == "rejection") {
            const auto why = text(other.fields, "reason");
            return "by " + shown(other.who.text()) + (why.empty() ? "" : ": " + why);
        }
    }
    return "";
}

std::string generation_text(std::int64_t number) {
    return number == 0 ? "nothing" : "#" + std::to_string(number);
}

std::string heading(const journal_row& row, const zone& where) {
    const auto to = number(row.fields, "to").value_or(row.generation);
    std::string head = text(row.fields, "kind") == "rollback" ? "rollback " : "deploy ";
    head += std::to_string(row.deploy) + " of " + shown(row.service) + ": " +
            generation_text(number(row.fields, "from").value_or(0)) + " -> " + generation_text(to);
    if (row.kind != "deploy_asked") {
        return head + " (its beginning was summarised)\n";
    }
    head += ", asked by " + shown(row.who.text()) + " on " + moment_text(row.at, where) + "\n";
    if (const auto command = command_text(member(row.fields, "command")); !command.empty()) {
        const auto digest = digest_text(text(row.fields, "digest"));
        head += "  " + command + (digest.empty() ? "" : " (" + digest + ")") + "\n";
    }
    if (const auto note = text(row.fields, "note"); !note.empty()) {
        head += "  note: " + note + "\n";
    }
    return head;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 2, width), ' ');
    return text;
}

}  // namespace

std::string timeline_text(const rows& all, std::int64_t deploy, const zone& where) {
    std::vector<const journal_row*> states;
    const journal_row* first = nullptr;
    std::vector<const journal_row*> agent_starts;
    for (const auto& row : all) {
        const bool is_mine = row.deploy == deploy;
        if (is_mine && first == nullptr &&
            (row.kind == "deploy_asked" || row.kind == "deploy_state")) {
            first = &row;
        }
        const bool is_running =
            !states.empty() && !is_final_state(text(states.back()->fields, "state"));
        if ((is_mine && row.kind == "deploy_state") ||
            (row.kind == "agent_started" && is_running)) {
            states.push_back(&row);
        }
    }
    if (first == nullptr) {
        return "there is no deploy " + std::to_string(deploy) + " in the journal\n";
    }
    std::string out = heading(*first, where);
    for (std::size_t i = 0; i < states.size(); ++i) {
        const auto& row = *states[i];
        const auto clock = "  " + clock_text(row.at, where, true) + "  ";
        if (row.kind == "agent_started") {
            out += clock + "(the agent was started anew)\n";
            continue;
        }
        const auto state = text(row.fields, "state");
        std::size_t next = i + 1;
        while (next < states.size() && states[next]->kind == "agent_started") {
            ++next;
        }
        const auto lasted = next < states.size() ? between(row, *states[next]) : std::nullopt;
        auto line = clock + padded(state.empty() ? "?" : state, 14) +
                    padded(lasted ? duration_text(*lasted) : "", 10) + remark(row, all);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    if (states.empty()) {
        return out + "  nothing was done yet\n";
    }
    const auto* last = states.back();
    if (last->kind == "deploy_state" && is_final_state(text(last->fields, "state"))) {
        const auto whole = between(*first, *last);
        return out + (whole ? "  took " + duration_text(*whole) + "\n" : "");
    }
    return out + "  it is under way\n";
}

}  // namespace lastcall::agent::story
