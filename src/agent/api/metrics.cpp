#include "agent/api/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace lastcall::agent {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

namespace {

class families {
public:
    MetricFamily& begin(const char* name, const char* help, MetricType type) {
        all_.push_back({name, help, type, {}});
        return all_.back();
    }

    // One value of the family that was begun last.
    void add(double value, labels with = {}) {
        ClientMetric made;
        made.label = std::move(with);
        (all_.back().type == MetricType::Counter ? made.counter.value : made.gauge.value) = value;
        all_.back().metric.push_back(std::move(made));
    }

    [[nodiscard]] std::string text() const { return prometheus::TextSerializer().Serialize(all_); }

private:
    std::vector<MetricFamily> all_;
};

template <class Count>
double number(Count value) {
    return static_cast<double>(value);
}

ClientMetric to_metric(const std::string& service, const tally::histogram& from) {
    ClientMetric made;
    made.label = {{"service", service}};
    made.histogram.sample_count = from.count;
    made.histogram.sample_sum = from.sum;
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < tally::stop_bounds.size(); ++i) {
        so_far += from.within[i];
        made.histogram.bucket.push_back({so_far, tally::stop_bounds[i]});
    }
    made.histogram.bucket.push_back({from.count, std::numeric_limits<double>::infinity()});
    return made;
}

void add_services(families& all, const agent_view& view) {
    const auto each = [&](const char* name, const char* help, MetricType type, auto value) {
        all.begin(name, help, type);
        for (const service_view& one : view.services) {
            all.add(value(one), {{"service", one.name}});
        }
    };
    each("lastcall_service_up", "Whether a generation of the service runs", MetricType::Gauge,
         [](const service_view& one) {
             return number(std::any_of(one.generations.begin(), one.generations.end(),
                                       [](const auto& g) { return g.state != "exited"; }));
         });
    each("lastcall_service_ready", "Whether the service is ready", MetricType::Gauge,
         [](const service_view& one) { return number(is_ready(one)); });
    each("lastcall_service_generation", "Number of the current generation; 0: none",
         MetricType::Gauge, [](const service_view& one) {
             for (const generation_view& g : one.generations) {
                 if (g.role == "current") {
                     return number(g.number);
                 }
             }
             return 0.0;
         });
    each("lastcall_service_restarts_total", "Restarts by the agent", MetricType::Counter,
         [](const service_view& one) { return number(one.restarts); });
    each("lastcall_log_dropped_bytes_total", "Log that was dropped because nobody took it",
         MetricType::Counter, [](const service_view& one) { return number(one.log_dropped); });
}

}  // namespace

bool is_ready(const service_view& service) {
    const auto serves = [](const generation_view& g) {
        return g.role == "current" && g.state == "ready";
    };
    return service.state == service_state::ready ||
           (service.state == service_state::deploying &&
            std::any_of(service.generations.begin(), service.generations.end(), serves));
}

void tally::note(const journal_row& row) {
    const std::lock_guard lock(mutex_);
    if (row.number > caught_up_) {
        first_live_ = first_live_ == 0 ? row.number : first_live_;
        count(row);
    }
}

void tally::catch_up(const std::vector<journal_row>& rows) {
    const std::lock_guard lock(mutex_);
    for (const journal_row& row : rows) {
        if (first_live_ == 0 || row.number < first_live_) {
            count(row);
        }
        caught_up_ = std::max(caught_up_, row.number);
    }
}

void tally::count(const journal_row& row) {
    if (!row.fields.is_object()) {
        return;
    }
    if (row.kind == "deploy_state") {
        const auto at = row.fields.find("state");
        if (at != row.fields.end() && at->is_string()) {
            const auto state = core::to_deploy_state(at->get<std::string>());
            if (state && core::is_final(*state)) {
                ++numbers_.deploys[{row.service, at->get<std::string>()}];
            }
        }
    } else if (row.kind == "generation_exited") {
        const auto line = row.fields.find("last_line");
        if (line == row.fields.end() || !line->is_object()) {
            return;  // killed with its lastcall-init: nobody knows
        }
        const auto took = line->find("stop_ms");
        if (took != line->end() && took->is_number()) {
            add_stop(row.service, took->get<double>() / 1e3);
        }
    }
}

void tally::add_stop(const std::string& service, double seconds) {
    histogram& one = numbers_.stops[service];
    ++one.count;
    one.sum += seconds;
    for (std::size_t i = 0; i < stop_bounds.size(); ++i) {
        if (seconds <= stop_bounds[i]) {
            ++one.within[i];
            break;
        }
    }
}

void tally::note_answer(unsigned status) {
    const std::lock_guard lock(mutex_);
    ++numbers_.answers[status];
}

tally::numbers tally::read() const {
    const std::lock_guard lock(mutex_);
    return numbers_;
}

std::string metrics_text(const agent_view& view, const tally::numbers& counted,
                         const metric_facts& facts) {
    using enum MetricType;
    families all;
    all.begin("lastcall_agent_info", "The agent that answers", Gauge);
    all.add(1, {{"version", view.version}});
    all.begin("lastcall_agent_start_time_seconds", "When it started, since 1970", Gauge);
    all.add(number(view.started.count()) / 1e9);
    add_services(all, view);
    all.begin("lastcall_deploys_total", "Deploys that are over, by outcome", Counter);
    for (const auto& [key, count] : counted.deploys) {
        all.add(number(count), {{"service", key.first}, {"outcome", key.second}});
    }
    MetricFamily& stops = all.begin("lastcall_stop_duration_seconds",
                                    "How long stops of generations took", Histogram);
    for (const auto& [service, one] : counted.stops) {
        stops.metric.push_back(to_metric(service, one));
    }
    all.begin("lastcall_api_requests_total", "Answers of this API, by status", Counter);
    for (const auto& [status, count] : counted.answers) {
        all.add(number(count), {{"code", std::to_string(status)}});
    }
    all.begin("lastcall_api_followers", "Clients that follow the events", Gauge);
    all.add(number(facts.followers));
    all.begin("lastcall_journal_rows", "Number of the last row of the journal", Gauge);
    all.add(number(facts.journal_rows));
    all.begin("lastcall_journal_bytes", "Size of the journal's file", Gauge);
    all.add(number(facts.journal_bytes));
    all.begin("lastcall_journal_good", "1 while the journal can be written", Gauge);
    all.add(number(view.journal_is_good));
    return all.text();
}

}  // namespace lastcall::agent
