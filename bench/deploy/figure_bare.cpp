// What the hand-over by `bind` costs a program afterwards: beside the same program run bare.
// Both run all the time, and are loaded in turn.
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <memory>

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
    explicit bare(const service& what)
        : port_(lastcall::sys::free_port()),
          at_(lastcall::sys::endpoint::loopback(static_cast<std::uint16_t>(port_))),
          pid_(start_command(what.command(port_, 'a', home_.path()), home_.path(),
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

void measure_service(bench& all, const service& one, const std::string& handover) {
    auto terms = all.terms();
    terms.handover = handover;
    host ours(one, terms);
    const bare theirs(one);
    for (const bool is_kept : {true, false}) {
        std::vector<double> ratio, cost, rate, rate_bare, cpu, cpu_bare;
        for (int i = -1; i < all.chosen.pairs; ++i) {
            half with, without;
            const auto load_ours = [&] {
                with = load_one(ours.at(), ours.service_pid(), is_kept, all.chosen.pair_ms);
            };
            const auto load_bare = [&] {
                without = load_one(theirs.at(), theirs.pid(), is_kept, all.chosen.pair_ms);
            };
            if (i % 2 == 0) {
                load_ours();
                load_bare();
            } else {
                load_bare();
                load_ours();
            }
            if (i < 0) {
                continue;  // both get warm
            }
            ratio.push_back(with.rate / without.rate);
            cost.push_back(with.cpu_us / without.cpu_us);
            rate.push_back(with.rate);
            rate_bare.push_back(without.rate);
            cpu.push_back(with.cpu_us);
            cpu_bare.push_back(without.cpu_us);
        }
        const std::string lane = is_kept ? "kept connections: " : "new connections: ";
        const auto add = [&](const std::string& what, const char* unit, std::vector<double> found,
                             std::optional<goal> reach = {}) {
            all.into.add({"bare", one.name, lane + what, unit, std::move(found), reach});
        };
        add("throughput, of the bare one's", "", ratio, goal{least_ratio, false, true});
        add("answers a second", "/s", rate);
        add("answers a second, bare", "/s", rate_bare);
        add("processor time of an answer", "µs", cpu);
        add("processor time of an answer, bare", "µs", cpu_bare);
        add("processor time, of the bare one's", "", cost);
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
