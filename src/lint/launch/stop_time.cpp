#include "lint/launch/stop_time.hpp"

#include <algorithm>
#include <array>

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;

struct stop_time {
    std::string_view program;
    std::string_view option;  ///< in seconds
    std::string_view what;    ///< "lets requests run for up to"
    bool is_of_jobs;
    std::string_view source;
};

constexpr std::array stop_times{
    stop_time{"gunicorn", "--graceful-timeout", "lets requests run for up to", false,
              "https://docs.gunicorn.org/en/stable/settings.html#graceful-timeout"},
    stop_time{"uvicorn", "--timeout-graceful-shutdown", "lets requests run for up to", false,
              "https://www.uvicorn.org/settings/"},
    stop_time{"sidekiq", "--timeout", "lets jobs run for up to", false,
              "https://github.com/sidekiq/sidekiq/wiki/Deployment"},
    stop_time{"sidekiq", "-t", "lets jobs run for up to", false,
              "https://github.com/sidekiq/sidekiq/wiki/Deployment"},
    stop_time{"celery", "--time-limit", "ends when its tasks have, which may take", true,
              "https://docs.celeryq.dev/en/stable/userguide/workers.html#stopping-the-worker"},
    stop_time{"artisan", "--timeout", "ends when its job has, which may take", true,
              "https://laravel.com/docs/queues#job-expirations-and-timeouts"},
};

constexpr std::string_view spring_source =
    "https://docs.spring.io/spring-boot/reference/web/graceful-shutdown.html";

}  // namespace

std::optional<found_option> find_option(const launch_chain& chain, const line_index& lines,
                                        std::string_view program, std::string_view option) {
    if (chain.hops.empty()) {
        return std::nullopt;
    }
    const auto& words = chain.hops.back().words;
    auto at = std::find_if(words.begin(), words.end(), [&](const launch_word& word) {
        return shell::base_name(word.what.what.text) == program;
    });
    const auto found = [&](std::string_view value, const launch_word& word) {
        return word.written ? found_option{std::string(value), word.written->whole(lines)}
                            : found_option{std::string(value),
                                           word.in->parsed().at(word.what.where), word.in->file()};
    };
    for (; at != words.end(); ++at) {
        const std::string_view text = at->what.what.text;
        if (text == option && at + 1 != words.end() && (at + 1)->what.is_known()) {
            return found((at + 1)->what.what.text, *(at + 1));
        }
        if (text.starts_with(option) && text.substr(option.size()).starts_with('=') &&
            at->what.is_known()) {
            return found(text.substr(option.size() + 1), *at);
        }
    }
    return std::nullopt;
}

std::vector<needed_time> needed_times(const launch_chain& chain, const line_index& lines) {
    std::vector<needed_time> made;
    for (const stop_time& each : stop_times) {
        const auto found = find_option(chain, lines, each.program, each.option);
        const auto limit = found ? shell::duration_of(found->value) : std::nullopt;
        if (limit && *limit != milliseconds::max()) {
            const std::string program(each.program);
            made.push_back({program + " " + std::string(each.what),
                            std::string(each.option) + " of " + program, each.source, *limit,
                            found->at, found->file, each.is_of_jobs});
        }
    }
    return made;
}

std::optional<needed_time> needed_by_spring(std::string_view value, place at) {
    // Without a unit it is something else than seconds.
    const auto limit = value.ends_with('s') ? shell::duration_of(value) : std::nullopt;
    if (!limit) {
        return std::nullopt;
    }
    return needed_time{"each phase of Spring's shutdown may take", std::string(spring_variable),
                       spring_source, *limit, at};
}

std::chrono::seconds whole_for(milliseconds needed) {
    using std::chrono::seconds;
    return std::chrono::ceil<seconds>(std::max<milliseconds>(needed * 10 / 9, needed + seconds(2)));
}

}  // namespace lastcall::lint
