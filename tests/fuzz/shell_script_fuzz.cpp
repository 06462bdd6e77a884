// Whatever a shell script holds, it is read in bounded time, with places that lie in the file, and
// what is made of it can be shown, followed and searched.
#include "fuzz/target.hpp"
#include "lint/shell/dump.hpp"
#include "lint/shell/execution.hpp"
#include "lint/shell/script.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/shell/waited_for.hpp"
#include "lint/shell/walk.hpp"

namespace {

using namespace lastcall::lint::shell;
using lastcall::fuzz::must;

void look_at(const std::vector<step>& steps, std::size_t size) {
    for (const step& one : steps) {
        must(one.where.begin <= one.where.end && one.where.end <= size, "a step is in the file");
        must(one.call.program == invocation::none || one.call.program < one.arguments.size(),
             "a program is one of the words");
        must(one.call.source == invocation::none || one.call.source < one.arguments.size(),
             "and so is its source");
        (void)stop_request_of(one);
        (void)sleep_of(one);
        (void)wait_of(one);
        for (const wrapper& each : one.call.wrappers) {
            must(each.begin < each.end && each.end < one.arguments.size(),
                 "a wrapper stands in front of something");
            (void)time_limit_of(one.arguments, each);
        }
    }
}

}  // namespace

LASTCALL_FUZZ_TARGET(shell_script) {
    const script whole = read_script(input);
    for (const problem& one : whole.problems) {
        must(!one.text.empty(), "a problem says what it is");
        must(one.where.begin <= one.where.end && one.where.end <= input.size(),
             "a problem is in the file");
    }
    for_each_command(whole, [&](const command& one) {
        must(one.where.begin <= one.where.end && one.where.end <= input.size(),
             "a command is in the file");
    });
    (void)dump(whole);
    const execution run = execution_of(whole);
    look_at(run.steps, input.size());
    for (const trap_setting& one : run.traps) {
        look_at(one.steps, input.size());
    }
    (void)find_waited_for(run, {"/bin/sh", "-c", "sleep"}, input.size() / 2);
}
