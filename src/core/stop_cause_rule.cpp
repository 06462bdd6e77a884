// Which rule of the doctor a cause is: the catalogue of the rules is lint/catalogue/process_rules.
#include "core/stop_cause.hpp"

namespace lastcall::core {

namespace {

using kind = stop_cause_kind;

}  // namespace

std::string_view rule_of(const stop_cause& cause, const stop_facts& facts) noexcept {
    switch (cause.kind) {
        case kind::zombie:
            return "L28";
        case kind::zombie_leader:
            return "L29";
        case kind::frozen:
            return facts.is_frozen_v1 ? "L25" : "L24";
        case kind::traced:
            return "L23";
        case kind::stopped:
            return "L22";
        case kind::core_dump:
            return "L30";
        case kind::uninterruptible:
            return "L26";
        case kind::kill_pending:
            return "L08";
        case kind::exiting:
            return "L31";
        case kind::not_signalled:
        case kind::left_session:
            return "L11";
        case kind::blocked:
            return "L05";
        case kind::signalfd_not_read:
            return "L06";
        case kind::ignored:
            return "L03";
        case kind::shell_in_front:
            return facts.on_stop == disposition::caught    ? "L15"
                   : facts.on_stop == disposition::ignored ? "L03"
                   : facts.is_namespace_init               ? "L14"
                                                           : "L16";
        case kind::decoy_handler:
            return "L02";
        case kind::init_default:
            return "L01";
        case kind::launcher_in_front:
            return "L19";
        case kind::waits_for_child:
        case kind::slow_handler:
            return "L09";
        case kind::clients_remain:
            return "L44";
        case kind::still_listening:
            return "L41";
        case kind::peers_remain:
            return "L48";
        case kind::busy:
            return "L35";
        case kind::unknown:
        case kind::no_handler:
        case kind::should_have_ended:
            break;
    }
    return {};
}

}  // namespace lastcall::core
