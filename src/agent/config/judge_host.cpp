#include <algorithm>
#include <chrono>
#include <set>

#include <lastcall/duration.hpp>

#include "agent/config/address.hpp"
#include "agent/config/judge.hpp"
#include "core/budget_chain.hpp"
#include "core/stop_order.hpp"

namespace lastcall::agent {
namespace {

std::string path_of(const service_spec& one) { return "services." + one.name; }

std::vector<std::string> names_of(const host_spec& host, const std::string& without) {
    std::vector<std::string> made;
    for (const auto& one : host.services) {
        if (one.name != without) {
            made.push_back(one.name);
        }
    }
    return made;
}

// ---- addresses ----

struct place_taken {
    std::string address;
    std::string service;
    std::string path;
};

void judge_addresses(const host_spec& host, problem_list& found) {
    std::vector<place_taken> taken;
    const auto add = [&](place_taken next) {
        for (const auto& other : taken) {
            // Two of HAProxy's that are the same have been told where they are read.
            const bool is_told = other.path == next.path && next.path.ends_with(".addresses");
            if (!is_told && overlap(other.address, next.address)) {
                const auto line = found.line_of(other.path);
                found.add(next.path,
                          next.address.substr(next.address.find(':') + 1) +
                              " is taken already by " +
                              (other.service == next.service ? "another socket of this service"
                                                             : in_quotes(other.service)) +
                              (other.address == next.address
                                   ? ""
                                   : ", as " + other.address.substr(other.address.find(':') + 1)) +
                              (line > 0 ? " (line " + std::to_string(line) + ")" : ""),
                          "use another address, or take one of them out");
                break;
            }
        }
        taken.push_back(std::move(next));
    };
    for (const auto& one : host.services) {
        std::size_t number = 0;
        for (const auto& socket : one.sockets) {
            auto path = found.part(path_of(one) + ".listen", number++);
            add({socket.address, one.name, std::move(path)});
        }
        for (const auto& address : one.traffic.addresses) {
            add({"tcp:" + address, one.name, path_of(one) + ".traffic.haproxy.addresses"});
        }
    }
    if (!host.api.listen.empty()) {
        add({host.api.listen, "api", "api.listen"});
    }
}

// ---- after ----

class orderer {
public:
    orderer(host_spec& host, problem_list& found) : host_(host), found_(found) {}

    void run() {
        check_names();
        for (const auto& one : host_.services) {
            visit(one);
        }
        if (!has_cycle_) {
            host_.services = std::move(ordered_);
        }
    }

private:
    void check_names() {
        for (auto& one : host_.services) {
            std::set<std::string> seen;
            std::size_t number = 0;
            for (const auto& name : one.after) {
                const auto path = found_.part(path_of(one) + ".after", number++);
                if (name == one.name) {
                    found_.add(path, "the service is after itself", "take it out");
                } else if (!find(name)) {
                    found_.add(path, in_quotes(name) + " is no service of this file",
                               choose_from(name, names_of(host_, one.name)));
                } else if (!seen.insert(name).second) {
                    found_.warn(path, in_quotes(name) + " is there twice", "take one of them out");
                }
            }
        }
    }

    void visit(const service_spec& one) {
        if (done_.contains(one.name)) {
            return;
        }
        const auto on_way = std::find(way_.begin(), way_.end(), one.name);
        if (on_way != way_.end()) {
            std::string chain;
            for (auto at = on_way; at != way_.end(); ++at) {
                chain += *at + " -> ";
            }
            found_.add(path_of(*find(way_.back())) + ".after",
                       "the services wait for each other: " + chain + one.name,
                       "take one of these out");
            has_cycle_ = true;
            return;
        }
        way_.push_back(one.name);
        for (const auto& name : one.after) {
            if (const auto* const before = find(name); before != nullptr && name != one.name) {
                visit(*before);
            }
        }
        way_.pop_back();
        done_.insert(one.name);
        ordered_.push_back(one);
    }

    [[nodiscard]] const service_spec* find(const std::string& name) const {
        for (const auto& one : host_.services) {
            if (one.name == name) {
                return &one;
            }
        }
        return nullptr;
    }

    host_spec& host_;
    problem_list& found_;
    std::vector<std::string> way_;
    std::set<std::string> done_;
    std::vector<service_spec> ordered_;
    bool has_cycle_ = false;
};

// ---- approvers ----

void judge_approver(const host_spec& host, const std::string& who, const std::string& path,
                    const surroundings& here, problem_list& found) {
    const auto colon = who.find(':');
    const auto kind = who.substr(0, colon);
    if (colon == std::string::npos) {
        if (!here.user(who)) {
            found.add(path, in_quotes(who) + " is no user of this machine",
                      "write one that exists, group:NAME or token:NAME");
        }
    } else if (kind == "group") {
        if (!here.group(who.substr(colon + 1))) {
            found.add(path, in_quotes(who) + " is no group of this machine",
                      "write one that exists, a user or token:NAME");
        }
    } else if (kind == "token") {
        if (host.api.tokens_file.empty()) {
            found.add(path, in_quotes(who) + " is a token, and api.tokens names no file of tokens",
                      "write api: {tokens: tokens.yaml}");
        }
    } else if (kind == "user") {
        found.add(path, in_quotes(who) + " has a kind in front, which users do not",
                  "write " + who.substr(colon + 1));
    } else {
        found.add(path, in_quotes(who) + " is neither a user nor a group nor a token",
                  "write alice, group:ops or token:ci");
    }
}

}  // namespace

void judge_host(host_spec& host, const surroundings& here, problem_list& found) {
    judge_addresses(host, found);
    for (const auto& one : host.services) {
        const auto approval = path_of(one) + ".deploy.approval";
        const auto by = found.knows(approval + ".by") ? approval + ".by" : approval;
        std::size_t number = 0;
        for (const auto& who : one.deploy.approvers) {
            judge_approver(host, who, found.part(by, number++), here, found);
        }
    }
    orderer(host, found).run();
}

void take_platform_grace(host_spec& host, const std::function<bool(const service_spec&)>& has_own,
                         const surroundings& here, problem_list& found) {
    const auto given = here.grace_variable();
    if (!given || found.has_errors()) {
        return;
    }
    std::chrono::nanoseconds all{0};
    try {
        all = config::to_duration(*given, "LASTCALL_GRACE");
    } catch (const config::settings_error& e) {
        found.add({{}, 0, 0, "the environment", e.what(), {}});
        return;
    }
    std::vector<core::ordered_service> order;
    for (const auto& one : host.services) {
        order.push_back({.name = one.name, .after = one.after});
    }
    const auto stages = std::max<std::size_t>(core::stop_stages(order).size(), 1);
    const auto own = std::min<std::chrono::nanoseconds>(core::budget_input{}.own, all / 2);
    const auto each = (all - own) / static_cast<std::int64_t>(stages);
    for (auto& one : host.services) {
        if (has_own(one)) {
            continue;
        }
        const auto used = one.stop.delay + one.stop.reserve.value_or(std::chrono::nanoseconds(0));
        if (each < std::chrono::milliseconds(100) || used >= each) {
            found.add(path_of(one) + ".stop",
                      "LASTCALL_GRACE=" + *given + " leaves it " + to_text(each) +
                          " of grace, and " +
                          (used >= each ? "delay and reserve take " + to_text(used)
                                        : "nothing ends in that time"),
                      "raise LASTCALL_GRACE, or write stop: {grace: D}");
            continue;
        }
        one.stop.grace = each;
    }
}

}  // namespace lastcall::agent
