#include "core/stop_order.hpp"

#include <algorithm>
#include <map>

namespace lastcall::core {
namespace {

using edges = std::vector<std::vector<std::size_t>>;  ///< of each service: those it names

std::string list_of(std::span<const ordered_service> services) {
    std::string text;
    for (const ordered_service& one : services) {
        text += (text.empty() ? "" : ", ") + one.name;
    }
    return text;
}

edges resolve(std::span<const ordered_service> services) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < services.size(); ++i) {
        if (!index.emplace(services[i].name, i).second) {
            throw order_error("two services are called \"" + services[i].name +
                                  "\"; give one of them another name",
                              i);
        }
    }
    edges found(services.size());
    for (std::size_t i = 0; i < services.size(); ++i) {
        for (const std::string& name : services[i].after) {
            const auto at = index.find(name);
            if (at == index.end()) {
                throw order_error("service \"" + services[i].name + "\" comes after \"" + name +
                                      "\", which is not a service; there are: " + list_of(services),
                                  i);
            }
            found[i].push_back(at->second);
        }
    }
    return found;
}

/// What is left when nothing more can be placed holds a cycle: whoever follows the names of
/// those that are left comes by somewhere twice.
[[noreturn]] void tell_cycle(std::span<const ordered_service> services, const edges& after,
                             const std::vector<bool>& placed) {
    std::vector<std::size_t> trail{
        static_cast<std::size_t>(std::find(placed.begin(), placed.end(), false) - placed.begin())};
    for (;;) {
        const std::vector<std::size_t>& named = after[trail.back()];
        const std::size_t next = *std::find_if(named.begin(), named.end(),
                                               [&](std::size_t one) { return !placed[one]; });
        const auto first = std::find(trail.begin(), trail.end(), next);
        if (first == trail.end()) {
            trail.push_back(next);
            continue;
        }
        std::string chain;
        for (auto at = first; at != trail.end(); ++at) {
            chain += services[*at].name + " -> ";
        }
        chain += services[next].name;
        throw order_error("services come after each other in a cycle: " + chain +
                              "; remove one of these from an `after`",
                          next);
    }
}

/// `before[i]`: those that have to be in an earlier stage than i.
std::vector<std::vector<std::size_t>> levels(const edges& before, std::vector<bool>& placed) {
    std::vector<std::vector<std::size_t>> made;
    for (;;) {
        std::vector<std::size_t> stage;
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (!placed[i] && std::all_of(before[i].begin(), before[i].end(),
                                          [&](std::size_t one) { return placed[one]; })) {
                stage.push_back(i);
            }
        }
        if (stage.empty()) {
            return made;
        }
        for (const std::size_t one : stage) {
            placed[one] = true;
        }
        made.push_back(std::move(stage));
    }
}

stages order(std::span<const ordered_service> services, const edges& after, const edges& before) {
    std::vector<bool> placed(services.size());
    const auto made = levels(before, placed);
    if (std::find(placed.begin(), placed.end(), false) != placed.end()) {
        tell_cycle(services, after, placed);
    }
    stages named;
    for (const std::vector<std::size_t>& stage : made) {
        std::vector<std::string>& names = named.emplace_back();
        for (const std::size_t one : stage) {
            names.push_back(services[one].name);
        }
    }
    return named;
}

}  // namespace

stages start_stages(std::span<const ordered_service> services) {
    const edges after = resolve(services);
    return order(services, after, after);
}

stages stop_stages(std::span<const ordered_service> services) {
    const edges after = resolve(services);
    (void)order(services, after, after);  // a cycle is told the same way from both ends
    edges users(services.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        for (const std::size_t used : after[i]) {
            users[used].push_back(i);
        }
    }
    stages made = order(services, after, users);
    for (std::vector<std::string>& stage : made) {
        std::reverse(stage.begin(), stage.end());
    }
    return made;
}

}  // namespace lastcall::core
