#include "api.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

namespace orders {

using lastcall::http::status;
using lastcall::http::verb;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr const char* as_json = "application/json";
constexpr const char* as_text = "text/plain; charset=utf-8";

void refuse(lastcall::http::exchange x, status code, const std::string& why) {
    std::move(x).respond(code, as_json, json{{"error", why}}.dump() + "\n");
}

json to_json(const order& o) {
    return {{"id", o.id}, {"item", o.item}, {"quantity", o.quantity}, {"state", o.state}};
}

/// A whole number from 0 to `most`; empty when the text is none.
std::optional<std::int64_t> number_in(std::string_view text, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good =
        error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= most;
    return good ? std::optional(value) : std::nullopt;
}

/// The value of `name` in "a=1&b=2"; `otherwise` when it is not there.
std::string_view parameter(std::string_view query, std::string_view name,
                           std::string_view otherwise) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
            return pair.substr(name.size() + 1);
        }
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
    }
    return otherwise;
}

}  // namespace

struct api::route {
    std::string_view path;
    bool is_prefix;
    verb method;
    lastcall::label name;
    void (api::*handle)(exchange);
};

const std::vector<api::route>& api::routes() {
    static const std::vector<route> all{
        {"/", false, verb::get, "GET /", &api::home},
        {"/orders", false, verb::post, "POST /orders", &api::create},
        {"/orders", false, verb::get, "GET /orders", &api::list},
        {"/orders/", true, verb::get, "GET /orders/ID", &api::find},
        {"/export", false, verb::get, "GET /export", &api::export_all},
        {"/catalogue", false, verb::get, "GET /catalogue", &api::catalogue},
        {"/slow", false, verb::get, "GET /slow", &api::slow},
        {"/stream", false, verb::get, "GET /stream", &api::stream},
        {"/feed", false, verb::get, "GET /feed", &api::join_feed},
        {"/ready", false, verb::get, "GET /ready", &api::ready},
        {"/health", false, verb::get, "GET /health", &api::health},
        {"/metrics", false, verb::get, "GET /metrics", &api::show_metrics},
    };
    return all;
}

api::api(lastcall::lifecycle& life, store& db, blocking_threads& threads, feed& news,
         metrics& numbers, lastcall::temp_directory& temp)
    : life_(life), db_(db), threads_(threads), news_(news), numbers_(numbers), temp_(temp) {}

void api::operator()(exchange x) {
    const verb method = x.request().method() == verb::head ? verb::get : x.request().method();
    bool path_known = false;
    for (const route& r : routes()) {
        const bool fits = r.is_prefix ? x.path().starts_with(r.path) : x.path() == r.path;
        if (fits && r.method == method) {
            x.name(r.name);
            (this->*r.handle)(std::move(x));
            return;
        }
        path_known = path_known || fits;
    }
    if (path_known) {
        refuse(std::move(x), status::method_not_allowed, "this path has no such method");
    } else {
        refuse(std::move(x), status::not_found, "there is nothing at this path");
    }
}

template <class Work>
void api::aside(exchange x, Work work) {
    // A job of the pool must be copyable; an exchange is not.
    auto held = std::make_shared<exchange>(std::move(x));
    threads_.run([held, work] {
        try {
            work(*held);
        } catch (const store_closed& e) {
            refuse(std::move(*held), status::service_unavailable, e.what());
        } catch (const std::exception& e) {
            spdlog::error("a request failed: {}", e.what());
            refuse(std::move(*held), status::internal_server_error, "the database failed");
        }
    });
}

void api::home(exchange x) { std::move(x).respond(status::ok, as_text, "orders\n"); }

void api::create(exchange x) {
    const json wish = json::parse(x.request().body(), nullptr, false);
    if (!wish.is_object() || !wish.contains("item") || !wish["item"].is_string() ||
        !wish.contains("quantity") || !wish["quantity"].is_number_integer()) {
        refuse(std::move(x), status::bad_request,
               R"(the body must be JSON like {"item":"tea","quantity":2})");
        return;
    }
    const std::string item = wish["item"];
    const std::int64_t quantity = wish["quantity"];
    if (item.empty() || item.size() > 200 || quantity < 1 || quantity > 1'000'000) {
        refuse(std::move(x), status::bad_request,
               "item takes 1 to 200 bytes, quantity 1 to 1000000");
        return;
    }
    aside(std::move(x), [this, item, quantity](exchange& on) {
        const order made = db_.create(item, quantity);
        numbers_.orders_created.Increment();
        lastcall::http::response answer(status::created, 11);
        answer.set(lastcall::http::field::content_type, as_json);
        answer.set(lastcall::http::field::location, "/orders/" + std::to_string(made.id));
        answer.body() = to_json(made).dump() + "\n";
        std::move(on).respond(std::move(answer));
        news_.publish(json{{"event", "created"}, {"id", made.id}}.dump());
    });
}

