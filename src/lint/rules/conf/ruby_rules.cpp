// puma.rb and sidekiq.yml: X12.
#include "lint/conf/conf_time.hpp"
#include "lint/rules/conf/conf_case.hpp"

namespace lastcall::lint {

void check_puma_conf(const conf_case& given) {
    const auto* set = only_setting(given.file, "force_shutdown_after");
    if (set != nullptr && (set->value() == ":immediately" || set->value() == "0")) {
        given.report
            .add("X12", conf_case::value_at(*set),
                 "puma kills the threads that serve requests as soon as it is asked to stop")
            .sure = confidence::proven;
    }
    const auto* drains = only_setting(given.file, "drain_on_shutdown");
    if (drains != nullptr && drains->value() == "false") {
        given.report.add("X12", conf_case::value_at(*drains),
                         "connections that puma has not accepted yet are reset when it is stopped");
    }
}

void check_sidekiq_conf(const conf_case& given) {
    for (const yaml_ref& root : roots(given.yaml)) {
        for (const std::string_view key : {":timeout", "timeout"}) {
            const auto set = root.get(key);
            if (set.integer() == 0) {
                given.report
                    .add("X12", set.used_at(),
                         "sidekiq gives jobs no time: they are cut off when it is asked to stop")
                    .sure = confidence::proven;
            }
        }
    }
}

}  // namespace lastcall::lint
