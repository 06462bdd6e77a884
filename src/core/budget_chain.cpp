#include "core/budget_chain.hpp"

#include <algorithm>

#include <lastcall/duration.hpp>

#include "core/keeper_machine.hpp"
#include "core/stop_order.hpp"

namespace lastcall::core {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// What a person would write: whole seconds, by fives above ten.
nanoseconds rounded_up(nanoseconds value) {
    const nanoseconds step = value > 10s ? nanoseconds(5s) : nanoseconds(1s);
    return (value + step - 1ns) / step * step;
}

budget_share share_of(const budget_service& one, std::size_t stage, nanoseconds starts) {
    budget_share made{one.name, stage, starts, 0ns, 0ns, 0ns, one.has_pre_stop};
    made.reserve = std::min(one.reserve.value_or(usual_reserve(one.grace)), one.grace);
    const auto usable = one.grace - made.reserve;
    made.announce =
        std::min(usable, one.has_pre_stop ? std::max(one.delay, usable / 2) : one.delay);
    made.program = usable - made.announce;
    return made;
}

std::string sum_of(const budget_chain& chain) {
    std::string made;
    for (const auto& stage : chain.stages) {
        made += (made.empty() ? "" : " + ") + stage.longest + " " + to_text(stage.takes);
    }
    return made;
}

void judge_limit(const budget_input& of, budget_chain& chain) {
    if (of.stop_within > 0ns && chain.services > of.stop_within) {
        chain.findings.push_back({true,
                                  "does not fit: the services may take " + to_text(chain.services) +
                                      " (" + sum_of(chain) + "), and stop_within is " +
                                      to_text(of.stop_within),
                                  "raise stop_within to " + to_text(rounded_up(chain.services)) +
                                      ", or lower the grace of " + chain.stages.front().longest});
    }
    const auto needed = rounded_up(chain.total());
    if (!of.limit) {
        return;
    }
    if (chain.total() > *of.limit) {
        chain.findings.push_back({of.limit_is_sure,
                                  "does not fit: " + to_text(chain.total()) + " of stop (" +
                                      sum_of(chain) + " + agent " + to_text(of.own) + "), " +
                                      to_text(*of.limit) + " of grace (" + of.limit_source +
                                      "): SIGKILL would come " +
                                      to_text(chain.total() - *of.limit) + " early",
                                  "raise " + of.limit_setting + " to " + to_text(needed) +
                                      ", or lower the grace of the services"});
    } else if (of.stop_within > 0ns && of.stop_within + of.own > *of.limit) {
        chain.findings.push_back({false,
                                  "stop_within of " + to_text(of.stop_within) + " is more than " +
                                      of.limit_source + " leaves, " + to_text(*of.limit),
                                  "lower stop_within, or raise " + of.limit_setting});
    }
}

void judge_shares(budget_chain& chain) {
    for (const auto& one : chain.shares) {
        if (one.program >= 1s || one.announce == 0ns) {
            continue;
        }
        chain.findings.push_back({one.program == 0ns,
                                  one.name + ": " + to_text(one.announce) +
                                      (one.has_pre_stop ? " for pre_stop and delay" : " of delay") +
                                      " and " + to_text(one.reserve) + " of reserve leave " +
                                      to_text(one.program) + " to the program",
                                  "raise its grace, or lower the delay"});
    }
}

// ---- text ----

class bars {
public:
    bars(const budget_chain& chain, std::size_t width) : chain_(chain) {
        for (const auto& one : chain.shares) {
            name_width_ = std::max(name_width_, one.name.size());
        }
        whole_ = std::max({chain.total(), chain.limit.value_or(0ns), nanoseconds(1ms)});
        const auto taken = name_width_ + 4;
        columns_ = std::max<std::size_t>(width > taken ? width - taken : 0, 20);
    }

    [[nodiscard]] std::string row(const std::string& name, nanoseconds from,
                                  const std::vector<std::pair<nanoseconds, char>>& parts) const {
        std::string bar(columns_, ' ');
        auto at = from;
        for (const auto& [length, sign] : parts) {
            const auto begin = column(at);
            at += length;
            // What takes time is seen, however short it is.
            const auto end = std::max(column(at), begin + (length > 0ns ? 1 : 0));
            for (auto i = begin; i < end && i < columns_; ++i) {
                bar[i] = sign;
            }
        }
        if (chain_.limit) {
            const auto mark = std::min(column(*chain_.limit), columns_ - 1);
            bar[mark] = '|';
        }
        bar.erase(bar.find_last_not_of(' ') + 1);
        return "  " + name + std::string(name_width_ - std::min(name_width_, name.size()), ' ') +
               "  " + bar + "\n";
    }

private:
    [[nodiscard]] std::size_t column(nanoseconds at) const {
        return static_cast<std::size_t>(static_cast<double>(at.count()) /
                                        static_cast<double>(whole_.count()) *
                                        static_cast<double>(columns_));
    }

    const budget_chain& chain_;
    std::size_t name_width_ = 5;
    std::size_t columns_ = 20;
    nanoseconds whole_{0};
};

}  // namespace

budget_chain make_budget_chain(const budget_input& of) {
    budget_chain made;
    made.own = of.own;
    made.stop_within = of.stop_within;
    made.limit = of.limit;
    made.limit_source = of.limit_source;
    std::vector<ordered_service> order;
    for (const auto& one : of.services) {
        order.push_back({.name = one.name, .after = one.after});
    }
    for (auto& names : stop_stages(order)) {
        budget_stage stage;
        for (const auto& name : names) {
            const auto& one =
                *std::find_if(of.services.begin(), of.services.end(),
                              [&](const budget_service& each) { return each.name == name; });
            made.shares.push_back(share_of(one, made.stages.size(), made.services));
            if (stage.longest.empty() || one.grace > stage.takes) {
                stage.longest = name;
                stage.takes = one.grace;
            }
        }
        made.services += stage.takes;
        stage.names = std::move(names);
        made.stages.push_back(std::move(stage));
    }
    judge_limit(of, made);
    judge_shares(made);
    return made;
}

bool budget_chain::fits() const noexcept {
    return std::none_of(findings.begin(), findings.end(),
                        [](const budget_finding& one) { return one.is_error; });
}

std::string budget_chain::text(std::size_t width) const {
    const bars draw(*this, width);
    std::string made = "stop, at most " + to_text(total());
    if (limit) {
        made += " of " + to_text(*limit) + " (" + limit_source + ")";
    }
    made += "\n";
    for (const auto& one : shares) {
        made += draw.row(
            one.name, one.starts,
            {{one.announce, one.has_pre_stop ? '~' : '-'}, {one.program, '='}, {one.reserve, '#'}});
    }
    made += draw.row("agent", services, {{own, '='}});
    made += "  - delay  ~ pre_stop  = program  # reserve";
    made += limit ? "  | SIGKILL of the platform\n" : "\n";
    return made;
}

}  // namespace lastcall::core
