#include "drill/sequence/sequence.hpp"

namespace lastcall::drill {
namespace {

std::string_view name_of(kill_mode value) noexcept {
    switch (value) {
        case kill_mode::control_group:
            return "control-group";
        case kill_mode::mixed:
            return "mixed";
        case kill_mode::process:
            return "process";
        case kill_mode::none:
            break;
    }
    return "none";
}

}  // namespace

std::string_view to_string(sequence_kind value) noexcept {
    switch (value) {
        case sequence_kind::plain:
            return "plain";
        case sequence_kind::docker:
            return "docker";
        case sequence_kind::systemd:
            return "systemd";
        case sequence_kind::kubernetes:
            return "kubernetes";
        case sequence_kind::rolling:
            return "rolling";
        case sequence_kind::reload:
            return "reload";
        case sequence_kind::crash:
            break;
    }
    return "crash";
}

std::optional<sequence_kind> sequence_kind_from(std::string_view name) noexcept {
    using enum sequence_kind;
    for (const auto one : {plain, docker, systemd, kubernetes, rolling, reload, crash}) {
        if (to_string(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

std::optional<kill_mode> kill_mode_from(std::string_view name) noexcept {
    using enum kill_mode;
    for (const auto one : {control_group, mixed, process, none}) {
        if (name_of(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

}  // namespace lastcall::drill
