#include "agent/engine/engine.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>

#include "sys/process/process.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {

engine::engine(engine_options how, journal* book, events on)
    : how_(std::move(how)),
      book_(book),
      on_(std::move(on)),
      keeper_(loop_, std::move(how_.channel),
              {.told = [this](const message& what) { told(what); },
               .lost = [this] { keeper_stopped(); }}),
      host_{.loop = loop_,
            .aside = aside_,
            .keeper = keeper_,
            .book = book_,
            .where = how_.where,
            .init_program = how_.init_program,
            .changed = [this] { something_changed(); }},
      started_(wall_now()) {
    host_.journal_is_good = book_ != nullptr;
    if (book_ == nullptr) {
        return;
    }
    book_->on_append([this](const journal_row& row) {
        const std::lock_guard lock(followers_mutex_);
        for (const auto& listener : followers_) {
            listener(row);
        }
    });
}

engine::~engine() {
    if (book_ != nullptr) {
        book_->on_append({});
    }
    screen_.reset();
    services_.clear();
    aside_.join();
}

void engine::run() {
    keeper_.ask(
        message("hello").add("version", wire::keeper_protocol), [this](const message& welcome) {
            if (!welcome.is("welcome")) {
                throw std::runtime_error("the keeper refuses this agent: " + why_failed(welcome));
            }
            keeper_pid_ = static_cast<int>(welcome.number("pid").value_or(0));
            not_upgraded_ = welcome.text("not_upgraded");
        });
    const auto work = boost::asio::make_work_guard(loop_);
    loop_.run();
}

void engine::end() { loop_.stop(); }

void engine::told(const message& what) {
    const bool is_news = what.is("listener") && !services_.empty();
    if ((what.is("listener") && !is_news) || what.is("generation")) {
        found_.push_back(what);
        return;
    }
    if (what.is("ready")) {
        return took_over();
    }
    if (what.is("stopping")) {
        return keeper_stops(what);
    }
    if (what.is("stopped")) {
        return keeper_stopped();
    }
    const auto found = services_.find(std::string(what.text("service")));
    if (found == services_.end()) {
        return;
    }
    auto& of = *found->second;
    if (what.is("exited")) {
        of.on_exited(what);
    } else if (what.is("notify")) {
        of.on_notify(what);
    } else if (is_news) {
        of.on_listener(what);
    } else if (what.is("bound")) {
        of.on_bound(what);
    } else if (what.is("handover_problem")) {
        of.on_handover_problem(what);
    } else if (what.is("log_dropped")) {
        of.on_log_dropped(static_cast<std::uint64_t>(what.number("bytes").value_or(0)));
    }
}

void engine::keeper_stops(const message& what) {
    host_.is_stopping = true;
    const auto number = static_cast<int>(what.number("signal").value_or(0));
    actor who{.how = actor::kind::signal, .name = std::string(sys::signal_name(number))};
    if (const auto pid = what.number("pid"); pid && *pid != 0) {
        who.pid = static_cast<int>(*pid);
    }
    if (const auto uid = what.number("uid")) {
        who.uid = static_cast<std::uint32_t>(*uid);
    }
    if (who.pid == sys::current_process_id()) {
        return;  // it was asked for here, and is written down
    }
    host_.note({.kind = "stop_asked",
                .who = who,
                .fields = {{"how", "signal"},
                           {"sender", {{"command", std::string(what.text("command"))}}}}});
}

void engine::keeper_stopped() {
    if (host_.is_stopping) {
        host_.note({.kind = "agent_stopped", .fields = {{"reason", "asked"}}});
        keeper_.ask(message("quit"));
    }
    on_.over();
    loop_.stop();
}

void engine::degrade(std::string what) {
    std::fprintf(stderr, "lastcall: %s\n", what.c_str());
    degraded_.push_back(std::move(what));
}

void engine::something_changed() {
    if (std::exchange(change_is_posted_, true)) {
        return;
    }
    boost::asio::post(loop_, [this] {
        change_is_posted_ = false;
        let_leave();
        start_what_can();
        tell_manager();
    });
}

/// A unit of Type=notify is active once nothing will change by itself; how it stands is told
/// again whenever that changes.
void engine::tell_manager() {
    if (host_.is_stopping) {
        return;
    }
    const bool was_settled = is_settled_;
    is_settled_ = is_settled_ || std::ranges::all_of(services_, [this](const auto& one) {
                      return is_at_rest(*one.second, 0);
                  });
    auto now = is_settled_ ? standing() : std::string();
    if (!is_settled_ || (was_settled && now == told_standing_)) {
        return;
    }
    message tell("tell_manager");
    if (!was_settled) {
        tell.add("line", "READY=1");
    }
    std::ranges::replace(now, '\n', ' ');
    tell.add("line", "STATUS=" + now);
    keeper_.ask(std::move(tell));
    told_standing_ = now;
    if (!was_settled && on_.settled) {
        on_.settled();
    }
}

