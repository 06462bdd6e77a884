#include "lint/chain/front_index.hpp"

#include <algorithm>

#include "lint/chain/neighbours.hpp"

namespace lastcall::lint {
namespace {

/// More of them in front of one container are a tree of copies; the first ones tell.
constexpr std::size_t most_fronts = 8;
constexpr std::size_t most_called = 64;

std::string workload_key(const budget_digest& container) {
    return container.said_in + "\n" + container.name;
}

}  // namespace

bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& wanted) {
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
        return std::find(labels.begin(), labels.end(), one) != labels.end();
    });
}

front_index::front_index(std::span<const budget_digest> all) {
    for (const budget_digest& one : all) {
        if (one.kind == digest_kind::route) {
            routes_[folder_of(one.said_in)].push_back(&one);
        } else if (one.kind == digest_kind::front) {
            for (const std::string& host : one.hosts) {
                fronts_[host].push_back(&one);
            }
        } else if (one.kind == digest_kind::container && !one.sets_grace) {
            ++sizes_[workload_key(one)];
        }
    }
}

std::vector<const budget_digest*> front_index::of(const budget_digest& container) const {
    digests made;
    const auto folder = folder_of(container.said_in);
    add_called(container.hosts, folder, false, made);
    const auto near = routes_.find(folder);
    if (near == routes_.end() || !is_alone(container)) {
        return made;
    }
    for (const budget_digest* route : near->second) {
        if (made.size() < most_fronts && has_all(container.labels, route->labels)) {
            add_called(route->hosts, folder, true, made);
        }
    }
    return made;
}

/// The configuration of a proxy lies below the compose file; an Ingress beside its Service.
void front_index::add_called(const std::vector<std::string>& hosts, std::string_view folder,
                             bool is_near, digests& into) const {
    for (const std::string& host : hosts) {
        const auto found = fronts_.find(host);
        const auto count = found == fronts_.end() ? 0 : std::min(found->second.size(), most_called);
        for (std::size_t i = 0; i < count && into.size() < most_fronts; ++i) {
            const auto* one = found->second[i];
            const bool is_meant =
                is_near ? folder_of(one->said_in) == folder : is_below(one->said_in, folder);
            if (is_meant && std::find(into.begin(), into.end(), one) == into.end()) {
                into.push_back(one);
            }
        }
    }
}

/// The only container of its pods: of several nobody knows here which one the Service means.
bool front_index::is_alone(const budget_digest& container) const {
    const auto found = sizes_.find(workload_key(container));
    return found != sizes_.end() && found->second == 1;
}

}  // namespace lastcall::lint
