#include "agent/story/why.hpp"

#include <array>

#include "agent/story/last_end.hpp"
#include "agent/story/who_asked.hpp"

namespace lastcall::agent::story {

namespace {

class story_text {
public:
    story_text(const last_end& end, const zone& where) : end_(end), where_(where) {}

    std::string make(const std::string& service) {
        text_ = headline(end_, service, where_) + "\n";
        tell_cause();
        if (end_.exited != nullptr) {
            tell_phases();
        }
        tell_agent();
        tell_blockers();
        if (end_.exited != nullptr) {
            tell_losses();
            tell_life();
            tell_after();
        }
        return text_;
    }

private:
    void line(const std::string& label, const std::string& what) {
        constexpr std::size_t column = 12;
        text_ += "  " + label;
        text_.append(label.size() < column ? column - label.size() : 1, ' ');
        text_ += what + "\n";
    }

    void tell_cause() {
        if (end_.undone != nullptr) {
            line("reason", text(end_.undone->fields, "reason"));
        }
        if (end_.asked == nullptr) {
            return;
        }
        const auto& fields = end_.asked->fields;
        std::string how = clock_text(end_.asked->at, where_, true);
        if (const auto by = text(fields, "how"); !by.empty()) {
            how += ", by " + by;
        }
        const auto& sender = member(fields, "sender");
        if (const auto command = text(sender, "command"); !command.empty()) {
            how += ": " + command;
        }
        if (const auto grace = milliseconds(fields, "grace_ms")) {
            how += "; it had " + duration_text(*grace);
        }
        if (const auto reason = text(fields, "reason"); !reason.empty()) {
            how += "; " + reason;
        }
        line("asked", how);
    }

    void tell_phases() {
        const auto& last = member(end_.exited->fields, "last_line");
        const auto& phases = member(last, "phases");
        struct phase {
            const char *key, *label, *meaning;
        };
        constexpr std::array known{
            phase{"announcing_ms", "announcing", "it worked on, so that routing could notice"},
            phase{"stopping_main_ms", "main", "from the signal until the program had exited"},
            phase{"stopping_rest_ms", "the rest", "until what it had left behind had ended"},
            phase{"killing_ms", "killing", "SIGKILL for what was left"}};
        for (const auto& one : known) {
            if (const auto lasted = milliseconds(phases, one.key)) {
                auto what = duration_text(*lasted);
                what.resize(std::max<std::size_t>(what.size() + 2, 12), ' ');
                line(one.label, what + one.meaning);
            }
        }
        if (!last.is_object()) {
            line("phases", "not known: lastcall-init has left no last line");
        }
        const auto signals = number(last, "stop_signals").value_or(0);
        if (signals > 1) {
            line("hurried", std::to_string(signals) + " stop signals came");
        }
    }

    void tell_agent() {
        for (const auto* row : end_.agent_starts) {
            line("agent", "was started anew meanwhile, " + clock_text(row->at, where_, true));
        }
        if (end_.exited != nullptr && end_.started != nullptr &&
            end_.started->boot != end_.exited->boot) {
            line("machine", "was started anew since the generation began");
        }
    }

    void tell_blockers() {
        for (const auto* row : end_.reports) {
            const auto& lines = member(row->fields, "lines");
            for (const auto& one : lines.is_array() ? lines : nlohmann::json::array()) {
                if (one.is_string()) {
                    line("blocked", shown(one.get_ref<const std::string&>()));
                }
            }
        }
    }

    void tell_losses() {
        const auto& last = member(end_.exited->fields, "last_line");
        const auto& killed = member(last, "killed");
        std::int64_t named = 0;
        for (const auto& one : killed.is_array() ? killed : nlohmann::json::array()) {
            ++named;
            auto what = "pid " + std::to_string(number(one, "pid").value_or(0)) + ", " +
                        text(one, "command");
            const auto why = text(one, "why");
            line("killed", what + (why.empty() ? "" : ": " + why));
        }
        const auto count = number(last, "killed_count").value_or(0);
        if (count > named) {
            line("killed", std::to_string(count - named) + " more");
        }
        if (const auto left = number(last, "left").value_or(0); left > 0) {
            line("left", count_text(left, "process has", "processes have") +
                             " survived SIGKILL (frozen, or in the kernel)");
        }
        const auto kills = std::max(number(end_.exited->fields, "oom_kills").value_or(0),
                                    number(last, "oom_kills").value_or(0));
        if (kills > 0) {
            line("memory", "the kernel killed " + count_text(kills, "process", "processes") +
                               " for want of memory: raise the limit, or find the leak");
        }
        if (last.is_object() && count == 0 && kills == 0 && is_clean(*end_.exited)) {
            line("killed", "nothing");
        }
    }

