#include <cstdio>

#include "drill/text.hpp"
#include "report.hpp"

namespace stop_demo {
namespace {

namespace drill = lastcall::drill;
using drill::grouped;
using drill::timing;

std::string milliseconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 100 ? "%.1f ms" : "%.0f ms", value);
    return text;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2g %%", share * 100);
    return text;
}

std::string cell(std::uint64_t number) { return right(number == 0 ? "·" : grouped(number), 11); }

void print_requests(screen& out, const drill::counts& all) {
    const std::string head = right("before", 11) + right("in flight", 11) + right("after", 11);
    out.line("  " + out.in(ink::strong, left("Requests, by the signal", 42) + head));
    for (const auto one : drill::all_outcomes()) {
        if (all.of(one) == 0) {
            continue;
        }
        const bool fine = drill::judge(one) == drill::verdict_on::fine;
        const auto text = "    " + left(drill::describe(one), 40) +
                          cell(all.of(one, timing::before)) + cell(all.of(one, timing::in_flight)) +
                          cell(all.of(one, timing::after));
        out.line(out.in(fine ? ink::plain : ink::bad, text));
    }
    out.line(out.in(ink::dim, "    " + left("all", 40) + cell(all.of(timing::before)) +
                                  cell(all.of(timing::in_flight)) + cell(all.of(timing::after))));
}

void print_checks(screen& out, const verdict& judged) {
    out.line("  " + out.in(ink::strong, "Nothing lost?"));
    for (const auto& one : judged.checks) {
        out.line("    " + (one.holds ? out.in(ink::good, "✓ ") : out.in(ink::bad, "✗ ")) +
                 left(one.claim, 60) +
                 (one.holds ? right(one.number, 18) : out.in(ink::bad, right(one.number, 18))));
    }
}

std::string last_line(const screen& out, const verdict& judged) {
    const auto& requests = judged.requests;
    switch (judged.status()) {
        case 0:
            // The bound is that of the requests which the stop could have hurt: to take all
            // would flatter us.
            return out.in(ink::good, "PASS: nothing was lost") + " (" +
                   grouped(requests.all.total()) + " requests; " + grouped(requests.at_risk) +
                   " of them in flight at the signal or sent after it: 0 lost, 95 % upper bound " +
                   percent(drill::upper_bound_95(requests.at_risk)) + ")";
        case 4:
            return out.in(ink::bad, "INCONCLUSIVE:") + " " + grouped(requests.unknown) +
                   " requests were ended by the load itself, " + grouped(requests.at_risk) +
                   " were at risk";
        default: {
            std::string broken;
            for (const auto& one : judged.checks) {
                if (!one.holds) {
                    broken += (broken.empty() ? " it is not true that " : "; that ") + one.claim +
                              " (" + one.number + ")";
                }
            }
            return out.in(ink::bad, "LOST:") + broken;
        }
    }
}

}  // namespace

void print_report(screen& out, const run_result& seen, const verdict& judged) {
    const bool clean = seen.exit.signal == 0 && seen.exit.code == 0;
    const auto how = seen.exit.signal != 0 ? "killed by signal " + std::to_string(seen.exit.signal)
                                           : "status " + std::to_string(seen.exit.code);
    out.line("  " + out.in(clean ? ink::good : ink::bad, "exit   ") + " " + how + ", " +
             milliseconds(judged.signal_to_exit_ms) + " after " + seen.signal + ", " +
             out.in(ink::strong, milliseconds(judged.last_response_to_exit_ms) +
                                     " after the last byte of the last response"));
    out.line();
    print_requests(out, judged.requests.all);
    out.line();
    print_checks(out, judged);
    out.line();
    out.line(last_line(out, judged));
}

}  // namespace stop_demo
