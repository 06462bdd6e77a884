#include "agent/config/spec_words.hpp"

namespace lastcall::agent {

template <>
const word_list<handover>& words<handover>() {
    static const word_list<handover> all{{"automatic", handover::automatic},
                                         {"inherit", handover::inherit},
                                         {"intercept", handover::intercept},
                                         {"none", handover::none}};
    return all;
}

template <>
const word_list<check_spec::kind>& words<check_spec::kind>() {
    using kind = check_spec::kind;
    static const word_list<kind> all{{"automatic", kind::automatic},
                                     {"http", kind::http},
                                     {"tcp", kind::tcp},
                                     {"notify", kind::notify},
                                     {"command", kind::command},
                                     {"file", kind::file},
                                     {"none", kind::none}};
    return all;
}

template <>
const word_list<core::restart_when>& words<core::restart_when>() {
    using core::restart_when;
    static const word_list<restart_when> all{{"always", restart_when::always},
                                             {"on-failure", restart_when::on_failure},
                                             {"never", restart_when::never}};
    return all;
}

template <>
const word_list<traffic_spec::kind>& words<traffic_spec::kind>() {
    using kind = traffic_spec::kind;
    static const word_list<kind> all{{"local", kind::local}, {"haproxy", kind::haproxy}};
    return all;
}

std::string text_of(const check_spec& check) {
    using kind = check_spec::kind;
    switch (check.how) {
        case kind::automatic:
            return "it listens, or says READY=1";
        case kind::http:
            return "GET " + check.target;
        case kind::tcp:
            return check.target.empty() ? "a connection to each socket"
                                        : "a connection to " + check.target.substr(4);
        case kind::notify:
            return "it says READY=1";
        case kind::command: {
            std::string made = "command";
            for (const auto& word : check.command) {
                made += " " + word;
            }
            return made;
        }
        case kind::file:
            return "the file " + check.target;
        case kind::none:
            break;
    }
    return "at once";
}

}  // namespace lastcall::agent
