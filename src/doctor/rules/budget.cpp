#include "doctor/rules/budget.hpp"

#include <algorithm>

#include <lastcall/duration.hpp>

#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::nanoseconds;

constexpr auto endless = nanoseconds::max();

budget_link link_of_service(const seen& of, const seen_process& service) {
    budget_link made;
    made.pid = service.pid();
    made.who = service.own ? service.own->who : service.program;
    if (takes_it_otherwise(of, service)) {
        made.source = "on " + of.signal_name_to(service.pid()) + " it " +
                      std::string(software_of(service)->other);
    } else if (service.own) {
        made.time = service.own->time;
        made.source = service.own->source;
        made.sure = service.own->is_sure ? core::confidence::likely : core::confidence::hint;
    } else {
        made.source = "what its handler does";
    }
    return made;
}

budget_link link_of(const supervised& one) {
    budget_link made{one.name,
                     one.wait,
                     one.source,
                     false,
                     one.setting,
                     one.supervisor,
                     link_kind::supervisor,
                     one.is_default};
    made.sure = one.is_known ? core::confidence::likely : core::confidence::hint;
    return made;
}

/// Connections of clients that were there at both looks.
std::size_t held_connections(const seen& of, bool with_request) {
    return static_cast<std::size_t>(std::count_if(
        of.second.sockets.begin(), of.second.sockets.end(), [&](const seen_socket& one) {
            const auto* before = of.socket_before(one);
            return one.is_client && one.line.is(sys::tcp_states::established) &&
                   before != nullptr &&
                   (!with_request || (one.has_request() && before->has_request()));
        }));
}

/// A program that closes nothing by itself may wait for them to be idle for so long.
budget_link link_of_connections(const seen_process& service, std::size_t held) {
    const auto& kept = *service.keeps_idle;
    budget_link made;
    made.who = std::to_string(held) + (held == 1 ? " connection" : " connections");
    made.time = kept.value;
    made.source = "keepAliveTimeout in " + kept.file + ":" + std::to_string(kept.line);
    made.pid = service.pid();
    made.kind = link_kind::connections;
    made.sure = core::confidence::hint;
    return made;
}

budget_link link_of(const stopper& one) {
    budget_link made;
    made.who = one.place();
    made.time = one.leaves.value_or(endless);
    made.source = one.text;
    made.setting = "the limit in " + one.place();
    made.kind = link_kind::stopper;
    return made;
}

/// Goes from the inside to the outside, with what is needed so far.
class chain_judge {
public:
    explicit chain_judge(bool waits) : waits_(waits) {}

    void judge(std::vector<budget_link>& chain) {
        for (std::size_t i = 0; i < chain.size(); ++i) {
            if (i > 0) {
                judge_link(chain, i);
            }
            take(chain, i);
        }
    }

private:
    void judge_link(std::vector<budget_link>& chain, std::size_t i) const {
        auto& outer = chain[i];
        const auto& inner = chain[inner_];
        if (!inner.time || !outer.time || *outer.time == endless) {
            return;
        }
        outer.inner = inner_;
        if (*inner.time == endless) {
            outer.is_broken = waits_;
            outer.sure = core::confidence::hint;
            return;
        }
        // That two defaults are the same is nobody's fault.
        const bool is_chosen = inner.kind != link_kind::supervisor || !inner.is_default;
        outer.is_broken = is_chosen ? *inner.time >= *outer.time : *inner.time > *outer.time;
        outer.sure = std::min(outer.sure, inner.sure);
    }

    /// What takes longest up to here: nothing outlives who kills it, and who never does changes
    /// nothing.
    void take(const std::vector<budget_link>& chain, std::size_t i) {
        const auto& one = chain[i];
        const auto& inner = chain[inner_];
        if (i == 0 ||
            (one.time && *one.time != endless && (!inner.time || *inner.time >= *one.time))) {
            inner_ = i;
        }
    }

    bool waits_;
    std::size_t inner_ = 0;
};

}  // namespace

std::vector<budget_link> make_budget(const seen& of) {
    std::vector<budget_link> made;
    const auto held = held_connections(of, false);
    if (const auto* service = of.find(of.service())) {
        made.push_back(link_of_service(of, *service));
        if (service->keeps_idle && held > 0 && !made.back().time) {
            made.push_back(link_of_connections(*service, held));
        }
    }
    for (auto one = of.supervisions.rbegin(); one != of.supervisions.rend(); ++one) {
        made.push_back(link_of(*one));
    }
    if (of.platform.kind != platform_kind::none) {
        made.push_back({of.platform.name, of.platform.grace, of.platform.grace_source, false,
                        of.platform.grace_setting, of.entry(), link_kind::platform});
    }
    if (of.stopped_by && of.stopped_by->line != 0) {
        made.push_back(link_of(*of.stopped_by));
    }
    // A server closes idle ones itself: what it waits for without a limit are answers.
    chain_judge(held_connections(of, true) > 0).judge(made);
    return made;
}

std::string budget_text(const std::optional<nanoseconds>& time) {
    return !time ? "not known" : *time == endless ? "without end" : to_text(*time);
}

}  // namespace lastcall::doctor
