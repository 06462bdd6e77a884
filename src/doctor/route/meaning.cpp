#include "doctor/route/meaning.hpp"

#include "doctor/settings/script_word.hpp"

namespace lastcall::doctor {

const core::software* software_of(const seen_process& one) {
    if (one.is_of_busybox) {
        return nullptr;  // a small one of the same name
    }
    if (const auto* found = core::find_software(one.program)) {
        return found;
    }
    // gunicorn is a script of python, and names its process after itself; others do not.
    if (const auto* found = core::find_software(one.name)) {
        return found;
    }
    return core::find_software(script_name(one.program, one.arguments));
}

bool takes_it_otherwise(const seen& of, const seen_process& one) {
    const auto* known = software_of(one);
    std::string_view signal = of.signal_name_to(one.pid());
    signal.remove_prefix(signal.starts_with("SIG") ? 3 : 0);
    return known != nullptr && !known->ends_in_order(signal) &&
           !(signal == "TERM" && one.ends_by_term);
}

}  // namespace lastcall::doctor
