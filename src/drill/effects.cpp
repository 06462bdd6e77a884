#include "drill/effects.hpp"

#include <charconv>
#include <set>

namespace lastcall::drill {
namespace {

std::set<std::uint64_t> numbers_in(std::string_view listing, std::string_view prefix) {
    std::set<std::uint64_t> found;
    for (auto at = listing.find(prefix); at != std::string_view::npos;
         at = listing.find(prefix, at)) {
        at += prefix.size();
        std::uint64_t number = 0;
        const auto rest = listing.substr(at);
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error == std::errc{}) {
            found.insert(number);
        }
    }
    return found;
}

bool is_acknowledged(const exchange& one) {
    return blame_of(one.result) == blame::none && one.status >= 200 && one.status < 300;
}

}  // namespace

std::string effect_prefix(std::int64_t wall_clock_ns, int pid, std::uint32_t trial) {
    // Milliseconds and the pid in base 36 keep it short: services limit the length of ids.
    std::string text = "lc";
    char digits[16];
    for (const auto number : {static_cast<std::uint64_t>(wall_clock_ns) / 1'000'000,
                              static_cast<std::uint64_t>(pid), std::uint64_t{trial}}) {
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, 36);
        text.append(digits, end).append("-");
    }
    return text;
}

effect_ledger account(const std::vector<exchange>& exchanges, std::string_view listing,
                      std::string_view prefix) {
    effect_ledger made;
    auto found = numbers_in(listing, prefix);
    made.found = found.size();
    for (const auto& one : exchanges) {
        if (one.effect == 0) {
            continue;
        }
        ++made.asked;
        const bool there = found.contains(one.effect);
        if (is_acknowledged(one)) {
            ++made.acknowledged;
            if (!there) {
                made.lost.push_back(one.effect);
            }
        } else if (there) {
            made.unclaimed.push_back(one.effect);
        }
    }
    return made;
}

}  // namespace lastcall::drill
