#include <algorithm>
#include <iterator>

#include "lint/shell/invocation.hpp"

namespace lastcall::lint::shell {
namespace {

// An option that takes its value behind `=` needs no mention.
constexpr wrapper_rule wrapper_rules[] = {
    {"exec", "a", "", 0, false},
    {"command", "", "", 0, false},
    {"builtin", "", "", 0, false},
    {"env", "uC", " --unset --chdir ", 0, true},
    {"nice", "n", " --adjustment ", 0, false},
    {"ionice", "cn", " --class --classdata ", 0, false},
    {"chrt", "TPD", "", 1, false},
    {"taskset", "", "", 1, false},
    {"numactl", "mNCip", "", 0, false},
    {"nohup", "", "", 0, false},
    {"setsid", "", "", 0, false},
    {"timeout", "ks", " --kill-after --signal ", 1, false},
    {"stdbuf", "ioe", " --input --output --error ", 0, false},
    {"sudo", "ugpChrtTDRU",
     " --user --group --prompt --close-from --chdir --chroot --host --role --type "
     "--command-timeout --other-user ",
     0, true},
    {"doas", "uC", "", 0, false},
    {"gosu", "", "", 1, false},
    {"su-exec", "", "", 1, false},
    {"setuidgid", "", "", 1, false},
    {"s6-setuidgid", "", "", 1, false},
    {"chpst", "uUbenlLmdofcrtp/", "", 0, false},
    {"setpriv", "",
     " --reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig "
     "--ruid --euid --rgid --egid --selinux-label --apparmor-profile ",
     0, false},
    {"chroot", "", "", 1, false},
    {"unshare", "RwSG", " --setuid --setgid --root --wd ", 0, false},
    {"nsenter", "tSG", " --target --setuid --setgid ", 0, false},
    {"tini", "pe", "", 0, false},
    {"tini-static", "pe", "", 0, false},
    {"docker-init", "pe", "", 0, false},
    {"dumb-init", "r", " --rewrite ", 0, false},
    {"catatonit", "", "", 0, false},
    {"lastcall-init", "",
     " --grace --reserve --delay --pre-stop --stop-signals --rewrite --drop --mode --wait-for "
     "--ready --ready-timeout --program-fd --hold --parent-death-signal --report --report-fd "
     "--exit-map --exit-unclean ",
     0, false},
    {"flock", "wE", " --wait --timeout --conflict-exit-code ", 1, false},
    {"sshpass", "pfdP", "", 0, false},
    {"strace", "aeEfIobOpPsSuUX", "", 0, false},
    {"ltrace", "aeFlnopsu", "", 0, false},
    {"time", "fo", " --format --output ", 0, false},
    {"systemd-cat", "tp", " --identifier --priority --stderr-priority ", 0, false},
    {"systemd-inhibit", "", "", 0, false},
    {"prlimit", "", "", 0, false},
    {"softlimit", "adfmorpst", "", 0, false},
    {"eatmydata", "", "", 0, false},
    {"fakeroot", "lfisbu", "", 0, false},
    {"catchsegv", "", "", 0, false},
    {"dbus-run-session", "", "", 0, false},
    {"dbus-launch", "", "", 0, false},
    {"xvfb-run", "enfpsw", "", 0, false},
    {"with-contenv", "", "", 0, false},
    {"xargs", "IiLnPsEda", " --max-args --max-procs --delimiter --arg-file --max-chars ", 0, false},
    {"busybox", "", "", 0, false},
};

}  // namespace

const wrapper_rule* find_wrapper(std::string_view name) {
    const auto* found = std::find_if(std::begin(wrapper_rules), std::end(wrapper_rules),
                                     [&](const wrapper_rule& one) { return one.name == name; });
    return found == std::end(wrapper_rules) ? nullptr : found;
}

}  // namespace lastcall::lint::shell
