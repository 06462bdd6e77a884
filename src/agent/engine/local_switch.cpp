// New connections are moved among the keeper's sockets.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sstream>

#include "agent/engine/traffic_switch.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

// A connection that waits in the old one's queue is accepted in microseconds, or never.
constexpr auto queue_look = 2ms;
constexpr int queue_looks = 1000;

class local_switch final : public traffic_switch {
public:
    local_switch(host& at, const service_spec& of,
                 const std::map<std::string, std::string>& addresses)
        : host_(at), name_(of.name), addresses_(addresses), sockets_(of.sockets), timer_(at.loop) {}

    void check(outcome then) override { then({}, {}); }

    void move_to(const generation& to, outcome then) override {
        host_.keeper.ask(
            about("steer", to.number),
            while_alive(alive_, [then = std::move(then)](const wire::keeper_message& answer) {
                if (!answer.is("done")) {
                    return then(why_failed(answer), {});
                }
                const auto took = answer.number("took_ns").value_or(0);
                nlohmann::json fields{{"took_ms", static_cast<double>(took) / 1e6}};
                if (const auto at = answer.number("at_ns")) {
                    fields["since_boot_ns"] = *at;
                }
                then({}, std::move(fields));
            }));
    }

    /// Connections that came before the steering are its own: it accepts them before it is told.
    void empty(const generation& left, bool, outcome then) override {
        look_at_queue(left.number, queue_looks, then);
    }

    void look(const generation* from, const generation* to,
              std::function<void(side)> then) override {
        then(to != nullptr && to->is_steered       ? side::to_new
             : from != nullptr && from->is_steered ? side::to_old
                                                   : side::unknown);
    }

    void hold_at(const generation*) override {}  // the keeper does, whatever happens

    [[nodiscard]] probe_ways ways_to(const generation* one) const override {
        if (sockets_.empty()) {
            return {};
        }
        auto ways = ways_to(one, sockets_.front());
        for (std::size_t i = 1; i < sockets_.size(); ++i) {
            ways.others.push_back(ways_to(one, sockets_[i]));
        }
        ways.refresh = while_alive(alive_, [this](probe_ways& now) {
            now.address = address_of(sockets_.front());
            now.environment["LASTCALL_SOCKET"] = now.address;
            for (std::size_t i = 0; i < now.others.size(); ++i) {
                now.others[i].address = address_of(sockets_[i + 1]);
            }
        });
        return ways;
    }

private:
    [[nodiscard]] probe_ways ways_to(const generation* one, const socket_spec& socket) const {
        probe_ways ways;
        ways.address = address_of(socket);
        if (one == nullptr || socket.how == handover::none) {
            return ways;
        }
        const auto number = one->number;
        ways.open_path = while_alive(alive_, [this, number, name = socket.name](std::uint16_t port,
                                                                                const auto& go) {
            auto ask = about("probe_path", number);
            ask.add("socket", name).add("port", port);
            host_.keeper.ask(std::move(ask), [go](const wire::keeper_message& answer) {
                go(answer.is("done") ? std::string(answer.text("address")) : why_failed(answer));
            });
        });
        ways.has_accepted =
            while_alive(alive_, [this, number](const auto& then) { ask_queue(number, then); });
        return ways;
    }

    /// As bound; of a port alone, "tcp:8080" until the program has bound it.
    [[nodiscard]] std::string address_of(const socket_spec& socket) const {
        const auto bound = addresses_.find(socket.name);
        return bound == addresses_.end() ? socket.address : bound->second;
    }

    [[nodiscard]] wire::keeper_message about(std::string_view word, std::int64_t generation) const {
        wire::keeper_message made(word);
        made.add("service", name_).add("generation", generation);
        return made;
    }

    void look_at_queue(std::int64_t number, int looks_left, const outcome& then) {
        ask_queue(number, while_alive(alive_, [this, number, looks_left, then](bool is_empty) {
                      if (is_empty || looks_left == 0) {
                          return then({}, {});
                      }
                      look_later(number, looks_left - 1, then);
                  }));
    }

    void look_later(std::int64_t number, int looks_left, const outcome& then) {
        timer_.expires_after(queue_look);
        timer_.async_wait(while_alive(
            alive_, [this, number, looks_left, then](boost::system::error_code cancelled) {
                if (!cancelled) {
                    look_at_queue(number, looks_left, then);
                }
            }));
    }

    /// Calls back whether no connection waits for it.
    void ask_queue(std::int64_t number, const std::function<void(bool is_empty)>& then) const {
        wire::keeper_message ask("queues");
        ask.add("service", name_);
        host_.keeper.ask(std::move(ask), [number, then](const wire::keeper_message& answer) {
            bool is_empty = true;
            for (const auto& queue : answer.all("queue")) {  // SOCKET GENERATION WAITING …
                std::istringstream words(queue);
                std::string socket, waiting, handshakes;
                std::int64_t generation = 0;
                words >> socket >> generation >> waiting >> handshakes;
                if (generation == number && (waiting != "0" || handshakes != "0")) {
                    is_empty = waiting == "?";
                }
            }
            then(is_empty);
        });
    }

    host& host_;
    std::string name_;
    const std::map<std::string, std::string>& addresses_;
    const std::vector<socket_spec> sockets_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace

std::unique_ptr<traffic_switch> make_local_switch(
    host& at, const service_spec& of, const std::map<std::string, std::string>& addresses) {
    return std::make_unique<local_switch>(at, of, addresses);
}

}  // namespace lastcall::agent
