#include "core/grace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<std::string_view, duration>, 5> units{{
    {"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};

constexpr duration longest = std::chrono::hours(24 * 365);

grace first_source(const grace_sources& from) {
    if (from.code) {
        return {*from.code, "code", {}};
    }
    if (from.environment) {
        return {parse_duration(*from.environment, "LASTCALL_GRACE"), "LASTCALL_GRACE", {}};
    }
    if (from.keeper_deadline) {
        const duration at = parse_duration(*from.keeper_deadline, "LASTCALL_DEADLINE");
        return {at - from.monotonic_now, "keeper", {}};
    }
    if (from.systemd) {
        return {std::min(*from.systemd, longest), "systemd", {}};
    }
    return {default_grace, "default", {}};
}

}  // namespace

std::string grace::origin() const {
    return to_text(total) + " from " + source + " minus a reserve of " + to_text(reserve);
}

grace choose_grace(const grace_sources& sources, std::optional<duration> reserve) {
    grace chosen = first_source(sources);
    if (chosen.total <= duration::zero()) {
        throw std::invalid_argument("the grace period from " + chosen.source + " is " +
                                    to_text(chosen.total) + "; it must be above zero");
    }
    const duration usual = std::max<duration>(500ms, chosen.total / 20);
    chosen.reserve = reserve.value_or(std::min(usual, chosen.total / 2));
    if (chosen.reserve < duration::zero() || chosen.reserve >= chosen.total) {
        throw std::invalid_argument("a reserve of " + to_text(chosen.reserve) +
                                    " leaves nothing of the grace period, " +
                                    to_text(chosen.total) + " from " + chosen.source);
    }
    return chosen;
}

duration parse_duration(std::string_view text, std::string_view what) {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(std::string(what) + ": \"" + std::string(text) + "\" " + why +
                                    "; write it as 500ms, 30s or 2m");
    };
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number)) {
        refuse("is not a duration");
    }
    const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    const auto* found =
        std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == unit; });
    if (found == units.end()) {
        refuse(unit.empty() ? "has no unit" : "has an unknown unit");
    }
    if (number < 0) {
        refuse("is negative");
    }
    const double count = number * static_cast<double>(found->second.count());
    if (count > static_cast<double>(longest.count())) {
        refuse("is longer than a year");
    }
    return duration(static_cast<duration::rep>(std::llround(count)));
}

}  // namespace lastcall::core
