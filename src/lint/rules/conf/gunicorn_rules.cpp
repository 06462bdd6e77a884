// gunicorn.conf.py: X05.
#include "lint/conf/conf_time.hpp"
#include "lint/rules/conf/conf_case.hpp"

namespace lastcall::lint {

void check_gunicorn_conf(const conf_case& given) {
    const auto* set = only_setting(given.file, "graceful_timeout");
    const auto value = set == nullptr ? std::nullopt : conf_time(set->value());
    if (value && *value <= std::chrono::seconds(1)) {
        given.report
            .add("X05", conf_case::value_at(*set),
                 "gunicorn kills its workers " +
                     (value->count() == 0 ? std::string("at once")
                                          : "1 s after it was asked to stop") +
                     ", in the middle of requests")
            .sure = confidence::proven;
    }
}

}  // namespace lastcall::lint
