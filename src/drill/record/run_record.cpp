#include "drill/record/run_record.hpp"

#include "drill/record/word_table.hpp"

namespace lastcall::drill {
namespace {

constexpr word_table<mark, mark_count> mark_words({{
    {mark::load_begun, "load_begun", "load began"},
    {mark::deleted, "deleted", "delete"},
    {mark::pre_stop_begun, "pre_stop_begun", "preStop began"},
    {mark::pre_stop_ended, "pre_stop_ended", "preStop ended"},
    {mark::routes_withdrawn, "routes_withdrawn", "routes withdrawn"},
    {mark::signal_sent, "signal_sent", "signal sent"},
    {mark::signal_taken, "signal_taken", "signal taken"},
    {mark::event_ended, "event_ended", "event ended"},
    {mark::second_signal, "second_signal", "second signal"},
    {mark::not_ready, "not_ready", "not ready"},
    {mark::close_announced, "close_announced", "first close announced"},
    {mark::listener_closed, "listener_closed", "listener closed"},
    {mark::last_accepted, "last_accepted", "last connection accepted"},
    {mark::last_response, "last_response", "last response byte"},
    {mark::last_connection_closed, "last_connection_closed", "last connection closed"},
    {mark::successor_ready, "successor_ready", "successor ready"},
    {mark::killed, "killed", "SIGKILL"},
    {mark::exited, "exited", "exit"},
    {mark::bindable, "bindable", "port can be bound"},
}});

}  // namespace

std::string_view to_string(mark value) noexcept { return mark_words.name(value); }
std::string_view describe(mark value) noexcept { return mark_words.words(value); }
std::optional<mark> mark_from(std::string_view name) noexcept { return mark_words.find(name); }

std::string_view to_string(timing value) noexcept {
    switch (value) {
        case timing::before:
            return "before";
        case timing::in_flight:
            return "in_flight";
        case timing::after:
            return "after";
    }
    return "after";
}

std::string_view to_string(quiet_end value) noexcept {
    switch (value) {
        case quiet_end::fin:
            return "fin";
        case quiet_end::reset:
            return "reset";
        case quiet_end::unsolicited:
            return "unsolicited";
        case quiet_end::by_us:
            return "by_us";
    }
    return "by_us";
}

std::string_view to_string(leftover::kind value) noexcept {
    switch (value) {
        case leftover::kind::process:
            return "process";
        case leftover::kind::listener:
            return "listener";
        case leftover::kind::connection:
            return "connection";
        case leftover::kind::unix_socket:
            return "unix_socket";
        case leftover::kind::file:
            return "file";
    }
    return "file";
}

std::string_view to_string(policy value) noexcept {
    switch (value) {
        case policy::strict:
            return "strict";
        case policy::lb:
            return "lb";
    }
    return "lb";
}

std::optional<policy> policy_from(std::string_view name) noexcept {
    for (const auto one : {policy::strict, policy::lb}) {
        if (to_string(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

}  // namespace lastcall::drill
