// How a service stops, restarts and logs, and what it may use: stop, restart, limits, log.
#include <algorithm>
#include <array>
#include <charconv>

#include <lastcall/duration.hpp>

#include "agent/config/read_parts.hpp"
#include "agent/config/size.hpp"
#include "agent/config/spec_words.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {
namespace {

using namespace std::chrono_literals;

void take_signal(const yaml_entry& entry, int& into) {
    const int number = entry.signal();
    const auto name = sys::signal_name(number);
    if (name == "SIGKILL" || name == "SIGSTOP") {
        entry.refuse("cannot be caught: the program would lose what it has in flight",
                     "write TERM, or the signal that the program stops by");
    }
    if (name == "SIGCHLD" || name == "SIGCONT") {
        entry.refuse("asks no program to stop", "write TERM, or the signal that it stops by");
    }
    into = number;
}

/// "10 in 2m"
void take_crash_loop(const yaml_entry& entry, core::restart_terms& into) {
    const auto text = entry.text();
    if (text == "never") {
        into.loop_ends = 0;
        return;
    }
    constexpr std::string_view middle = " in ";
    const auto at = text.find(middle);
    unsigned ends = 0;
    const auto* const stop = text.data() + std::min(at, text.size());
    const auto read = std::from_chars(text.data(), stop, ends);
    if (at == std::string::npos || read.ec != std::errc{} || read.ptr != stop || ends < 2 ||
        ends > 1000) {
        entry.refuse("is no crash loop", "write it as \"10 in 2m\" (2 to 1000 ends), or never");
    }
    auto within = entry;
    within.value.reset(YAML::Node(text.substr(at + middle.size())));
    into.loop_within = within.duration(1s, "ends cannot be counted in less than a second");
    into.loop_ends = ends;
}

// ---- limits ----

struct limit_name {
    std::string_view name;
    bool is_size;
};
constexpr std::array limit_names{
    limit_name{"as", true},       limit_name{"core", true},        limit_name{"cpu", false},
    limit_name{"data", true},     limit_name{"fsize", true},       limit_name{"memlock", true},
    limit_name{"msgqueue", true}, limit_name{"nofile", false},     limit_name{"nproc", false},
    limit_name{"rtprio", false},  limit_name{"sigpending", false}, limit_name{"stack", true},
};

std::uint64_t one_limit(const yaml_entry& entry, bool is_size) {
    if (entry.is_word("unlimited") || entry.is_word("infinity")) {
        return unlimited;
    }
    return is_size ? entry.bytes()
                   : static_cast<std::uint64_t>(entry.whole(0, std::int64_t{1} << 40));
}

/// 65536, or {soft: 1024, hard: 65536}.
void take_limit(const yaml_entry& entry, const limit_name& of, limit_spec& into) {
    auto& both = into.rlimits[std::string(of.name)];
    auto& soft = both.first;
    auto& hard = both.second;
    if (!entry.value.IsMap()) {
        soft = hard = one_limit(entry, of.is_size);
        return;
    }
    bool has_soft = false;
    bool has_hard = false;
    take_keys(entry, "a limit",
              {{"soft",
                [&](const yaml_entry& one) {
                    soft = one_limit(one, of.is_size);
                    has_soft = true;
                }},
               {"hard", [&](const yaml_entry& one) {
                    hard = one_limit(one, of.is_size);
                    has_hard = true;
                }}});
    soft = has_soft ? soft : hard;
    hard = has_hard ? hard : soft;
    if (soft > hard) {
        entry.found->add(entry.path, "the soft limit is above the hard one",
                         "raise hard, or lower soft");
    }
}

}  // namespace

entry_taker duration_into(std::chrono::nanoseconds& into) {
    return [&into](const yaml_entry& entry) { into = entry.duration(); };
}
entry_taker duration_into(std::chrono::nanoseconds& into, std::chrono::nanoseconds least,
                          std::string because) {
    return [&into, least, because = std::move(because)](const yaml_entry& entry) {
        into = entry.duration(least, because);
    };
}
entry_taker text_into(std::string& into) {
    return [&into](const yaml_entry& entry) { into = entry.text(); };
}
entry_taker truth_into(bool& into) {
    return [&into](const yaml_entry& entry) { into = entry.truth(); };
}
entry_taker bytes_into(std::uint64_t& into, std::uint64_t least) {
    return [&into, least](const yaml_entry& entry) { into = entry.bytes(least); };
}

