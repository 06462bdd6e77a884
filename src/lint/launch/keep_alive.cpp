#include "lint/launch/keep_alive.hpp"

#include <algorithm>
#include <array>

#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct idle_option {
    std::string_view program;
    std::string_view option;  ///< in seconds
    seconds usual;
};

// https://www.uvicorn.org/settings/#timeouts
// https://gunicorn.org/reference/settings/#keepalive
constexpr std::array idle_options{
    idle_option{"uvicorn", "--timeout-keep-alive", seconds(5)},
    idle_option{"gunicorn", "--keep-alive", seconds(2)},
};

/// A worker of gunicorn that keeps connections: the usual one, sync, ends them with each answer.
bool keeps_connections(const launch_chain& chain, const line_index& lines) {
    for (const std::string_view option : {"-k", "--worker-class"}) {
        if (const auto named = find_option(chain, lines, "gunicorn", option)) {
            return named->value != "sync";
        }
    }
    const auto threads = find_option(chain, lines, "gunicorn", "--threads");
    return threads && threads->value != "1";
}

/// Something that nobody here knows may be the option.
bool has_unknown_word(const launch_chain& chain) {
    const auto& words = chain.hops.back().words;
    return std::any_of(words.begin(), words.end(),
                       [](const launch_word& one) { return !one.what.is_known(); });
}

}  // namespace

std::optional<keep_alive> keep_alive_of(const launch_chain& chain, const line_index& lines) {
    const auto* hop = chain.program();
    const auto* of = std::find_if(
        idle_options.begin(), idle_options.end(),
        [&](const idle_option& one) { return hop != nullptr && hop->call.name == one.program; });
    if (of == idle_options.end() ||
        (of->program == "gunicorn" && !keeps_connections(chain, lines))) {
        return std::nullopt;
    }
    keep_alive made;
    made.setting = std::string(of->option) + " of " + std::string(of->program);
    if (const auto found = find_option(chain, lines, of->program, of->option)) {
        const auto value = shell::duration_of(found->value);
        if (!value || *value == milliseconds::max()) {
            return std::nullopt;
        }
        made.value = *value;
        made.at = found->at;
        made.file = found->file;
        return made;
    }
    if (has_unknown_word(chain)) {
        return std::nullopt;
    }
    made.value = of->usual;
    return made;
}

}  // namespace lastcall::lint
