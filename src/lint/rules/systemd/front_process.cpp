#include "lint/rules/systemd/front_process.hpp"

#include <algorithm>

#include "core/stop_cause.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/option_reader.hpp"

namespace lastcall::lint {
namespace {

/// What units run by way of a shell and is over at once, beyond what any script has.
constexpr std::string_view short_in_units =
    " alsactl apt-get blkid blockdev brctl bridge btrfs chattr chvt dmesg dmsetup dpkg ethtool "
    "fstrim "
    "hdparm hwclock hostnamectl insmod ip ip6tables iptables iptables-restore iptables-save iw "
    "kill killall kmod ldconfig loadkeys localectl logger losetup lvchange lvm mkfs modprobe mount "
    "mountpoint nft nmcli pkill pvscan resolvectl rfkill rmmod sendmail setfacl setfont setterm "
    "setupcon sleep swapoff swapon sysctl systemctl systemd-run systemd-tmpfiles timedatectl "
    "udevadm "
    "ufw umount vgchange wall xset ";

/// Of the launchers those that stay in front, and are asked for nothing else than to start.
constexpr std::string_view staying_launchers = " npm npx yarn yarnpkg pnpm nodemon mvn gradle ";

bool handles_stop(const launch_hop& hop) {
    return hop.script != nullptr && term_handler(hop.script->run()) != nullptr;
}

/// An end that is a program of which the name is known, and that lasts.
bool is_lasting(const script_end& end) {
    const auto& name = end.what->name();
    return !name.empty() && !shell::is_named(short_in_units, name) &&
           name.find_first_of("$%@{") == std::string::npos;
}

}  // namespace

std::string front_process::program() const { return end ? words_of(*end->what) : std::string(); }

front_process front_of(const unit_run& run) {
    for (const launch_hop& hop : run.chain.hops) {
        if (has_group_init(hop)) {
            return {};
        }
        const auto* end = staying_end(hop, nullptr);
        if (end != nullptr) {
            // With several ends nobody knows which of them comes.
            return hop.ends.size() == 1 && is_lasting(*end) && !handles_stop(hop)
                       ? front_process{&hop, *end, hop.call.name}
                       : front_process{};
        }
        const auto before = hop.script == nullptr
                                ? std::nullopt
                                : end_before_short(hop.script->parsed(), hop.script->run());
        if (before && is_lasting(*before) && !handles_stop(hop)) {
            return {&hop, before, hop.call.name, true};
        }
        if (hop.call.program == shell::invocation::none) {
            return {};
        }
        const std::string command = hop.text();  // what launcher_in returns is a part of it
        const auto launcher = core::launcher_in(command);
        if (shell::is_named(staying_launchers, launcher)) {
            return {&hop, std::nullopt, std::string(launcher)};
        }
    }
    return {};
}

}  // namespace lastcall::lint
