// The reasons for which a run says nothing, each with what to do about it.
#include <algorithm>
#include <set>

#include "drill/verdict/criteria.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

constexpr std::int64_t latest_ns = 5'000'000;
constexpr double busiest = 0.8;

class doubt_list {
public:
    explicit doubt_list(const judged_run& of) : of_(of) {}

    std::vector<std::string> make(const std::vector<cell_result>& cells) && {
        if (of_.stops.empty()) {
            return {"no stop was made; let the drill run to its end"};
        }
        completeness();
        baseline();
        if (of_.run.sequence != "crash") {  // it is to be compared with, not to prove anything
            coverage(cells);
            evidence();
            generator();
        }
        return std::move(made_);
    }

private:
    void add(std::string reason) { made_.push_back(std::move(reason)); }

    void completeness() {
        if (const auto n = interrupted(of_); n != 0) {
            add(count_text(n, "trial") +
                " was ended before it was over; let the drill run to its end");
        }
        const bool without = std::ranges::any_of(of_.stops, [](const stop_view& stop) {
            return stop.begun_ns == 0 && !stop.trial->is_interrupted;
        });
        const bool died_before = std::ranges::any_of(of_.stops, [](const stop_view& stop) {
            return stop.at(mark::exited) != 0 && stop.at(mark::exited) < stop.begun_ns;
        });
        if (died_before) {
            add("the service ended by itself before the stop began; look at its output, and repair "
                "that first");
        }
        for (const auto& stop : of_.stops) {
            if (!stop.trial->problem.empty()) {
                add(stop.trial->problem);
            }
        }
        const bool is_explained = std::ranges::any_of(
            of_.stops, [](const stop_view& stop) { return !stop.trial->problem.empty(); });
        if (without && !is_explained) {
            add("no signal was sent in a trial; look at its notes, and at the rights to signal the "
                "process");
        }
    }

    void baseline() {
        std::uint64_t lost = 0;
        std::uint64_t at_risk = 0;
        std::set<std::string> stalled;
        for (const auto& stop : of_.stops) {
            stalled.insert(stop.stalled.begin(), stop.stalled.end());
            lost += stop.lost_before;
            at_risk += static_cast<std::uint64_t>(
                std::ranges::count_if(stop.at_risk, [](const risky_exchange& one) {
                    return one.one->sent_ns != 0 && one.ruled != ruling::ours;
                }));
        }
        if (!stalled.empty()) {
            add("when " + std::string(of_.run.matter()) + " began, nothing had been answered for " +
                "2 s in " + (stalled.size() == 1 ? "the lane " : "the lanes ") +
                listed({stalled.begin(), stalled.end()}) +
                ": what became of them then says nothing; the drill's silent and half sent "
                "requests may hold all workers of a service that has one connection for each: "
                "give it more workers, or leave those lanes out by a profile");
        }
        if (lost != 0) {
            add(std::string("lost before ") + of_.run.matter() +
                " began: " + count_text(lost, "request") +
                ", the service is not healthy under this load; "
                "lower the load, or repair that first");
        }
        if (at_risk == 0) {
            add(std::string("no request was in flight at ") + of_.run.moment() +
                " or sent after it; give an endpoint that "
                "takes a while (--slow), more clients, or a longer load");
        }
    }

    void coverage(const std::vector<cell_result>& cells) {
        std::vector<std::string> short_of;
        for (const auto& one : cells) {
            if (one.is_reachable && one.seen < one.wanted) {
                short_of.push_back(std::string(to_string(one.where)) + " (" +
                                   std::to_string(one.seen) + " of " + std::to_string(one.wanted) +
                                   ")");
            }
        }
        if (!short_of.empty()) {
            add(std::string("too few connections were in these states at ") + of_.run.moment() +
                ": " + listed(short_of) +
                "; use more clients in the lanes that fill them, more trials, or lower "
                "samples_per_cell");
        }
    }

    void evidence() {
        std::uint64_t ambiguous = 0;
        std::uint64_t ours = 0;
        std::uint64_t given_up = 0;
        bool saw_packets = true;
        for (const auto& stop : of_.stops) {
            ambiguous += stop.ambiguous;
            saw_packets = saw_packets && stop.trial->generator.sees_packets;
            for (const auto& [one, ruled, what, gone] : stop.at_risk) {
                ours += one->result == outcome::generator_fault ? 1U : 0U;
                given_up += one->result == outcome::ended_by_us && what == risk::in_flight &&
                                    of_.run.expected.ends && !stop.trial->is_interrupted
                                ? 1U
                                : 0U;
            }
        }
        if (ambiguous != 0) {
            add(count_text(ambiguous, "reset") +
                " may be the server's fault or a race that HTTP allows; " +
                (saw_packets ? "run more trials"
                             : "let the drill see the packets (root, or CAP_NET_RAW), or run on "
                               "the machine of the service"));
        }
        if (ours != 0) {
            add(count_text(ours, "request") +
                " failed in our own kernel; raise the limit of open files, or use fewer clients");
        }
        if (given_up != 0) {
            add("still without an answer when the drill ended: " + count_text(given_up, "request") +
                " that had been in flight at " + of_.run.moment() + "; let it wait longer");
        }
    }

    void generator() {
        std::int64_t late = 0;
        double share = 0;
        std::vector<std::string> troubles;
        for (const auto& stop : of_.stops) {
            const auto& health = stop.trial->generator;
            late = std::max(late, health.late_p99_ns);
            share = std::max(share, health.processor_share);
            for (const auto& one : health.troubles) {
                if (std::ranges::find(troubles, one) == troubles.end()) {
                    troubles.push_back(one);
                }
            }
        }
        if (late > latest_ns) {
            add("requests were sent late: p99 is " + duration_text(late) + ", " +
                duration_text(latest_ns) +
                " are allowed; lower the rate, or give the drill a processor of its own");
        }
        if (share > busiest) {
            add("the drill used " + percent_text(share) + " of its processor, " +
                percent_text(busiest) + " are allowed; lower the rate, or use fewer clients");
        }
        if (!troubles.empty()) {
            add("the drill had trouble of its own: " + listed(troubles) +
                "; remove it and run again");
        }
    }

    const judged_run& of_;
    std::vector<std::string> made_;
};

}  // namespace

std::vector<std::string> doubts(const judged_run& of, const std::vector<cell_result>& cells) {
    return doubt_list(of).make(cells);
}

}  // namespace lastcall::drill
