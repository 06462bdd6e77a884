#include "core/keeper_exit.hpp"

namespace lastcall::core {

int keeper_exit_status(const keeper_end& end, const keeper_exit_rules& rules) noexcept {
    if (end.unclean && rules.unclean >= 0) {
        return rules.unclean;
    }
    int status = exit_killed_main;
    if (end.main_ended) {
        status = end.main_killed ? 128 + end.main_status : end.main_status;
    }
    status &= 255;
    const bool has_own_error = end.main_ended && !end.main_killed && status != 0;
    if (end.not_ready && !has_own_error) {
        return exit_not_ready;
    }
    const std::int16_t mapped = rules.map[static_cast<std::size_t>(status)];
    const bool may_map = end.in_time || !rules.map_only_in_time;
    return may_map && mapped >= 0 ? mapped : status;
}

}  // namespace lastcall::core
