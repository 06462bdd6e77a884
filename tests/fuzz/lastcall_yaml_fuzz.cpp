// Whatever a lastcall.yaml holds, it is read, or refused with reasons that name the file and
// steer no terminal. What was read survives JSON, and its stop can be computed.
#include "agent/config/difference.hpp"
#include "agent/config/host_text.hpp"
#include "agent/config/problem_text.hpp"
#include "agent/config/read_host.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/config/stop_limit.hpp"
#include "agent_config/fake_machine.hpp"
#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(lastcall_yaml) {
    using namespace lastcall::agent;
    using lastcall::fuzz::must;
    const lastcall::testing::fake_machine here;
    const auto read = look_at_text(std::string(input), "f.yaml", "/etc/app", here);
    for (const auto& one : read.problems) {
        must(!one.why.empty(), "a problem says why");
        const auto text = one.text();
        must(text.starts_with(one.file), "a problem names its file");
        must(text.find_first_of("\n\r\x1b") == std::string::npos, "a problem is one line");
        must(explain(one, "f.yaml", read.text, false).starts_with(text), "and is explained");
    }
    (void)check_json(read, nullptr).dump();
    if (!read.is_good()) {
        return;
    }
    must(!read.spec.services.empty(), "a good file has a service");
    const auto again = host_from_json(nlohmann::json::parse(to_json(read.spec).dump()));
    must(again == read.spec && difference(again, read.spec).is_empty(), "JSON keeps all of it");
    must(!host_text(read.spec, here).empty(), "it can be shown");
    const auto chain = lastcall::core::make_budget_chain(budget_input_of(read.spec, {}));
    must(chain.shares.size() == read.spec.services.size(), "every service has its share");
    must(!chain.text().empty(), "the stop can be shown");
}
