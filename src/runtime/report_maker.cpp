#include "runtime/report_maker.hpp"

#include "runtime/gate_pool.hpp"
#include "sys/output.hpp"

namespace lastcall::runtime {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

exit_status exit_of(result of_stop) {
    switch (of_stop) {
        case result::clean:
            return exit_status::clean;
        case result::failed:
            return exit_status::failed;
        case result::forced:
            return exit_status::forced;
        case result::abandoned:
            break;
    }
    return exit_status::abandoned;
}

std::vector<step_report> steps_of(const stop_so_far& stop, clock::time_point now) {
    std::vector<step_report> steps;
    for (const core::step_trace& t : stop.machine.steps()) {
        steps.push_back({stop.plan.parts()[t.part].name, word(t.kind),
                         duration_cast<microseconds>(t.start - stop.since),
                         duration_cast<microseconds>(t.end.value_or(now) - t.start),
                         duration_cast<microseconds>(t.share_end - t.start), t.result(),
                         stop.steps.error_of(t.part, t.kind)});
    }
    return steps;
}

std::vector<occupant> still_inside() {
    std::vector<occupant> left;
    for_each_gate([&](const detail::gate_core& core) {
        for_each_occupant(core, [&](const char* label, std::uint32_t age, std::uint32_t thread) {
            left.push_back({core.name.load(), label, milliseconds(age), static_cast<int>(thread)});
        });
    });
    return left;
}

}  // namespace

report report_maker::make(const stop_so_far& stop) const {
    const auto now = clock::now();
    report r;
    r.service = setup_.options.service;
    r.result = stop.machine.result();
    r.exit = exit_of(r.result);
    r.requests = stop.requests;
    const core::grace grace = core::in_force(setup_.grace, r.requests);
    r.grace = duration_cast<milliseconds>(grace.total);
    r.reserve = duration_cast<milliseconds>(grace.reserve);
    r.grace_source = grace.source;
    r.total = duration_cast<microseconds>(now - stop.since);
    for (const auto& [entered, at] : entries_) {
        r.states.push_back({entered, duration_cast<microseconds>(at - stop.since)});
    }
    r.steps = steps_of(stop, now);
    r.left = still_inside();
    r.degraded = setup_.degraded;
    r.degraded.insert(r.degraded.end(), stop.steps.degraded().begin(), stop.steps.degraded().end());
    return r;
}

void report_maker::write_as_abandoned(const stop_so_far& stop) const {
    if (setup_.options.report_file.empty()) {
        return;
    }
    report so_far = make(stop);
    so_far.result = result::abandoned;
    so_far.exit = exit_status::abandoned;
    write_file(so_far);
}

void report_maker::deliver(const report& done) const {
    if (!setup_.options.report_file.empty()) {
        write_file(done);
    }
    if (setup_.options.on_report) {
        try {
            setup_.options.on_report(done);
        } catch (const std::exception& e) {
            log_.write(std::string("the report cannot be delivered: ") + e.what());
        } catch (...) {
            log_.write("the report cannot be delivered: on_report threw no std::exception");
        }
    }
}

void report_maker::write_file(const report& what) const {
    try {
        sys::replace_file(setup_.options.report_file, what.json() + "\n");
    } catch (const std::exception& e) {
        log_.write(std::string("the report cannot be written: ") + e.what());
    }
}

}  // namespace lastcall::runtime
