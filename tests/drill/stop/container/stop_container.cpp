// Stops a container with the sequence that is named, and prints what was seen, for
// container_test.py.
//
// usage: stop_container NAME docker|kubernetes|crash GRACE_MS
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "drill/sequence/stop_runner.hpp"
#include "drill/subject/subject.hpp"

namespace {

using namespace lastcall::drill;

class idle_load final : public load_hooks {
public:
    moment withdraw_routes() override { return clock::now(); }
    moment strike(const std::function<void()>& send) override {
        const auto when = clock::now();
        send();
        return when;
    }
    moment withdraw_and_strike(const std::function<void()>& send) override { return strike(send); }
};

void print(const trial_record& trial) {
    const auto since = [&trial](mark which) {
        const auto at = trial.marks[which];
        return at == 0 ? -1.0 : static_cast<double>(at - trial.marks[mark::signal_sent]) / 1e6;
    };
    std::printf("exit known %d code %d signal %d killed %d\n", trial.exit.known, trial.exit.code,
                trial.exit.signal, trial.exit.killed_by_us);
    std::printf("exited_ms %.1f event_ms %.1f killed_ms %.1f\n", since(mark::exited),
                since(mark::event_ended), since(mark::killed));
    for (const auto& one : trial.explanations) {
        std::printf("cause %s\n", one.cause.c_str());
    }
    for (const auto& text : trial.notes) {
        std::printf("note %s\n", text.c_str());
    }
    for (const auto& one : trial.leftovers) {
        std::printf("leftover %s\n", one.text.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: stop_container NAME docker|kubernetes|crash GRACE_MS\n", stderr);
        return 2;
    }
    try {
        const auto who = take_container(argv[1]);
        sequence_plan plan;
        plan.kind = sequence_kind_from(argv[2]).value();
        plan.grace = std::chrono::milliseconds(std::atoi(argv[3]));
        if (plan.kind == sequence_kind::kubernetes) {
            plan.pre_stop.what = pre_stop_plan::kind::exec;
            plan.pre_stop.exec = {"touch", "/tmp/pre-stop"};
        }
        idle_load load;
        stop_watch watch({.signal = plan.signal});
        watch.begin(*who);
        trial_record trial;
        run_stop(plan, *who, load, watch, {}, trial);
        watch.finish(*who, trial);
        print(trial);
    } catch (const std::exception& problem) {
        std::printf("problem %s\n", problem.what());
        return 1;
    }
    return 0;
}
