#include "drill/subject/platform_subject.hpp"

#include <algorithm>
#include <cerrno>

#include "drill/subject/command_result.hpp"

namespace lastcall::drill {

std::string whole_seconds(std::chrono::nanoseconds value) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count());
}

std::string last_line_of(const std::string& output) {
    const auto end = output.find_last_not_of("\n ");
    if (end == std::string::npos) {
        return "it said nothing";
    }
    const auto begin = output.rfind('\n', end);
    return output.substr(begin == std::string::npos ? 0 : begin + 1,
                         end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

int platform_subject::signal_main(int number) {
    const int error = running_process::signal_main(number);
    if (error != EPERM) {
        return error;
    }
    const auto result = run_command(signal_command(number));
    return result.status == 0 ? 0 : EPERM;
}

std::optional<exit_facts> platform_subject::exit() const {
    const auto seen = running_process::exit();
    if (!seen || seen->known) {
        return seen;
    }
    if (!asked_) {
        asked_ = ask_exit();
    }
    return asked_ ? asked_ : seen;
}

}  // namespace lastcall::drill
