#include "init/options.hpp"

#include "init/option_values.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;

std::string_view last_part(const char* path) noexcept {
    std::string_view text = path;
    text.remove_prefix(text.rfind('/') + 1);  // npos + 1 is 0
    return text;
}

struct alias {
    std::string_view name;
    personality as;
};

// Docker and Podman mount the init of `--init` under names of their own.
constexpr alias aliases[] = {
    {"tini", personality::tini},           {"tini-static", personality::tini},
    {"docker-init", personality::tini},    {"dumb-init", personality::dumb_init},
    {"catatonit", personality::catatonit}, {"podman-init", personality::catatonit},
};

// The variables that count under every name.
void read_environment(char** environment, options& into, parsed& result) noexcept {
    if (const char* text = variable(environment, "LASTCALL_GRACE");
        text != nullptr && !into.given.grace) {
        if (!read_duration("LASTCALL_GRACE", text, 1ns, into, into.plan.grace, result)) {
            return;
        }
        into.grace_source = "LASTCALL_GRACE";
    }
    if (const char* text = variable(environment, "LASTCALL_STOP_SIGNALS");
        text != nullptr && !into.given.stop_signals &&
        !read_stop_signals("LASTCALL_STOP_SIGNALS", text, into, result)) {
        return;
    }
    if (const char* text = variable(environment, "LASTCALL_WAIT_FOR");
        text != nullptr && !into.given.wait_for) {
        read_wait_for("LASTCALL_WAIT_FOR", text, into, result);
    }
}

void settle_budget(options& into, parsed& result) noexcept {
    core::keeper_plan& plan = into.plan;
    if (!into.given.reserve) {
        plan.reserve = core::usual_reserve(plan.grace);
    }
    if (plan.delay + plan.reserve < plan.grace) {
        return;
    }
    auto& out = refuse(into, result);
    if (plan.delay > 0ns) {
        out << "--delay " << plan.delay << " and ";
    }
    out << "a reserve of " << plan.reserve << " leave" << (plan.delay > 0ns ? "" : "s")
        << " nothing of the grace of " << plan.grace << " (" << into.grace_source
        << "); give --grace more than " << plan.delay + plan.reserve << '\n';
}

}  // namespace

std::string_view version() noexcept { return LASTCALL_VERSION; }

void parse_command_line(int argc, char** argv, char** environment, options& into,
                        parsed& result) noexcept {
    if (argc < 1 || argv[0] == nullptr) {
        refuse(into, result) << "started without a command line; give it a program to run\n";
        return;
    }
    const std::string_view name = last_part(argv[0]);
    for (const alias& one : aliases) {
        if (one.name == name) {
            into.as = one.as;
            into.name = name;
        }
    }
    for (const std::string_view one : {"TERM", "INT"}) {
        into.stop_signals[static_cast<std::size_t>(sys::signal_number(one))] = true;
    }
    if (into.as != personality::lastcall) {
        into.where = placement::own_group;
        into.preflight = false;
        into.last_line = false;
    }
    switch (into.as) {
        case personality::lastcall:
            parse_lastcall(argc, argv, environment, into, result);
            break;
        case personality::tini:
            parse_tini(argc, argv, environment, into, result);
            break;
        case personality::dumb_init:
            parse_dumb_init(argc, argv, environment, into, result);
            break;
        case personality::catatonit:
            parse_catatonit(argc, argv, environment, into, result);
            break;
    }
    if (result.what == parsed::outcome::run) {
        read_environment(environment, into, result);
    }
    if (result.what == parsed::outcome::run) {
        settle_budget(into, result);
    }
    for (std::size_t i = 0; i < into.rewrite.size(); ++i) {
        if (into.rewrite[i] == 0) {
            into.stop_signals[i] = false;
        }
    }
}

}  // namespace lastcall::init
