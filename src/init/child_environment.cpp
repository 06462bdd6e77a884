#include "init/child_environment.hpp"

#include "sys/process/identity.hpp"
#include "sys/process/process.hpp"

namespace lastcall::init {

int child_environment::prepare(char* const* from, core::environment_wish wish) noexcept {
    std::size_t entries = 0;
    while (from[entries] != nullptr) {
        ++entries;
    }
    const std::size_t pointers = core::environment::pointers_for(entries);
    if (const int error = memory_.map(pointers * sizeof(char*)); error != 0) {
        return error;
    }
    wish.keeper_pid = sys::current_process_id();
    wish.keeper_pidfs_id = sys::own_pidfs_id();
    environment_.prepare(from, wish, {static_cast<char**>(memory_.data()), pointers});
    return 0;
}

char* const* child_environment::finish_in_child() noexcept {
    return environment_.finish(sys::current_process_id(), sys::own_pidfs_id());
}

}  // namespace lastcall::init
