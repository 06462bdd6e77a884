#include "lint/shell/invocation.hpp"

#include <algorithm>
#include <charconv>

#include "lint/shell/bytes.hpp"
#include "lint/shell/shebang.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint::shell {
namespace {

bool is_assignment(std::string_view text) {
    const auto end = text.find('=');
    return end != text.npos && is_name(text.substr(0, end));
}

bool is_option(const argument& one) {
    return one.is_known() && one.what.text.size() > 1 && one.what.text[0] == '-';
}

/// True when the value of the option `text` is the next word.
bool takes_next(const wrapper_rule& rule, std::string_view text) {
    if (text.starts_with("--")) {
        return rule.long_options.find(" " + std::string(text) + " ") != std::string_view::npos;
    }
    // -u x, -ux: a letter that takes a value takes what is left of the word, if anything is.
    const auto at = text.find_first_of(rule.short_options, 1);
    return at != text.npos && at + 1 == text.size();
}

/// Behind the options and operands of the command at `begin`.
std::size_t end_of_wrapper(const std::vector<argument>& arguments, std::size_t begin,
                           const wrapper_rule& rule) {
    std::size_t at = begin + 1;
    for (; at < arguments.size() && is_option(arguments[at]); ++at) {
        const std::string& text = arguments[at].what.text;
        if (text == "--") {
            ++at;
            break;
        }
        at += takes_next(rule, text) ? 1U : 0U;
    }
    const auto skip_assignments = [&] {
        while (rule.takes_assignments && at < arguments.size() &&
               is_assignment(arguments[at].what.text)) {
            ++at;
        }
    };
    skip_assignments();
    if (at < arguments.size() && arguments[at].is("--") && rule.takes_assignments) {
        ++at;
        skip_assignments();
    }
    return std::min(at + static_cast<std::size_t>(rule.operands), arguments.size());
}

/// `command -v`, `ionice -p`: what asks, or acts on a process that runs already.
bool runs_nothing(const std::vector<argument>& arguments, std::size_t begin,
                  std::string_view name) {
    if (begin + 1 >= arguments.size()) {
        return true;
    }
    const argument& next = arguments[begin + 1];
    if (name == "command") {
        return next.is("-v") || next.is("-V");
    }
    if (name == "ionice" || name == "taskset" || name == "chrt" || name == "prlimit" ||
        name == "strace") {
        return std::any_of(arguments.begin() + static_cast<std::ptrdiff_t>(begin), arguments.end(),
                           [](const argument& one) {
                               return one.is("-p") || one.is("--pid") ||
                                      (one.is_known() && one.what.text.starts_with("--pid="));
                           });
    }
    return name == "sudo" && (next.is("-l") || next.is("-v") || next.is("-k"));
}

/// The program of `su [-] [user] -c TEXT`.
std::size_t source_behind(const std::vector<argument>& arguments, std::size_t begin,
                          std::string_view long_option) {
    for (std::size_t i = begin + 1; i + 1 < arguments.size(); ++i) {
        if (arguments[i].is("-c") || arguments[i].is(long_option)) {
            return i + 1;
        }
    }
    return invocation::none;
}

void read_shell(const std::vector<argument>& arguments, invocation& into) {
    bool has_source = false;
    for (std::size_t i = into.program + 1; i < arguments.size(); ++i) {
        const argument& one = arguments[i];
        const bool is_flag = is_option(one) || (one.is_known() && one.what.text.size() > 1 &&
                                                one.what.text[0] == '+');
        if (!is_flag) {
            (has_source ? into.source : into.file) = i;
            return;
        }
        const std::string& text = one.what.text;
        if (text.starts_with("--")) {
            i += text == "--rcfile" || text == "--init-file" ? 1U : 0U;
        } else {
            has_source = has_source || text.find('c', 1) != text.npos;
            i += text.back() == 'o' || text.back() == 'O' ? 1U : 0U;
        }
    }
}

void read_program(const std::vector<argument>& arguments, invocation& into) {
    const std::size_t at = into.program;
    const bool is_eval = into.name == "eval";
    if ((into.name == "." || into.name == "source") && at + 1 < arguments.size()) {
        into.file = at + 1;
    } else if (is_eval && at + 2 == arguments.size()) {
        into.source = at + 1;
    } else if (into.name == "su" || into.name == "script") {
        into.source = source_behind(arguments, at, "--command");
    } else if (!into.name.empty() && into.name != "busybox" &&
               dialect_of(into.name) != dialect::other) {
        read_shell(arguments, into);
    }
}

/// `runuser -u USER PROGRAM`; without -u it is as su.
bool runs_as_su(const std::vector<argument>& arguments, std::size_t begin) {
    return std::none_of(arguments.begin() + static_cast<std::ptrdiff_t>(begin), arguments.end(),
                        [](const argument& one) { return one.is("-u") || one.is("--user"); });
}

}  // namespace

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

