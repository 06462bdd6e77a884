#include "agent/engine/approval.hpp"

#include <algorithm>

#include "sys/account.hpp"

namespace lastcall::agent {
namespace {

bool is_in_group(std::uint32_t uid, const std::string& name) {
    const auto who = sys::find_user(std::to_string(uid));
    const auto group = sys::find_group(name);
    if (!who || !group) {
        return false;
    }
    const auto groups = sys::groups_of(*who);
    return std::ranges::find(groups, *group) != groups.end();
}

bool is_meant(const std::string& approver, const actor& who) {
    if (approver.starts_with("token:")) {
        return who.how == actor::kind::token && approver.substr(6) == who.name;
    }
    if (who.how != actor::kind::user) {
        return false;
    }
    if (approver.starts_with("group:")) {
        return who.uid && is_in_group(*who.uid, approver.substr(6));
    }
    return approver == who.name;
}

bool is_same(const actor& one, const actor& other) {
    return one.how == other.how && one.name == other.name && one.uid == other.uid;
}

}  // namespace

void check_may_approve(const deploy_spec& rules, const deploy_view& what, const actor& who) {
    std::string names;
    for (const auto& one : rules.approvers) {
        names += (names.empty() ? "" : ", ") + one;
    }
    const bool is_listed =
        rules.approvers.empty() ||
        std::ranges::any_of(rules.approvers, [&](const auto& one) { return is_meant(one, who); });
    if (!is_listed) {
        throw refusal(refusal::kind::forbidden,
                      who.text() + " may not approve deploys of " + what.service,
                      "these may: " + names);
    }
    if (!rules.own_approval && is_same(what.asked_by, who)) {
        throw refusal(refusal::kind::forbidden,
                      who.text() + " has asked for deploy " + std::to_string(what.number) +
                          ", and somebody else has to approve it",
                      "set `deploy: {approval: {own: true}}` to allow it");
    }
}

}  // namespace lastcall::agent
