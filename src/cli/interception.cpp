#include "cli/interception.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "cli/problem.hpp"
#include "sys/account.hpp"
#include "sys/intercept/why_no_interception.hpp"

namespace lastcall::cli {
namespace {

bool binds_by_itself(const agent::service_spec& one) {
    return one.traffic.how == agent::traffic_spec::kind::local &&
           std::ranges::any_of(one.sockets, [](const auto& socket) {
               return socket.how == agent::handover::automatic ||
                      socket.how == agent::handover::intercept;
           });
}

}  // namespace

void check_interception(const agent::host_spec& wanted) {
    std::map<std::string, sys::interception_report> by_user;
    for (const auto& one : wanted.services) {
        if (!binds_by_itself(one)) {
            continue;
        }
        auto found = by_user.find(one.user);
        if (found == by_user.end()) {
            sys::interception_trial trial;
            if (const auto who = sys::find_user(one.user); !one.user.empty() && who) {
                trial = {.user = who->uid, .group = who->gid};
            }
            found = by_user.emplace(one.user, sys::why_no_interception(trial)).first;
            if (!found->second.weakness.empty()) {
                std::fprintf(stderr, "lastcall up: %s: %s\n", one.name.c_str(),
                             found->second.weakness.c_str());
            }
        }
        if (!found->second.why_not.empty()) {
            throw problem(one.name + " cannot be given its socket here: " + found->second.why_not,
                          "nothing was started. In a lastcall.yaml write `listen: {address: …, "
                          "handover: inherit}` for a program that takes sockets by LISTEN_FDS, or "
                          "`handover: none`: it binds for itself, and each deploy has a gap");
        }
    }
}

}  // namespace lastcall::cli
