#include "agent/story/who_asked.hpp"

namespace lastcall::agent::story {

namespace {

bool was_not_ready(const last_end& end) {
    return end.exited != nullptr &&
           text(member(end.exited->fields, "last_line"), "cause") == "ready_timeout";
}

std::string deploy_name(const journal_row& deploy) {
    const auto what = text(deploy.fields, "kind") == "rollback" ? "rollback " : "deploy ";
    return what + std::to_string(deploy.deploy);
}

}  // namespace

std::string who_asked(const last_end& end) {
    if (end.deploy != nullptr) {
        return shown(end.deploy->who.text());
    }
    if (end.asked != nullptr) {
        return shown(end.asked->who.text());
    }
    const auto& sender = member(member(end.exited->fields, "last_line"), "sender");
    if (!sender.is_object()) {
        return "";
    }
    const auto signal = text(sender, "signal");
    const auto from = text(sender, "from");
    if (from == "outside") {
        return signal + " from outside of its container";
    }
    if (from == "terminal") {
        return signal + " from the terminal";
    }
    auto who = signal + " from process " + std::to_string(number(sender, "pid").value_or(0));
    if (const auto command = text(sender, "command"); !command.empty()) {
        who += " (" + command + ")";
    }
    const auto uid = number(sender, "uid");
    return uid ? who + " of uid " + std::to_string(*uid) : who;
}

std::optional<nanoseconds> took(const last_end& end) {
    const auto told = milliseconds(member(end.exited->fields, "last_line"), "stop_ms");
    return told || end.asked == nullptr ? told : between(*end.asked, *end.exited);
}

std::string headline(const last_end& end, const std::string& service, const zone& where) {
    std::string name = shown(service);
    if (end.generation() != 0) {
        name += " #" + std::to_string(end.generation());
    }
    const auto when = moment_text(end.began().at, where);
    const auto who = who_asked(end);
    if (end.exited == nullptr) {
        return name + " is stopping since " + when + ", asked by " + who +
               "; it has not ended yet.";
    }
    const auto how = end_text(*end.exited);
    if (was_not_ready(end)) {
        return name + " was not ready in time, was stopped on " + when + ", and " + how + ".";
    }
    if (who.empty() && !flag(end.exited->fields, "asked") && end.deploy == nullptr) {
        return name + " " + how + " on " + when + "; nobody had asked it to stop.";
    }
    std::string sentence = name + " was ";
    if (end.deploy != nullptr) {
        sentence += end.undone != nullptr ? "taken back by " : "replaced by ";
        sentence += deploy_name(*end.deploy) + ", which " + who + " asked for,";
    } else {
        sentence += "stopped by " + (who.empty() ? "somebody who was not written down" : who);
    }
    sentence += " on " + when + ", and " + how;
    const auto lasted = took(end);
    return sentence + (lasted ? " after " + duration_text(*lasted) : "") + ".";
}

}  // namespace lastcall::agent::story
