#include "agent/engine/probe_try.hpp"

#include <filesystem>

#include "agent/engine/connecting_try.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::agent {
namespace {

/// A command that ends with 0; killed, with all that it has started, when it is late.
class command_try : public one_try {
public:
    command_try(asio::io_context& loop, asio::thread_pool& aside, const check_spec& what,
                const probe_ways& ways, probe_answer answer)
        : one_try(loop, what, std::move(answer)), aside_(aside), environment_(ways.environment) {}

protected:
    void start() override {
        asio::post(aside_, [alive = std::static_pointer_cast<command_try>(shared_from_this())] {
            alive->end_later(run(alive->what_, alive->environment_));
        });
    }

private:
    static std::string run(const check_spec& what,
                           const std::map<std::string, std::string>& environment) {
        try {
            sys::start_request request;
            request.argv = what.command;
            for (const auto& [name, value] : environment) {
                request.environment.push_back(name + "=" + value);
            }
            sys::started_process process(request);
            std::string last_line;
            const bool has_ended = process.wait(std::chrono::steady_clock::now() + what.timeout,
                                                [&](std::string_view line) { last_line = line; });
            if (!has_ended) {
                return "the command did not end in time";
            }
            const auto end = process.end();
            if (end && end->signal == 0 && end->code == 0) {
                return {};
            }
            std::string problem =
                !end ? "the command's end is not known"
                : end->signal != 0
                    ? "the command was ended by signal " + std::to_string(end->signal)
                    : "the command ended with " + std::to_string(end->code);
            return last_line.empty() ? problem : problem + ": " + last_line;
        } catch (const std::exception& e) {
            return e.what();
        }
    }

    asio::thread_pool& aside_;
    const std::map<std::string, std::string> environment_;
};

class file_try : public one_try {
public:
    using one_try::one_try;

protected:
    void start() override {
        std::error_code ignored;
        end_later(std::filesystem::exists(what_.target, ignored) ? ""
                                                                 : what_.target + " is not there");
    }
};

/// A connection to one socket after the other: it is good when each has accepted.
class each_try : public one_try {
public:
    each_try(asio::io_context& loop, const check_spec& what, const probe_ways& ways,
             probe_answer answer)
        : one_try(loop, what, std::move(answer)), ways_(ways.others) {
        ways_.insert(ways_.begin(), ways);
        ways_.front().others.clear();
    }

protected:
    void start() override {
        const auto& next = ways_.at(done_);
        running_ = make_tcp_try(loop_, what_, next, next.address,
                                [alive = std::weak_ptr(std::static_pointer_cast<each_try>(
                                     shared_from_this()))](const std::string& problem) {
                                    if (const auto self = alive.lock(); self && !self->is_over()) {
                                        self->take(problem);
                                    }
                                });
        running_->begin();
    }

    void stop() override {
        if (running_) {
            running_->call_off();
        }
    }

    [[nodiscard]] std::string too_late() const override {
        return ways_.at(done_).address + ": it does not accept connections";
    }

private:
    void take(const std::string& problem) {
        const auto before = std::exchange(running_, nullptr);  // it is its callback that runs
        if (!problem.empty()) {
            return end(ways_.at(done_).address + ": " + problem);
        }
        if (done_ + 1 == ways_.size()) {
            return end({});
        }
        ++done_;
        start();
    }

    std::vector<probe_ways> ways_;
    std::size_t done_ = 0;
    std::shared_ptr<one_try> running_;
};

/// What cannot be asked this way.
class no_try : public one_try {
public:
    no_try(asio::io_context& loop, const check_spec& what, std::string why, probe_answer answer)
        : one_try(loop, what, std::move(answer)), why_(std::move(why)) {}

protected:
    void start() override { end_later(why_); }

private:
    std::string why_;
};

std::shared_ptr<one_try> make_try(asio::io_context& loop, asio::thread_pool& aside,
                                  const check_spec& what, const probe_ways& ways,
                                  probe_answer answer) {
    switch (what.how) {
        case check_spec::kind::http: {
            http_target target;
            std::string why;
            if (read_http_target(what.target, ways.address, target, why)) {
                return make_http_try(loop, what, ways, target, std::move(answer));
            }
            return std::make_shared<no_try>(loop, what, why, std::move(answer));
        }
        case check_spec::kind::tcp:
            if (what.target.empty() && !ways.others.empty()) {
                return std::make_shared<each_try>(loop, what, ways, std::move(answer));
            }
            return make_tcp_try(loop, what, ways, what.target.empty() ? ways.address : what.target,
                                std::move(answer));
        case check_spec::kind::command:
            return std::make_shared<command_try>(loop, aside, what, ways, std::move(answer));
        case check_spec::kind::file:
            return std::make_shared<file_try>(loop, what, std::move(answer));
        case check_spec::kind::automatic:
        case check_spec::kind::notify:
        case check_spec::kind::none:
            break;
    }
    return std::make_shared<no_try>(loop, what, "", std::move(answer));
}

}  // namespace

bool read_http_target(std::string_view text, std::string_view address, http_target& into,
                      std::string& why) {
    if (text.starts_with("http://")) {
        const auto rest = text.substr(7);
        const auto slash = rest.find('/');
        into.host = rest.substr(0, slash);
        into.path = slash == std::string_view::npos ? "/" : rest.substr(slash);
        into.address = "tcp:" + into.host;
        if (!is_tcp_address(into.host)) {
            why = "\"" + into.host + "\" is no numeric address with a port";
            return false;
        }
        return true;
    }
    if (!text.starts_with('/')) {
        why = "\"" + std::string(text) + "\" is neither a path nor an http:// URL";
        return false;
    }
    if (address.empty()) {
        why = "there is no socket to ask for " + std::string(text) + "; write a whole http:// URL";
        return false;
    }
    into.path = text;
    into.address = address;
    into.host = address.starts_with("unix:") ? "localhost" : std::string(address.substr(4));
    return true;
}

std::shared_ptr<void> try_probe(asio::io_context& loop, asio::thread_pool& aside,
                                const check_spec& what, const probe_ways& ways,
                                probe_answer answer) {
    auto made = make_try(loop, aside, what, ways, std::move(answer));
    made->begin();
    return {made.get(), [made](void*) { made->call_off(); }};
}

}  // namespace lastcall::agent