/// Nothing will change by itself soon: it is up, or has tried and has to wait, or waits for one
/// that does not come up. Otherwise one service that fails would keep a unit from becoming active.
bool engine::is_at_rest(const service& one, std::size_t depth) const {
    const auto now = one.state();
    if (now != service_state::waiting) {
        return now == service_state::ready || now == service_state::unready ||
               now == service_state::failed || now == service_state::stopped;
    }
    if (one.restarts() > 0) {
        return true;
    }
    return depth < services_.size() && std::ranges::any_of(one.spec().after, [&](const auto& name) {
               const auto found = services_.find(name);
               return found != services_.end() && found->second->state() != service_state::ready &&
                      is_at_rest(*found->second, depth + 1);
           });
}

/// What `systemctl status` shows.
std::string engine::standing() const {
    std::size_t ready = 0;
    std::string failed;
    for (const auto& [name, one] : services_) {
        const auto now = one->state();
        ready += now == service_state::ready || now == service_state::deploying ? 1 : 0;
        if (now == service_state::failed || now == service_state::waiting) {
            const auto why = one->reason();
            failed += "; " + name + " is " + std::string(to_string(now)) +
                      (why.empty() ? "" : ": " + why);
        }
    }
    return std::to_string(ready) + " of " + std::to_string(services_.size()) + " services ready" +
           failed;
}

/// Those that are wanted, idle, and whose services before them are ready.
void engine::start_what_can() {
    if (host_.is_stopping) {
        return;
    }
    for (auto& [name, one] : services_) {
        if (leaving_.contains(name)) {
            continue;
        }
        std::string waits_for;
        for (const auto& before : one->spec().after) {
            const auto found = services_.find(before);
            const bool is_ready =
                found != services_.end() && (found->second->state() == service_state::ready ||
                                             found->second->state() == service_state::deploying);
            if (!is_ready) {
                waits_for = "it waits for " + before;
                break;
            }
        }
        if (!one->is_wanted() || !one->is_idle() || one->state() == service_state::failed) {
            one->set_waiting({});
            continue;
        }
        one->set_waiting(waits_for);
        if (waits_for.empty()) {
            one->start_first();
        }
    }
}

/// Those that the configuration has no longer: each is stopped when all that come after it are
/// gone, and forgotten with its sockets when it has ended.
void engine::let_leave() {
    if (host_.is_stopping) {
        return;
    }
    for (auto next = leaving_.begin(); next != leaving_.end();) {
        const auto name = next->first;
        const auto who = next++->second;
        auto& one = named(name);
        const bool is_needed = std::ranges::any_of(leaving_, [&, this](const auto& other) {
            const auto& after = named(other.first).spec().after;
            return std::ranges::find(after, name) != after.end();
        });
        if (is_needed) {
            continue;
        }
        if (one.is_wanted()) {
            one.stop(who);
        } else if (one.is_idle()) {
            one.close_all_sockets();
            services_.erase(name);
            leaving_.erase(name);
            send_stop_plan();
            something_changed();
        }
    }
}

service& engine::add(const service_spec& spec) {
    auto& made = services_[spec.name];
    made = std::make_unique<service>(host_, spec);
    return *made;
}

service& engine::named(const std::string& name) {
    const auto found = services_.find(name);
    if (found == services_.end()) {
        std::string names;
        for (const auto& [known, one] : services_) {
            names += (names.empty() ? "" : ", ") + known;
        }
        throw refusal(refusal::kind::not_found, "there is no service \"" + name + "\"",
                      names.empty() ? "none is configured" : "there are: " + names);
    }
    return *found->second;
}

agent_view engine::view() const {
    agent_view made;
    made.version = how_.version;
    made.pid = sys::current_process_id();
    made.keeper_pid = keeper_pid_;
    made.home = how_.where.state;
    made.started = started_;
    made.degraded = degraded_;
    if (!api_trouble_.empty()) {
        made.degraded.push_back(api_trouble_);
    }
    made.is_stopping = host_.is_stopping;
    made.journal_is_good = host_.journal_is_good;
    for (const auto& [name, one] : services_) {
        made.services.push_back(one->view());
    }
    return made;
}

}  // namespace lastcall::agent
