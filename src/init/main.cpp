#include "init/keeper.hpp"
#include "sys/fd.hpp"
#include "sys/output.hpp"

namespace {

// Static: both are large, and a stack may be small.
lastcall::init::options asked;
lastcall::init::parsed result;

}  // namespace

int main(int argc, char** argv, char** environment) {
    using outcome = lastcall::init::parsed::outcome;
    lastcall::sys::occupy_standard_descriptors();
    constexpr int standard_output = 1;
    constexpr int standard_error = 2;
    lastcall::init::parse_command_line(argc, argv, environment, asked, result);
    if (result.what != outcome::run) {
        const bool is_data = result.what == outcome::print && !result.to_stderr;
        lastcall::sys::write_without_waiting(is_data ? standard_output : standard_error,
                                             result.text.view());
        return result.exit_status;
    }
    static lastcall::init::keeper here(asked, environment);
    return here.run();
}
