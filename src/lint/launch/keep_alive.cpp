#include "lint/launch/keep_alive.hpp"

#include <algorithm>
#include <array>
#include <charconv>

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
// https://docs.gunicorn.org/en/stable/settings.html#keepalive
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

std::optional<found_keep_alive> keep_alive_in_source(std::string_view text) {
    constexpr std::string_view name = "keepAliveTimeout";
    const auto at = text.find(name);
    if (at == text.npos || text.find(name, at + name.size()) != text.npos) {
        return std::nullopt;
    }
    auto from = text.find_first_not_of(" \t", at + name.size());
    if (from == text.npos || (text[from] != '=' && text[from] != ':')) {
        return std::nullopt;
    }
    from = std::min(text.find_first_not_of(" \t", from + 1), text.size());
    std::uint32_t value = 0;
    const auto read = std::from_chars(text.data() + from, text.data() + text.size(), value);
    const auto end = static_cast<std::size_t>(read.ptr - text.data());
    // 65 * 1000, 65_000 and 65e3 are more than a number.
    const auto next = std::min(text.find_first_not_of(" \t", end), text.size());
    const bool is_whole = next == text.size() ||
                          std::string_view(";,}\r\n").find(text[next]) != std::string_view::npos;
    if (read.ec != std::errc() || !is_whole) {
        return std::nullopt;
    }
    return found_keep_alive{milliseconds(value), line_index(text).at(from, end - from)};
}

}  // namespace lastcall::lint