void api::find(exchange x) {
    const auto id = number_in(x.path().substr(std::string_view("/orders/").size()), INT64_MAX);
    if (!id) {
        refuse(std::move(x), status::bad_request, "the id of an order is a number");
        return;
    }
    aside(std::move(x), [this, id = *id](exchange& on) {
        if (const auto found = db_.find(id)) {
            std::move(on).respond(status::ok, as_json, to_json(*found).dump() + "\n");
        } else {
            refuse(std::move(on), status::not_found, "there is no such order");
        }
    });
}

void api::list(exchange x) {
    const auto after = number_in(parameter(x.query(), "after", "0"), INT64_MAX);
    const auto limit = number_in(parameter(x.query(), "limit", "100"), 1000);
    if (!after || !limit) {
        refuse(std::move(x), status::bad_request, "after is an id, limit at most 1000");
        return;
    }
    aside(std::move(x), [this, after = *after, limit = *limit](exchange& on) {
        json found = json::array();
        for (const order& o : db_.list(after, limit)) {
            found.push_back(to_json(o));
        }
        std::move(on).respond(status::ok, as_json, json{{"orders", found}}.dump() + "\n");
    });
}

void api::export_all(exchange x) {
    aside(std::move(x), [this](exchange& on) { send_export(std::move(on), db_, temp_); });
}

// Everything that can be ordered, about a megabyte: large enough that a slow reader is
// still reading when a stop begins.
void api::catalogue(exchange x) {
    static const std::string all = [] {
        json items = json::array();
        for (int number = 1; number <= 16'000; ++number) {
            items.push_back({{"item", "tea " + std::to_string(number)},
                             {"cents", 250 + 7 * number % 900},
                             {"unit", "100 g"}});
        }
        return json{{"items", items}}.dump() + "\n";
    }();
    std::move(x).respond(status::ok, as_json, all);
}

void api::slow(exchange x) {
    const auto ms = number_in(parameter(x.query(), "ms", "100"), 600'000);
    if (!ms) {
        refuse(std::move(x), status::bad_request, "ms is a number up to 600000");
        return;
    }
    auto timer = std::make_shared<boost::asio::steady_timer>(x.executor(), *ms * 1ms);
    timer->async_wait([timer, held = std::move(x)](boost::system::error_code) mutable {
        std::move(held).respond(status::ok, as_text, "slow\n");
    });
}

namespace {

// One chunk each tenth of a second, until the time is over or the client has gone.
class ticking_stream : public std::enable_shared_from_this<ticking_stream> {
public:
    ticking_stream(lastcall::http::stream out, const boost::asio::any_io_executor& on,
                   std::int64_t ticks)
        : out_(std::move(out)), timer_(on), left_(ticks) {}

    void tick() {
        if (left_-- == 0) {
            out_.end();
            return;
        }
        out_.write("tick\n", [self = shared_from_this()](bool is_alive) {
            if (is_alive) {
                self->timer_.expires_after(100ms);
                self->timer_.async_wait([self](boost::system::error_code) { self->tick(); });
            }
        });
    }

private:
    lastcall::http::stream out_;
    boost::asio::steady_timer timer_;
    std::int64_t left_;
};

}  // namespace

void api::stream(exchange x) {
    const auto seconds = number_in(parameter(x.query(), "seconds", "1"), 3600);
    if (!seconds) {
        refuse(std::move(x), status::bad_request, "seconds is a number up to 3600");
        return;
    }
    const auto on = x.executor();
    std::make_shared<ticking_stream>(std::move(x).begin_stream(status::ok, as_text), on,
                                     *seconds * 10)
        ->tick();
}

void api::join_feed(exchange x) {
    if (x.wants_websocket()) {
        news_.join(std::move(x));
    } else {
        refuse(std::move(x), status::upgrade_required, "this path speaks WebSocket");
    }
}

void api::ready(exchange x) {
    const auto now = life_.health().readiness();
    std::move(x).respond(now.good ? status::ok : status::service_unavailable, as_json,
                         now.json() + "\n");
}

void api::health(exchange x) {
    const auto now = life_.health().liveness();
    std::move(x).respond(now.good ? status::ok : status::service_unavailable, as_json,
                         now.json() + "\n");
}

void api::show_metrics(exchange x) {
    std::move(x).respond(
        status::ok, "text/plain; version=0.0.4; charset=utf-8",
        numbers_.text(server_ != nullptr ? server_->counts() : lastcall::http::server_counts{}));
}

}  // namespace orders
