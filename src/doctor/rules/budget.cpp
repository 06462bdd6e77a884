#include "doctor/rules/budget.hpp"

#include <array>
#include <charconv>

#include <lastcall/duration.hpp>

namespace lastcall::doctor {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr int without_end = -1;

/// Programs that limit their own stop, by an argument.
struct own_limit {
    std::string_view name;    ///< the program's file, or what its process is called
    std::string_view option;  ///< in whole seconds
    int usual;                ///< seconds without the option
};
constexpr std::array own_limits{
    own_limit{"gunicorn", "--graceful-timeout", 30},
    own_limit{"uvicorn", "--timeout-graceful-shutdown", without_end},
    own_limit{"redis-server", "--shutdown-timeout", 10},
    own_limit{"valkey-server", "--shutdown-timeout", 10},
    own_limit{"traefik", "--entrypoints.web.transport.lifecycle.gracetimeout", 10},
};

std::optional<int> number_behind(const std::vector<std::string>& words, std::string_view option) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view value;
        if (words[i] == option && i + 1 < words.size()) {
            value = words[i + 1];
        } else if (words[i].starts_with(option) && words[i].size() > option.size() &&
                   words[i][option.size()] == '=') {
            value = std::string_view(words[i]).substr(option.size() + 1);
        }
        int number = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        if (error == std::errc{} && end == value.data() + value.size() && !value.empty()) {
            return number;
        }
    }
    return std::nullopt;
}

bool is_named(const seen_process& one, std::string_view name) {
    if (one.program == name || one.name == name) {
        return true;
    }
    // A script behind its interpreter: /usr/bin/python3 /usr/bin/uvicorn.
    for (std::size_t i = 1; i < one.arguments.size() && i < 3; ++i) {
        const auto& word = one.arguments[i];
        if (word.substr(word.rfind('/') + 1) == name) {
            return true;
        }
    }
    return false;
}

std::optional<budget_link> limit_of(const seen_process& one) {
    for (const auto& each : own_limits) {
        if (!is_named(one, each.name)) {
            continue;
        }
        const auto given = number_behind(one.arguments, each.option);
        const int taken = given.value_or(each.usual);
        budget_link made;
        made.who = each.name;
        made.time = taken == without_end ? nanoseconds::max() : nanoseconds(seconds(taken));
        made.source = std::string(each.option) + (given ? "" : ", by default");
        return made;
    }
    return std::nullopt;
}

}  // namespace

std::vector<budget_link> make_budget(const seen& of) {
    std::vector<budget_link> made;
    const auto* service = of.find(of.service());
    if (service != nullptr) {
        if (auto own = limit_of(*service)) {
            made.push_back(std::move(*own));
        } else {
            made.push_back({service->program, std::nullopt, "what its handler does", false});
        }
    }
    if (of.platform.kind != platform_kind::none) {
        budget_link outer{of.platform.name, of.platform.grace, of.platform.grace_source, false};
        const bool is_known = !made.empty() && made.back().time && outer.time;
        outer.is_broken = is_known && *made.back().time != nanoseconds::max() &&
                          *outer.time != nanoseconds::max() && *made.back().time >= *outer.time;
        made.push_back(std::move(outer));
    }
    return made;
}

std::string budget_text(const std::optional<nanoseconds>& time) {
    return !time ? "not known" : *time == nanoseconds::max() ? "without end" : to_text(*time);
}

}  // namespace lastcall::doctor