const wrapper* invocation::find(std::string_view wrapper_name) const {
    const auto found = std::find_if(wrappers.begin(), wrappers.end(),
                                    [&](const wrapper& one) { return one.name == wrapper_name; });
    return found == wrappers.end() ? nullptr : &*found;
}

invocation unwrap(const std::vector<argument>& arguments) {
    constexpr wrapper_rule runuser = {"runuser", "ug", " --user --group ", 0, false};
    invocation made;
    std::size_t at = 0;
    while (at < arguments.size()) {
        const argument& here = arguments[at];
        made.program = at;
        made.name = here.is_known() ? std::string(base_name(here.what.text)) : std::string();
        if (made.name == "runuser" && runs_as_su(arguments, at)) {
            made.source = source_behind(arguments, at, "--command");
            return made;
        }
        const wrapper_rule* rule = made.name == "runuser" ? &runuser : find_wrapper(made.name);
        if (rule == nullptr || runs_nothing(arguments, at, made.name)) {
            break;
        }
        const std::size_t end = end_of_wrapper(arguments, at, *rule);
        if (made.name == "flock" && end < arguments.size() && arguments[end].is("-c")) {
            made.wrappers.push_back({made.name, at, end});
            made.source = end + 1 < arguments.size() ? end + 1 : invocation::none;
            return made;
        }
        if (end >= arguments.size()) {
            break;
        }
        made.wrappers.push_back({made.name, at, end});
        at = end;
    }
    if (made.program != invocation::none) {
        read_program(arguments, made);
    }
    return made;
}

std::optional<time_limit> time_limit_of(const std::vector<argument>& arguments,
                                        const wrapper& timeout) {
    time_limit made;
    if (timeout.end - timeout.begin < 2) {
        return std::nullopt;
    }
    made.after = arguments[timeout.end - 1];
    for (std::size_t i = timeout.begin + 1; i + 1 < timeout.end; ++i) {
        const std::string& text = arguments[i].what.text;
        const auto value = [&](std::string_view letter, std::string_view name) {
            argument found = arguments[i];
            if (text == letter || text == name) {
                found = arguments[++i];
            } else if (text.starts_with(name)) {
                found.what.text.erase(0, name.size() + 1);
            } else {
                found.what.text.erase(0, letter.size());
            }
            return found;
        };
        if (text == "--foreground") {
            made.is_foreground = true;
        } else if (text.starts_with("-s") || text.starts_with("--signal")) {
            const argument found = value("-s", "--signal");
            made.signal = found.is_known() ? signal_name(found.what.text).value_or("") : "";
        } else if (text.starts_with("-k") || text.starts_with("--kill-after")) {
            made.kill_after = value("-k", "--kill-after");
        }
    }
    return made;
}

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
    using std::chrono::milliseconds;
    if (text == "infinity" || text == "inf") {
        return milliseconds::max();
    }
    double number = 0;
    const auto* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc() || !(number >= 0)) {
        return std::nullopt;
    }
    const std::string_view unit(last, static_cast<std::size_t>(end - last));
    const double seconds = unit.empty() || unit == "s" ? 1
                           : unit == "m"               ? 60
                           : unit == "h"               ? 3600
                           : unit == "d"               ? 86400
                                                       : 0;
    if (seconds == 0) {
        return std::nullopt;
    }
    const double whole = number * seconds * 1000;
    constexpr double for_ever = 1e15;  // some 30,000 years: a sum of such waits fits
    return whole < for_ever ? milliseconds(static_cast<std::int64_t>(whole)) : milliseconds::max();
}

}  // namespace lastcall::lint::shell