    void tell_life() {
        const auto& fields = end_.exited->fields;
        std::string life;
        const auto add = [&life](const std::string& part) {
            life += (life.empty() ? "" : "; ") + part;
        };
        auto ran = milliseconds(member(fields, "last_line"), "ran_ms");
        if (!ran && end_.started != nullptr) {
            ran = between(*end_.started, end_.began());
        }
        if (ran) {
            add("ran " + duration_text(*ran));
        }
        if (const auto ready = milliseconds(member(fields, "last_line"), "ready_ms")) {
            add("ready after " + duration_text(*ready));
        } else if (end_.ready == nullptr && end_.started != nullptr) {
            add("was never ready");
        }
        const auto user = milliseconds(fields, "user_ms"),
                   system = milliseconds(fields, "system_ms");
        if (user && system) {
            add("processor " + duration_text(*user + *system));
        }
        if (const auto peak = number(fields, "peak_bytes").value_or(0); peak > 0) {
            add("peak " + size_text(peak));
        }
        if (!life.empty()) {
            line("before", life);
        }
        if (end_.started != nullptr) {
            const auto command = command_text(member(end_.started->fields, "command"));
            const auto digest = digest_text(text(end_.started->fields, "digest"));
            if (!command.empty()) {
                line("what", command + (digest.empty() ? "" : " (" + digest + ")"));
            }
        }
    }

    void tell_after() {
        for (const auto* row : end_.after) {
            const auto after = between(*end_.exited, *row);
            const auto when = after ? duration_text(*after) + " later" : "later";
            const auto generation = "#" + std::to_string(row->generation);
            if (row->kind == "restart_planned") {
                const auto wait = milliseconds(row->fields, "wait_ms");
                line("then", "a restart was planned" +
                                 (wait ? ", in " + duration_text(*wait) : std::string{}));
            } else if (row->kind == "crash_loop") {
                line("then", "it was left stopped: it ended " +
                                 std::to_string(number(row->fields, "ends").value_or(0)) +
                                 " times in a row (`lastcall start` tries again)");
                return;
            } else if (row->kind == "generation_started") {
                line("then", generation + " was started, " + when);
            } else {
                line("then", generation + " was ready, " + when);
                return;  // what came later is another story
            }
        }
        if (end_.after.empty() && end_.deploy == nullptr) {
            line("then", "nothing was started in its place");
        }
    }

    const last_end& end_;
    const zone& where_;
    std::string text_;
};

}  // namespace

std::string why_text(const rows& all, const std::string& service, const zone& where) {
    const auto end = find_last_end(all, service);
    if (!end.was_there()) {
        return shown(service) + " has not stopped yet, as far as the journal goes\n";
    }
    return story_text(end, where).make(service);
}

nlohmann::json why_json(const rows& all, const std::string& service) {
    const auto end = find_last_end(all, service);
    nlohmann::json out{{"schema", 1}, {"service", shown(service)}, {"found", end.was_there()}};
    if (!end.was_there()) {
        return out;
    }
    out["generation"] = end.generation();
    out["at"] = utc_text(end.began().at);
    out["asked_by"] = who_asked(end);
    out["ended"] = end.exited != nullptr;
    if (end.deploy != nullptr) {
        out["deploy"] = end.deploy->deploy;
    }
    auto numbers = nlohmann::json::array();
    for (const auto* row :
         {end.started, end.ready, end.deploy, end.asked, end.undone, end.exited}) {
        if (row != nullptr) {
            numbers.push_back(row->number);
        }
    }
    out["rows"] = std::move(numbers);
    if (end.exited != nullptr) {
        out["how"] = end_text(*end.exited);
        out["is_clean"] = is_clean(*end.exited);
        out["exit"] = end.exited->fields;
        if (const auto lasted = took(end)) {
            out["took_ms"] = static_cast<double>(lasted->count()) / 1e6;
        }
    }
    return out;
}

}  // namespace lastcall::agent::story
