#include "agent/api/desk.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <limits>

#include "agent/api/body.hpp"
#include "agent/api/target.hpp"
#include "agent/api/to_json.hpp"
#include "sys/process/process.hpp"

namespace lastcall::agent {

using http::status;

namespace {

constexpr std::int64_t most_rows = 1'000;
constexpr std::int64_t most_tail = 100'000;

void expect_no_query(const call& c) { static_cast<void>(query_values(c.from().query(), {})); }

// For operations that take nothing but their path.
void expect_nothing(const call& c) {
    expect_no_query(c);
    static_cast<void>(request_body(c.request(), {}));
}

const service_view* find_service(const agent_view& view, const std::string& name) {
    for (const service_view& one : view.services) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

api_error no_such_service(const agent_view& view, const std::string& name) {
    std::string all;
    for (const service_view& one : view.services) {
        all.append(all.empty() ? "" : ", ").append(one.name);
    }
    return {status::not_found, "not_found", "there is no service \"" + name + "\"",
            all.empty() ? "there is none at all" : "there are: " + all};
}

}  // namespace

desk::desk(const api_options& options, commands& of) : options_(options), commands_(of), hub_(of) {
    following_ = commands_.follow([this](const journal_row& row) {
        counts_.note(row);
        hub_.note(row);
    });
    counts_.catch_up(own_rows());
}

/// What this agent has written already: it takes up its work while the API begins.
std::vector<journal_row> desk::own_rows() const {
    try {
        journal_query last;
        last.kinds = {"agent_started"};
        last.most = 1;
        last.newest_first = true;
        const auto started = commands_.history(last);
        if (started.empty() ||
            started.front().fields.value("pid", 0) != sys::current_process_id()) {
            return {};
        }
        journal_query since;
        since.after = started.front().number;
        since.most = most_rows;
        return commands_.history(since);
    } catch (const std::exception&) {
        return {};  // there is no journal, and nothing to count
    }
}

void desk::handle(const call_ref& c) {
    const std::string& name = c->at.name;
    switch (c->at.to->what) {
        case operation::show:
            return show(c);
        case operation::show_service:
            return show_service(c);
        case operation::deploy:
            return deploy(c);
        case operation::rollback:
            expect_nothing(*c);
            return commands_.rollback(name, c->who, answer_to_deploy(c));
        case operation::restart:
            expect_nothing(*c);
            return commands_.restart(name, c->who, answer_to_deploy(c));
        case operation::start:
            expect_nothing(*c);
            return commands_.start(name, c->who, answer_to<service_view>(c, status::accepted));
        case operation::stop:
            expect_nothing(*c);
            return commands_.stop(name, c->who, answer_to<service_view>(c, status::accepted));
        case operation::service_history:
            return show_history(c, true);
        case operation::journal:
            return show_history(c, false);
        case operation::logs:
            return show_logs(c);
        case operation::show_deploy:
            expect_no_query(*c);
            return commands_.show_deploy(c->at.number, answer_to<deploy_view>(c, status::ok));
        case operation::approve:
            return approve(c);
        case operation::reject: {
            expect_no_query(*c);
            const request_body body(c->request(), {"reason"});
            return commands_.reject(c->at.number, c->who, body.text("reason"),
                                    answer_to<deploy_view>(c, status::ok));
        }
        case operation::events:
            return follow(c);
        case operation::apply:
            return apply(c);
        case operation::stop_all:
            expect_nothing(*c);
            return commands_.stop_all(c->who, answer_to<agent_view>(c, status::accepted));
        case operation::upgrade: {
            expect_no_query(*c);
            const request_body body(c->request(), {"directory"});
            return commands_.upgrade(body.required_text("directory"), c->who,
                                     answer_to<agent_view>(c, status::accepted));
        }
        case operation::metrics:
            return show_metrics(c);
        case operation::ready:
            return show_ready(c);
    }
}

void desk::show(const call_ref& c) {
    expect_no_query(*c);
    commands_.show(answer_to<agent_view>(c, status::ok));
}

void desk::show_service(const call_ref& c) {
    expect_no_query(*c);
    commands_.show([c](const agent_view& view, const std::exception_ptr& error) {
        const service_view* found = find_service(view, c->at.name);
        if (error != nullptr) {
            c->fail(error);
        } else if (found == nullptr) {
            c->fail(std::make_exception_ptr(no_such_service(view, c->at.name)));
        } else {
            c->reply(status::ok, to_json(*found));
        }
    });
}

void desk::if_known(const call_ref& c, const std::string& name, std::function<void()> then) {
    // One that the configuration has no longer is still told about.
    journal_query of_it;
    of_it.service = name;
    of_it.most = 1;
    if (name.empty() || !commands_.history(of_it).empty()) {
        return then();
    }
    commands_.show(
        [c, name, then = std::move(then)](const agent_view& view, const std::exception_ptr& error) {
            if (error) {
                return c->fail(error);
            }
            if (find_service(view, name) == nullptr) {
                return c->fail(std::make_exception_ptr(no_such_service(view, name)));
            }
            boost::asio::post(c->from().executor(), [c, then] {
                try {
                    then();
                } catch (...) {
                    c->fail(std::current_exception());
                }
            });
        });
}

void desk::show_history(const call_ref& c, bool of_service) {
    const query_values query =
        of_service ? query_values(c->from().query(), {"kind", "after", "limit", "newest"})
                   : query_values(c->from().query(),
                                  {"service", "kind", "deploy", "after", "limit", "newest"});
    constexpr auto any = std::numeric_limits<std::int64_t>::max();
    journal_query what;
    what.service = of_service ? c->at.name : query.text("service");
    what.kinds = query.list("kind");
    what.deploy = query.whole("deploy", 0, 1, any);
    what.after = query.whole("after", 0, 0, any);
    what.most = static_cast<std::size_t>(query.whole("limit", 100, 1, most_rows));
    what.newest_first = query.truth("newest");
    if_known(c, what.service, [this, c, what] {
        nlohmann::json rows = nlohmann::json::array();
        for (const journal_row& row : commands_.history(what)) {
            rows.push_back(to_json(row));
        }
        c->reply(status::ok, {{"rows", std::move(rows)}});
    });
}

void desk::show_logs(const call_ref& c) {
    const query_values query(c->from().query(), {"tail", "follow"});
    const log_wish wish{
        .tail = static_cast<std::size_t>(query.whole("tail", 100, 0, most_tail)),
        .follow = query.truth("follow"),
        .look_every = options_.look_at_logs_every,
    };
    const auto send = [this, c, wish] {
        // What the lister throws must still find the exchange here, to be answered.
        static_cast<void>(commands_.log_files(c->at.name));
        http::response head = c->head(status::ok, "text/plain; charset=utf-8");
        send_log(
            c->take(), std::move(head),
            [this, name = c->at.name] { return commands_.log_files(name); }, wish);
    };
    // Without a journal there may be logs all the same.
    commands_.log_files(c->at.name).empty() ? if_known(c, c->at.name, send) : send();
}

void desk::show_metrics(const call_ref& c) {
    expect_no_query(*c);
    commands_.show([this, c](const agent_view& view, const std::exception_ptr& error) {
        if (error) {
            c->fail(error);
            return;
        }
        std::error_code unreadable;
        const auto size = std::filesystem::file_size(options_.journal_file, unreadable);
        c->reply_text(status::ok, "text/plain; version=0.0.4; charset=utf-8",
                      metrics_text(view, counts_.read(),
                                   {last_row(), unreadable ? 0 : size, hub_.followers()}));
    });
}

void desk::show_ready(const call_ref& c) {
    expect_no_query(*c);
    commands_.show([c](const agent_view& view, const std::exception_ptr& error) {
        if (error) {
            c->fail(error);
            return;
        }
        const bool is_good = !view.is_stopping && !view.services.empty() &&
                             std::all_of(view.services.begin(), view.services.end(), is_ready);
        c->reply(is_good ? status::ok : status::service_unavailable, {{"ready", is_good}});
    });
}

void desk::follow(const call_ref& c) {
    const query_values query(c->from().query(), {"service", "kind", "after"});
    constexpr auto any = std::numeric_limits<std::int64_t>::max();
    std::int64_t position = query.whole("after", -1, 0, any);
    // Sent by a client that comes back by itself, with the query of its first request.
    if (const auto last = c->request().find("Last-Event-ID"); last != c->request().end()) {
        const auto number = read_whole({last->value().data(), last->value().size()});
        if (!number) {
            refuse_request("Last-Event-ID is no number of a row");
        }
        position = *number;
    }
    if (position < 0) {
        position = last_row();
    }
    if_known(c, query.text("service"),
             [this, c, position, service = query.text("service"), kinds = query.list("kind")] {
                 http::response head = c->head(status::ok, "text/event-stream");
                 follow_events(c->take(), std::move(head), hub_, {service, kinds}, position,
                               options_.events);
             });
}

void desk::approve(const call_ref& c) {
    expect_no_query(*c);
    const request_body body(c->request(), {"digest"});
    // What is approved is what the person has seen, and a deploy never changes its digest.
    commands_.show_deploy(
        c->at.number, [this, c, digest = body.required_text("digest")](
                          const deploy_view& value, const std::exception_ptr& error) {
            if (error) {
                c->fail(error);
            } else if (value.digest != digest) {
                c->fail(std::make_exception_ptr(api_error(status::conflict, "digest_mismatch",
                                                          "deploy " + std::to_string(value.number) +
                                                              " would run " + value.digest +
                                                              ", which is not what you approve",
                                                          "look at the deploy again")));
            } else {
                try {
                    commands_.approve(c->at.number, c->who, answer_to<deploy_view>(c, status::ok));
                } catch (...) {
                    c->fail(std::current_exception());
                }
            }
        });
}

void desk::apply(const call_ref& c) {
    const query_values query(c->from().query(), {"file"});
    expect_content_type(c->request(),
                        {"application/yaml", "application/x-yaml", "text/yaml", "text/plain"});
    if (c->request().body().empty()) {
        refuse_request("the body is empty; it takes the text of a lastcall.yaml");
    }
    commands_.apply(options_.read_config(c->request().body(), query.text("file")), c->who,
                    answer_to<agent_view>(c, status::accepted));
}

std::int64_t desk::last_row() const {
    journal_query what;
    what.most = 1;
    what.newest_first = true;
    const auto rows = commands_.history(what);
    return rows.empty() ? 0 : rows.front().number;
}

}  // namespace lastcall::agent
