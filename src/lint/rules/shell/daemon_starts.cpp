// Programs that leave their shell behind: nobody passes the stop signal on to them.
#include "lint/rules/shell/shell_words.hpp"

namespace lastcall::lint {
namespace {

bool has_text(const shell::step& one, std::string_view text) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [&](const auto& each) {
        return each.what.text.find(text) != std::string::npos;
    });
}

}  // namespace

bool starts_daemon(const shell::step& one) {
    if (one.call.program == shell::invocation::none) {
        return false;
    }
    if (detaches(one)) {
        return true;
    }
    const std::string& name = one.name();
    const bool is_start = has_word(one, {"start", "restart"});
    if (name == "service" || name == "rc-service" || name == "invoke-rc.d" ||
        one.arguments[one.call.program].what.text.starts_with("/etc/init.d/") ||
        name == "apachectl" || name == "apache2ctl") {
        return is_start && !has_text(one, "FOREGROUND");
    }
    if (name == "cron" || name == "crond") {
        return !has_word(one, {"-f", "-n", "-d"});
    }
    if (name == "nginx") {
        return !has_text(one, "daemon off") && !has_word(one, {"-s", "-t", "-T", "-v", "-V", "-h"});
    }
    if (name.starts_with("php-fpm")) {
        return has_word(one, {"-D", "--daemonize"});
    }
    if (name == "sshd") {
        return !has_word(one, {"-D", "-d", "-t", "-T"});
    }
    return name == "redis-server" && has_word(one, {"--daemonize"}) && has_word(one, {"yes"});
}

bool keeps_alive(const std::vector<script_end>& ends, const script_end& one) {
    return one.kind == end_kind::sleeps && (ends.size() == 1 || !is_for_a_person(*one.what));
}

const shell::step* daemon_behind_sleep(const std::vector<script_end>& ends,
                                       const shell::execution& run) {
    const bool sleeps = std::any_of(ends.begin(), ends.end(),
                                    [&](const script_end& one) { return keeps_alive(ends, one); });
    const auto found = std::find_if(run.steps.begin(), run.steps.end(), [](const auto& one) {
        return one.around.is_called && !one.around.is_in_substitution && starts_daemon(one);
    });
    return sleeps && found != run.steps.end() ? &*found : nullptr;
}

}  // namespace lastcall::lint
