// Questions to a service: ready, live, and the checks of the bake window.
#include <algorithm>

#include <lastcall/duration.hpp>

#include "agent/config/read_parts.hpp"
#include "core/fixed_text.hpp"
#include "core/probe_target.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;
using kind = check_spec::kind;

constexpr std::string_view forms =
    "write /ready, http://127.0.0.1:9000/ready, tcp, notify, {command: …} or {file: …}";

/// "127.0.0.1:9000/ready", checked as the prober will read it.
void check_target(const yaml_entry& entry, std::string_view target, bool is_http) {
    core::probe_target read;
    core::fixed_text<1024> why;
    if (!core::read_probe_target(target, is_http, read, why)) {
        // The reader's message repeats the value and ends with its own command line's form.
        auto reason = why.view().substr(std::min(why.view().size(), target.size() + 3));
        entry.refuse(
            std::string(reason.substr(0, reason.find("; write"))),
            is_http ? "write it as http://127.0.0.1:9000/ready" : "write it as tcp:127.0.0.1:9000");
    }
}

std::string without_name(std::string text, std::size_t at) {
    constexpr std::string_view local = "localhost";
    return text.compare(at, local.size(), local) == 0 ? text.replace(at, local.size(), "127.0.0.1")
                                                      : text;
}

void take_http(const yaml_entry& entry, check_spec& into) {
    auto text = entry.text();
    into.how = kind::http;
    if (text.starts_with("https://")) {
        entry.refuse(
            "is asked over TLS, which a probe does not do",
            "ask a plain address of the service, or write {command: curl -fsk " + text + "}");
    }
    if (text.starts_with('/')) {
        if (text.find_first_of(" \t\r\n") != std::string::npos) {
            entry.refuse("has a blank in its path", "write %20 for it");
        }
        into.target = std::move(text);
        return;
    }
    if (!text.starts_with("http://")) {
        entry.refuse("is neither a path nor a URL", "write /ready or http://127.0.0.1:9000/ready");
    }
    text = without_name(std::move(text), 7);
    check_target(entry, text, true);
    into.target = std::move(text);
}

void take_tcp(const yaml_entry& entry, std::string text, check_spec& into) {
    into.how = kind::tcp;
    if (text.empty() || text == "true") {
        return;
    }
    text = without_name(std::move(text), 0);
    check_target(entry, text, false);
    into.target = "tcp:" + text;
}

void take_word(const yaml_entry& entry, check_spec& into) {
    const auto text = entry.text();
    if (text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://")) {
        take_http(entry, into);
    } else if (text == "tcp" || text.starts_with("tcp:")) {
        take_tcp(entry, text.substr(text == "tcp" ? 3 : 4), into);
    } else if (text == "notify" || text == "none" || text == "automatic") {
        into.how = text == "notify" ? kind::notify : text == "none" ? kind::none : kind::automatic;
    } else {
        entry.refuse("is no check", std::string(forms));
    }
}

/// One of http, tcp, notify, command, file; two would be two answers.
class only_one {
public:
    explicit only_one(check_spec& into) : into_(into) {}

    entry_taker operator()(const std::string& name, entry_taker take) {
        return [this, name, take = std::move(take)](const yaml_entry& entry) {
            if (!name_.empty()) {
                entry.found->add(entry.path,
                                 name + " stands beside " + name_ + ", and a check asks in one way",
                                 "keep one of the two");
                return;
            }
            name_ = name;
            take(entry);
        };
    }
    [[nodiscard]] bool has() const noexcept { return !name_.empty(); }
    [[nodiscard]] check_spec& spec() const noexcept { return into_; }

private:
    check_spec& into_;
    std::string name_;
};

void take_map(const yaml_entry& entry, check_use use, check_spec& into) {
    only_one one(into);
    bool has_timeout = false;
    entry_keys keys{
        {"http", one("http", [&](const yaml_entry& e) { take_http(e, into); })},
        {"tcp", one("tcp", [&](const yaml_entry& e) { take_tcp(e, e.text(), into); })},
        {"notify", one("notify",
                       [&](const yaml_entry& e) {
                           if (!e.truth()) {
                               e.refuse("says nothing", "write notify: true, or take it out");
                           }
                           into.how = kind::notify;
                       })},
        {"command", one("command",
                        [&](const yaml_entry& e) {
                            into.command = e.command();  // throws: then it is none
                            into.how = kind::command;
                        })},
        {"file", one("file",
                     [&](const yaml_entry& e) {
                         into.how = kind::file;
                         into.target = e.text();
                     })},
        {"interval", duration_into(into.interval, 10ms, "asking so often is load of its own")},
        {"timeout",
         [&](const yaml_entry& e) {
             into.timeout = e.duration(1ms, "no answer can come in that time");
             has_timeout = true;
         }},
    };
    if (use == check_use::ready) {
        keys["passes"] = whole_into(into.passes, 1, 1000);
    } else {
        keys["failures"] = whole_into(into.failures, 1, 1000);
    }
    take_keys(entry, "a check", keys);
    bool is_there = one.has();
    for (const char* const way : {"http", "tcp", "notify", "command", "file"}) {
        is_there = is_there || entry.found->knows(entry.path + "." + way);
    }
    if (!is_there) {
        entry.refuse("the check does not say what to ask", std::string(forms));
    }
    if (!has_timeout && use != check_use::ready) {
        into.timeout = std::min(into.timeout, into.interval);
    }
}

}  // namespace

check_spec read_check(const yaml_entry& entry, check_use use) {
    check_spec made;
    if (use == check_use::live) {
        made.interval = 5s;
    } else if (use == check_use::bake) {
        made.interval = 1s;
    }
    if (entry.value.IsMap()) {
        take_map(entry, use, made);
    } else {
        take_word(entry, made);
    }
    if (use == check_use::live && made.how == kind::notify) {
        entry.refuse("tells once that a service is ready, and never that it still lives",
                     "write {http: /live}, tcp, {command: …} or {file: …}");
    }
    if (use == check_use::bake && (made.how == kind::notify || made.how == kind::none)) {
        entry.refuse("can not be asked again and again",
                     "write /ready, tcp, {command: …} or {file: …}");
    }
    if (use == check_use::live && made.timeout > made.interval) {
        entry.found->add(entry.path + ".timeout",
                         "the timeout of " + to_text(made.timeout) +
                             " is longer than the interval of " + to_text(made.interval) +
                             ": the next question would come before the answer",
                         "write a timeout of at most " + to_text(made.interval));
    }
    return made;
}

}  // namespace lastcall::agent
