// What the hand-over by `bind` costs a program afterwards: beside the same program run bare, and
// run under a filter that lets everything through, which is what it costs at the very least. All
// run all the time, and are loaded in turn.
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <iterator>
#include <memory>

#include "empty_filter.hpp"
#include "figures.hpp"
#include "full_load.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

using namespace std::chrono_literals;

constexpr double least_ratio = 0.99;
constexpr int clients = 32;

/// The program, as anybody would start it.
class bare {
public:
    bare(const service& what, bool has_empty_filter)
        : port_(lastcall::sys::free_port()),
          at_(lastcall::sys::endpoint::loopback(static_cast<std::uint16_t>(port_))),
          pid_(start_command(command_of(what, has_empty_filter), home_.path(),
                             (home_.path() / "output").string())) {
        if (!wait_until([&] { return lastcall::sys::somebody_listens(at_); }, 20s)) {
            end_child(pid_, SIGKILL);
            throw std::runtime_error(what.name + " does not listen");
        }
    }
    bare(const bare&) = delete;
    bare& operator=(const bare&) = delete;
    ~bare() { end_child(pid_, SIGTERM); }

    [[nodiscard]] const lastcall::sys::endpoint& at() const noexcept { return at_; }
    [[nodiscard]] int pid() const noexcept { return pid_; }

private:
    [[nodiscard]] std::vector<std::string> command_of(const service& what,
                                                      bool has_empty_filter) const {
        auto command = what.command(port_, 'a', home_.path());
        return has_empty_filter ? under_empty_filter(std::move(command)) : command;
    }

    measured::scratch home_;
    int port_;
    lastcall::sys::endpoint at_;
    int pid_;
};

struct half {
    double rate = 0;    ///< answers in a second
    double cpu_us = 0;  ///< the server's processor time for each
};

half load_one(const lastcall::sys::endpoint& at, int pid, bool is_kept, int length_ms) {
    const auto running = [pid] {
        double sum = 0;
        for (const int one : tree_of(pid)) {
            sum += activity_of(one).running_ns;
        }
        return sum;
    };
    const double before = running();
    const auto did = run_full_load(at, "/", clients, is_kept, std::chrono::milliseconds(length_ms));
    const double used = running() - before;
    if (did.failures > 0 || did.answers == 0) {
        throw std::runtime_error("of the requests to " + at.text() + " " +
                                 std::to_string(did.failures) + " failed");
    }
    return {did.answers / did.seconds, used / did.answers / 1000};
}

/// What was measured of one of the three, a value for each round.
struct series {
    std::vector<double> rate, cpu_us;

    void add(const half& one) {
        rate.push_back(one.rate);
        cpu_us.push_back(one.cpu_us);
    }
};

std::vector<double> shares(const std::vector<double>& of, const std::vector<double>& in) {
    std::vector<double> made;
    std::ranges::transform(of, in, std::back_inserter(made), std::divides{});
    return made;
}

void measure_service(bench& all, const service& one, const std::string& handover) {
    auto terms = all.terms();
    terms.handover = handover;
    host ours(one, terms);
    const bare theirs(one, false);
    const bare filtered(one, true);
    struct side {
        const lastcall::sys::endpoint& at;
        int pid;
    };
    const std::array<side, 3> sides{{{ours.at(), ours.service_pid()},
                                     {theirs.at(), theirs.pid()},
                                     {filtered.at(), filtered.pid()}}};
    for (const bool is_kept : {true, false}) {
        std::array<series, 3> found;
        for (int round = -1; round < all.chosen.pairs; ++round) {
            for (std::size_t i = 0; i < sides.size(); ++i) {
                const auto turn = (static_cast<std::size_t>(round + 1) + i) % sides.size();
                const auto did =
                    load_one(sides[turn].at, sides[turn].pid, is_kept, all.chosen.pair_ms);
                if (round >= 0) {  // in the first all get warm
                    found[turn].add(did);
                }
            }
        }
        const auto& [with, without, floor] = found;
        const std::string lane = is_kept ? "kept connections: " : "new connections: ";
        const auto add = [&](const std::string& what, const char* unit, std::vector<double> values,
                             std::optional<goal> reach = {}) {
            all.into.add({"bare", one.name, lane + what, unit, std::move(values), reach});
        };
        add("throughput, of the bare one's", "", shares(with.rate, without.rate),
            goal{least_ratio, false, true});
        add("throughput under an empty filter, of the bare one's", "",
            shares(floor.rate, without.rate));
        add("answers a second", "/s", with.rate);
        add("answers a second, bare", "/s", without.rate);
        add("processor time of an answer", "µs", with.cpu_us);
        add("processor time of an answer, bare", "µs", without.cpu_us);
        add("processor time, of the bare one's", "", shares(with.cpu_us, without.cpu_us));
        add("processor time under an empty filter, of the bare one's", "",
            shares(floor.cpu_us, without.cpu_us));
        std::fprintf(stderr, "bare: %s: %s\n", one.name.c_str(), lane.c_str());
    }
}

}  // namespace

void measure_bare(bench& all) {
    for (const auto& one : {node_service(), nginx_service()}) {
        if (one) {
            measure_service(all, *one, "intercept");
        } else {
            all.into.note("bare: node or nginx is not installed, or not in PATH");
        }
    }
}

}  // namespace deploy_bench