void read_stop(const yaml_entry& entry, stop_spec& into) {
    take_keys(entry, "stop",
              {{"signal", [&](const yaml_entry& one) { take_signal(one, into.signal); }},
               {"grace", duration_into(into.grace, 100ms, "nothing ends in that time")},
               {"delay", duration_into(into.delay)},
               {"reserve", [&](const yaml_entry& one) { into.reserve = one.duration(); }},
               {"pre_stop", [&](const yaml_entry& one) { into.pre_stop = one.command(); }}});
    const auto used = into.delay + into.reserve.value_or(0ns);
    if (used >= into.grace) {
        entry.found->add(entry.path,
                         "delay and reserve take " + to_text(used) + " of the " +
                             to_text(into.grace) + " of grace: the program gets nothing",
                         "raise grace to at least " + to_text(used + 1s));
    } else if (into.reserve && *into.reserve > into.grace / 2) {
        entry.found->add(entry.path + ".reserve",
                         "the reserve of " + to_text(*into.reserve) +
                             " is more than half of the grace of " + to_text(into.grace),
                         "write at most " + to_text(into.grace / 2));
    }
}

void read_restart(const yaml_entry& entry, core::restart_terms& into) {
    const auto when = [&into](const yaml_entry& one) {
        into.when = word_of(one, words<core::restart_when>());
    };
    if (!entry.value.IsMap()) {
        when(entry);
        return;
    }
    take_keys(entry, "restart",
              {{"when", when},
               {"first", duration_into(into.first)},
               {"most", duration_into(into.most)},
               {"steady", duration_into(into.steady)},
               {"crash_loop", [&](const yaml_entry& one) { take_crash_loop(one, into); }}});
    if (into.first > into.most) {
        entry.found->add(entry.path + ".first",
                         "the first wait of " + to_text(into.first) +
                             " is longer than the longest, most, of " + to_text(into.most),
                         "lower first, or raise most");
        return;
    }
    std::chrono::nanoseconds waits{0};
    auto next = into.first;
    for (unsigned i = 1; i < into.loop_ends; ++i) {
        waits += next;
        next = std::min(next * 2, into.most);
    }
    if (into.loop_ends > 0 && waits > into.loop_within) {
        entry.found->add(entry.path + ".crash_loop",
                         "can never be seen: the waits between " + std::to_string(into.loop_ends) +
                             " ends alone take " + to_text(waits) + ", and it counts within " +
                             to_text(into.loop_within),
                         "lower most or the number of ends, or count within a longer time");
    }
}

void read_limits(const yaml_entry& entry, limit_spec& into) {
    constexpr std::uint64_t least_memory = 1U << 20U;
    const auto number = [](std::optional<int>& to, int least, int most) {
        return [&to, least, most](const yaml_entry& one) {
            to = static_cast<int>(one.whole(least, most));
        };
    };
    entry_keys keys{
        {"memory", [&](const yaml_entry& one) { into.memory_max = one.bytes(least_memory); }},
        {"memory_high", [&](const yaml_entry& one) { into.memory_high = one.bytes(least_memory); }},
        {"processes",
         [&](const yaml_entry& one) {
             into.processes_max = static_cast<std::uint64_t>(one.whole(1, 1 << 22));
         }},
        {"nice", number(into.nice, -20, 19)},
        {"oom_score_adjust", number(into.oom_score_adjust, -1000, 1000)},
    };
    for (const auto& of : limit_names) {
        keys[std::string(of.name)] = [&](const yaml_entry& one) { take_limit(one, of, into); };
    }
    take_keys(entry, "limits", keys);
    if (into.memory_max && into.memory_high && *into.memory_high > *into.memory_max) {
        entry.found->add(entry.path + ".memory_high",
                         "the mark of " + size_text(*into.memory_high) + " is above the limit of " +
                             size_text(*into.memory_max),
                         "write less than memory");
    }
}

void read_log(const yaml_entry& entry, log_spec& into) {
    take_keys(entry, "log",
              {{"limit", bytes_into(into.limit, 4096)}, {"keep", whole_into(into.keep, 0, 1000)}});
}

}  // namespace lastcall::agent
