// Plain keep-alive GET over 64 connections from one thread, with every exchange classified
// and kept, beside wrk with one thread and 64 connections: in pairs, so that what disturbs
// the machine for a while disturbs both.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "drill/subject/command_result.hpp"
#include "figures.hpp"
#include "shared/programs.hpp"

namespace load_bench {
namespace {

double rate_of_wrk(const web_server& server, int seconds) {
    const auto wrk = drill::run_command(
        {measured::require_program("wrk"), "-t1", "-c64", "-d" + std::to_string(seconds) + "s",
         "http://" + server.at().text() + "/"},
        std::chrono::seconds(seconds + 20));
    constexpr std::string_view label = "Requests/sec:";
    if (const auto at = wrk.output.find(label); at != std::string::npos) {
        return std::atof(wrk.output.c_str() + at + label.size());
    }
    throw std::runtime_error("wrk did not say how many requests it made: " + wrk.output);
}

}  // namespace

void measure_rate(bench& all) {
    const web_server server;
    std::vector<double> ours;
    std::vector<double> theirs;
    std::vector<double> share;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const double wrk = rate_of_wrk(server, all.chosen.seconds);
        const double rate = run_load(as_fast_as_it_can(server), all.chosen.seconds).rate;
        theirs.push_back(wrk / 1000);
        ours.push_back(rate / 1000);
        share.push_back(rate / wrk);
        std::fprintf(stderr, "rate %d/%d %.0f of %.0f\n", i + 1, all.chosen.runs, rate, wrk);
    }
    all.into.add({"rate", "drill", "requests a second, in thousands", "k", ours});
    all.into.add({"rate", "wrk", "requests a second, in thousands", "k", theirs});
    all.into.add({"rate", "drill", "share of wrk's rate", "", share, goal{0.8, false, true}});
}

}  // namespace load_bench
