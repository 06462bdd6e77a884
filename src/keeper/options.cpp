#include "keeper/options.hpp"

#include "core/read_duration.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::keeper {
namespace {

constexpr std::string_view help =
    R"(lastcall-keeper - owns the sockets, logs and processes of services for an agent

usage: lastcall-keeper [options] -- agent [arguments]

`lastcall up` starts it. It starts the agent, and starts it again whenever it ends; the agent
decides, over the descriptor that LASTCALL_KEEPER_FD names (docs/keeper-protocol.md).
SIGTERM, SIGINT or SIGQUIT stop every service in the order of the agent's last plan, whether
an agent is there or not; a second one hurries, a third kills.

  --grace D       what a stop may take at most where no plan says it          [30s]
  --init PATH     lastcall-init        [beside this program, else the one in PATH]
  --lock-fd N     a descriptor that stays open for as long as it runs
  --try-state N   read the state in descriptor N, say its digest, and exit
  -V, --version   -h, --help

Exit status: 0 everything has stopped, 75 something had to be killed,
  2 wrong usage, 125 it failed itself.
)";

struct reader {
    parsed_options result;

    void refuse(const std::string& why) {
        result.what = parsed_options::outcome::refused;
        result.text = "lastcall-keeper: " + why + "; see lastcall-keeper --help\n";
    }

    bool number(const std::string& option, const std::string& text, int& into) {
        const auto read = sys::parse_id(text);
        if (!read) {
            refuse(option + ": \"" + text + "\" is no descriptor; write its number");
            return false;
        }
        into = *read;
        return true;
    }

    bool apply(const std::string& option, const std::string& value) {
        if (option == "--grace") {
            const auto read = core::read_duration(value);
            if (!read.is_good() || read.value.count() <= 0) {
                core::fixed_text<256> why;
                core::explain_duration(why, value,
                                       read.is_good() ? "leaves no time" : read.problem);
                refuse("--grace: " + std::string(why.view()));
                return false;
            }
            result.value.grace = read.value;
            return true;
        }
        if (option == "--init") {
            result.value.init = value;
            return true;
        }
        if (option == "--lock-fd") {
            return number(option, value, result.value.lock_fd);
        }
        if (option == "--state-fd") {
            return number(option, value, result.value.state_fd);
        }
        if (option == "--try-state") {
            return number(option, value, result.value.try_state_fd);
        }
        if (option == "--returned") {
            result.value.has_returned = true;
            return true;
        }
        refuse("there is no option " + option);
        return false;
    }
};

}  // namespace

parsed_options parse_options(const std::vector<std::string>& words) {
    reader read;
    std::size_t at = 0;
    for (; at < words.size() && words[at].starts_with("-"); ++at) {
        std::string option = words[at];
        if (option == "--") {
            ++at;
            break;
        }
        if (option == "-h" || option == "--help") {
            return {parsed_options::outcome::print, {}, std::string(help)};
        }
        if (option == "-V" || option == "--version") {
            return {parsed_options::outcome::print, {}, "lastcall-keeper " LASTCALL_VERSION "\n"};
        }
        std::string value;
        if (const auto equals = option.find('='); equals != std::string::npos) {
            value = option.substr(equals + 1);
            option.resize(equals);
        } else if (at + 1 < words.size()) {
            value = words[++at];
        } else {
            read.refuse(option + " needs a value");
            return read.result;
        }
        if (!read.apply(option, value)) {
            return read.result;
        }
    }
    read.result.value.agent.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    const auto& value = read.result.value;
    if (value.agent.empty() && value.try_state_fd < 0 && value.state_fd < 0) {
        read.refuse("no agent to run; write lastcall-keeper -- agent [arguments]");
    }
    return read.result;
}

}  // namespace lastcall::keeper
