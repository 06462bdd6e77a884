#include "lint/chain/idle_rule.hpp"

#include "lint/chain/chain_finding.hpp"
#include "lint/launch/launch_steps.hpp"

namespace lastcall::lint {
namespace {

/// What is written wins over what the program does by itself, and a command line over a file. Null:
/// not known.
const budget_term* idle_of(const joined_budget& of) {
    const bool runs_image = of.container == nullptr || !of.container->has_own_command;
    const budget_term* usual = nullptr;
    for (const budget_digest* one : {of.container, runs_image ? of.image : nullptr}) {
        if (one != nullptr && one->idle) {
            if (!one->idle->is_default) {
                return &*one->idle;
            }
            usual = &*one->idle;
        }
    }
    return of.configuration != nullptr && of.configuration->idle ? &*of.configuration->idle : usual;
}

std::string idle_text(const budget_term& one) {
    return seconds_text(one.value) + " s (" + one.what + (one.is_default ? ", by default)" : ")");
}

}  // namespace

void judge_idle(const joined_budget& of, std::vector<finding>& into) {
    const auto* server = idle_of(of);
    for (const budget_digest* front : of.fronts) {
        if (server == nullptr || front->idle->value < server->value) {
            continue;
        }
        const auto& where = server->is_default ? front->idle->where : server->where;
        auto made = make_finding("CH04", where,
                                 of.container->name + " closes an idle connection after " +
                                     idle_text(*server) + ", and " + front->name +
                                     " may use it for a request until " + idle_text(*front->idle));
        const bool is_own = of.container->idle && server == &*of.container->idle;
        const bool is_guess =
            server->is_default || front->idle->is_default || (of.is_by_name() && !is_own);
        made.sure = is_guess ? confidence::hint : confidence::likely;
        made.how = server->may_be_set ? severity::note : made.how;
        made.fix = server->what + " above " + seconds_text(front->idle->value) + " s";
        add_place(made, server->is_default ? server->where : front->idle->where,
                  server->is_default ? "the server" : front->name);
        into.push_back(std::move(made));
    }
}

}  // namespace lastcall::lint
