#include "init/option_values.hpp"

#include <charconv>

#include "core/read_duration.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {

using namespace std::chrono_literals;

core::text_sink& refuse(const options& of, parsed& result) noexcept {
    result.what = parsed::outcome::refused;
    result.exit_status = of.as == personality::lastcall ? status_usage : 1;
    result.text.clear();
    return result.text << of.name << ": ";
}

core::text_sink& print(parsed& result, bool to_stderr) noexcept {
    result.what = parsed::outcome::print;
    result.exit_status = 0;
    result.to_stderr = to_stderr;
    result.text.clear();
    return result.text;
}

const char* variable(char** environment, std::string_view name) noexcept {
    for (char** one = environment; one != nullptr && *one != nullptr; ++one) {
        const std::string_view entry = *one;
        if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name)) {
            return *one + name.size() + 1;
        }
    }
    return nullptr;
}

bool variable_is(char** environment, std::string_view name, std::string_view value) noexcept {
    const char* const found = variable(environment, name);
    return found != nullptr && found == value;
}

std::optional<int> number_in(std::string_view text, int low, int high) noexcept {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || rest != end || text.front() == '-' || value < low || value > high) {
        return {};
    }
    return value;
}

std::string_view next_in(std::string_view& list, char separator) noexcept {
    const std::size_t at = list.find(separator);
    const std::string_view first = list.substr(0, at);
    list.remove_prefix(at == std::string_view::npos ? list.size() : at + 1);
    return first;
}

bool read_duration(std::string_view what, std::string_view text, std::chrono::nanoseconds least,
                   options& of, std::chrono::nanoseconds& into, parsed& result) noexcept {
    const auto read = core::read_duration(text);
    if (!read.is_good()) {
        auto& out = refuse(of, result) << what << ": ";
        core::explain_duration(out, text, read.problem);
        out << '\n';
        return false;
    }
    if (read.value < least) {
        refuse(of, result) << what << ": \"" << text
                           << "\" is too short; it must be above zero, as 30s is\n";
        return false;
    }
    into = read.value;
    return true;
}

bool read_signal(std::string_view what, std::string_view text, const options& of, int& into,
                 parsed& result) noexcept {
    into = sys::signal_number(text);
    if (into == 0) {
        refuse(of, result) << what << ": \"" << text
                           << "\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3\n";
    }
    return into != 0;
}

bool read_caught_signal(std::string_view what, std::string_view text, const options& of, int& into,
                        parsed& result) noexcept {
    if (!read_signal(what, text, of, into, result)) {
        return false;
    }
    const std::string_view name = sys::signal_name(into);
    if (name == "SIGKILL" || name == "SIGSTOP") {
        refuse(of, result) << what << ": " << name
                           << " cannot be caught, so nothing else can be done for it\n";
        return false;
    }
    if (name == "SIGCHLD") {
        refuse(of, result) << what
                           << ": SIGCHLD tells of processes that ended, and is not forwarded\n";
        return false;
    }
    return true;
}

bool read_stop_signals(std::string_view what, std::string_view text, options& into,
                       parsed& result) noexcept {
    signal_set set;
    std::string_view list = text;
    do {
        int number = 0;
        if (!read_caught_signal(what, next_in(list, ','), into, number, result)) {
            return false;
        }
        set[static_cast<std::size_t>(number)] = true;
    } while (!list.empty());
    into.stop_signals = set;
    return true;
}

bool read_wait_for(std::string_view what, std::string_view text, options& into,
                   parsed& result) noexcept {
    if (text != "tree" && text != "main") {
        refuse(into, result) << what << ": \"" << text
                             << "\" is not one of them; write tree (wait for every process) or "
                                "main (leave with the main program)\n";
        return false;
    }
    into.waits_for_rest = text == "tree";
    return true;
}

bool read_mode(std::string_view what, std::string_view value, options& into,
               parsed& result) noexcept {
    if (value == "main") {
        into.to = reach::main;
    } else if (value == "group") {
        into.to = reach::group;
    } else if (value == "tree") {
        into.to = reach::tree;
    } else {
        refuse(into, result) << what << ": \"" << value
                             << "\" is not one of them; write main, group or tree\n";
        return false;
    }
    return true;
}

bool read_exit_map(std::string_view what, std::string_view list, options& into,
                   parsed& result) noexcept {
    do {
        std::string_view to = next_in(list, ',');
        const std::string_view pair = to;
        const auto from_status = number_in(next_in(to, '='), 0, 255);
        const auto to_status = number_in(to, 0, 255);
        if (!from_status || !to_status) {
            refuse(into, result) << what << ": \"" << pair
                                 << "\" is no pair of statuses from 0 to 255; write 143=0\n";
            return false;
        }
        into.exit_map[static_cast<std::size_t>(*from_status)] =
            static_cast<std::int16_t>(*to_status);
    } while (!list.empty());
    return true;
}

bool read_exit_unclean(std::string_view what, std::string_view value, options& into,
                       parsed& result) noexcept {
    const auto status = number_in(value, 1, 255);
    if (!status) {
        refuse(into, result) << what << ": \"" << value
                             << "\" is no status from 1 to 255; write 75, for example\n";
        return false;
    }
    into.exit_unclean = *status;
    return true;
}

}  // namespace lastcall::init
