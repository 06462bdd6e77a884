#include "adapters/http/exchange.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace lastcall::http {
namespace {

response make_response(status code, std::string_view content_type, std::string body) {
    response made(code, 11);
    made.set(field::content_type,
             boost::beast::string_view(content_type.data(), content_type.size()));
    made.body() = std::move(body);
    return made;
}

// Runs `work` on the connection's loop: at once when the caller is there already. Where
// the loop has ended, so has the connection, and the work is dropped.
template <class Work>
void on_loop(const std::shared_ptr<connection>& c, Work&& work) {
    if (!c->context().stopped()) {
        boost::asio::dispatch(c->context(), std::forward<Work>(work));
    }
}

}  // namespace

// Gives a request to the application, or answers 503 when the gate is closed.
void connection::hand_over(request&& wish) {
    server_shared& shared = loop_.shared;
    auto inside = shared.gate.try_enter("request");
    if (!inside) {
        shared.refused.fetch_add(1, std::memory_order_relaxed);
        answer(make_response(status::service_unavailable, "text/plain; charset=utf-8",
                             "the service is stopping\n"),
               {}, wish.version(), false, wish.method() == verb::head);
        return;
    }
    auto state = std::make_unique<exchange::shared>();
    state->on = shared_from_this();
    state->wish = std::move(wish);
    state->inside = std::move(inside);
    const std::string_view target(state->wish.target().data(), state->wish.target().size());
    const std::size_t mark = target.find('?');
    state->path = target.substr(0, mark);
    state->query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    try {
        shared.handle(exchange(std::move(state)));
    } catch (...) {
        // The exchange was destroyed on the way here, and has answered 500.
    }
}

exchange::exchange(std::unique_ptr<shared> state) noexcept : state_(std::move(state)) {}
exchange::exchange(exchange&&) noexcept = default;

exchange& exchange::operator=(exchange&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

exchange::~exchange() {
    if (state_ != nullptr) {
        std::move(*this).respond(status::internal_server_error, "text/plain; charset=utf-8",
                                 "the request was dropped without an answer\n");
    }
}

const request& exchange::request() const noexcept { return state_->wish; }
std::string_view exchange::path() const noexcept { return state_->path; }
std::string_view exchange::query() const noexcept { return state_->query; }
std::string exchange::peer() const { return state_->on->peer(); }
void exchange::name(lastcall::label what) noexcept { state_->inside.relabel(what); }

boost::asio::any_io_executor exchange::executor() const {
    return state_->on->context().get_executor();
}

void exchange::respond(response answer) && {
    const auto state = std::move(state_);
    if (answer.result_int() < 200) {
        // The client would take it for an interim response and wait for another.
        answer = make_response(status::internal_server_error, "text/plain; charset=utf-8", {});
    }
    const unsigned version = state->wish.version();
    const bool keep_alive = state->wish.keep_alive() && answer.keep_alive();
    const bool head_only = state->wish.method() == verb::head;
    on_loop(state->on,
            [on = state->on, answer = std::move(answer), inside = std::move(state->inside), version,
             keep_alive, head_only]() mutable {
                on->answer(std::move(answer), std::move(inside), version, keep_alive, head_only);
            });
}

void exchange::respond(status code, std::string_view content_type, std::string body) && {
    std::move(*this).respond(make_response(code, content_type, std::move(body)));
}

stream exchange::begin_stream(status code, std::string_view content_type) && {
    return std::move(*this).start_stream(make_response(code, content_type, {}), nullptr);
}

stream exchange::begin_stream(response head) && {
    return std::move(*this).start_stream(std::move(head), nullptr);
}

stream exchange::begin_stream(response head, endless_body how) && {
    return std::move(*this).start_stream(std::move(head),
                                         std::make_unique<endless_body>(std::move(how)));
}

stream exchange::start_stream(response head, std::unique_ptr<endless_body> endless) && {
    const auto state = std::move(state_);
    const unsigned version = state->wish.version();
    const bool keep_alive = state->wish.keep_alive();
    const bool head_only = state->wish.method() == verb::head;
    on_loop(state->on, [on = state->on, head = std::move(head), inside = std::move(state->inside),
                        version, keep_alive, head_only, endless = std::move(endless)]() mutable {
        on->begin_stream(head, std::move(inside), version, keep_alive, head_only,
                         std::move(endless));
    });
    return stream(std::make_shared<stream::shared>(state->on));
}

std::optional<peer_credentials> exchange::peer_credentials() const {
    return state_->on->credentials();
}

bool exchange::wants_websocket() const noexcept {
    return boost::beast::websocket::is_upgrade(state_->wish);
}

void exchange::accept_websocket(websocket_events events) && {
    const auto state = std::move(state_);
    on_loop(state->on, [on = state->on, wish = std::move(state->wish),
                        inside = std::move(state->inside), events = std::move(events)]() mutable {
        on->upgrade(std::move(wish), std::move(inside), std::move(events));
    });
}

stream::shared::~shared() {
    if (!ended) {
        on_loop(on, [on = on] { on->end_stream(false); });
    }
}

void stream::write(std::string chunk, std::function<void(bool)> written) {
    if (state_->ended) {
        // The connection may be at the next response already.
        if (written) {
            boost::asio::post(state_->on->context(), [tell = std::move(written)] { tell(false); });
        }
        return;
    }
    on_loop(state_->on,
            [on = state_->on, chunk = std::move(chunk), written = std::move(written)]() mutable {
                on->stream_chunk(chunk, std::move(written));
            });
}

void stream::end() {
    if (!std::exchange(state_->ended, true)) {
        on_loop(state_->on, [on = state_->on] { on->end_stream(true); });
    }
}

}  // namespace lastcall::http
