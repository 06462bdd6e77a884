// What a service asks of the keeper, and hears from it.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <optional>

#include "agent/engine/service.hpp"
#include "agent/engine/start_request.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

constexpr int terminate_signal = 15;  // SIGTERM

wire::keeper_message about(std::string_view word, const std::string& service,
                           std::int64_t generation) {
    wire::keeper_message made(word);
    made.add("service", service).add("generation", generation);
    return made;
}

/// "exited with 1", "was ended by SIGKILL".
std::string how_it_ended(const wire::keeper_message& told) {
    if (const auto number = told.number("signal")) {
        return "was ended by " + std::string(sys::signal_name(static_cast<int>(*number)));
    }
    const auto code = told.number("code");
    return code ? "exited with " + std::to_string(*code) : "ended, nobody knows how";
}

/// Of "EXTEND_TIMEOUT_USEC=5000000", sd_notify(3).
std::optional<std::chrono::nanoseconds> extension_of(std::string_view line) {
    constexpr std::string_view name = "EXTEND_TIMEOUT_USEC=";
    if (!line.starts_with(name)) {
        return std::nullopt;
    }
    const auto* const end = line.data() + line.size();
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(line.data() + name.size(), end, value);
    const std::chrono::microseconds asked(value);
    return error == std::errc{} && stop == end && asked > 0s && asked <= 24h
               ? std::optional<std::chrono::nanoseconds>(asked)
               : std::nullopt;
}

nlohmann::json exit_fields(const wire::keeper_message& told) {
    nlohmann::json made = nlohmann::json::object();
    for (const auto* name : {"code", "signal", "core", "oom_kills"}) {
        if (const auto value = told.number(name)) {
            made[name] = *value;
        }
    }
    if (const auto used = told.number("user_us")) {
        made["user_ms"] = *used / 1000;
    }
    if (const auto used = told.number("system_us")) {
        made["system_ms"] = *used / 1000;
    }
    if (const auto peak = told.number("peak_kb")) {
        made["peak_bytes"] = *peak * 1024;
    }
    if (told.has("last_line")) {
        auto line = nlohmann::json::parse(told.text("last_line"), nullptr, false);
        if (!line.is_discarded()) {
            made["last_line"] = std::move(line);
        }
    }
    return made;
}

/// What lastcall-init says of a stop that was late: who had to be killed, and why it had not
/// ended by then. Unset: all have ended by themselves.
std::optional<nlohmann::json> late_stop(const nlohmann::json& exited) {
    const auto line = exited.find("last_line");
    if (line == exited.end() || !line->is_object()) {
        return std::nullopt;
    }
    const auto count = line->value("killed_count", std::int64_t{0});
    const auto left = line->value("left", std::int64_t{0});
    if (count == 0 && left == 0) {
        return std::nullopt;
    }
    auto lines = nlohmann::json::array();
    const auto killed = line->value("killed", nlohmann::json::array());
    for (const auto& one : killed) {
        const auto why = one.value("why", "");
        lines.push_back("pid " + std::to_string(one.value("pid", 0)) + ", " +
                        one.value("command", "") + (why.empty() ? "" : ": " + why));
    }
    if (const auto more = count - static_cast<std::int64_t>(killed.size()); more > 0) {
        lines.push_back("and " + std::to_string(more) + " more");
    }
    if (left > 0) {
        lines.push_back(std::to_string(left) + " were still there after SIGKILL");
    }
    nlohmann::json made{{"lines", std::move(lines)}};
    if (line->contains("stop_ms")) {
        made["took_ms"] = line->at("stop_ms");
    }
    return made;
}

}  // namespace

void service::start_generation(generation& one, const outcome& then) {
    if (auto* old = find(current_); old != nullptr && old->lives && needs_gap(one.spec)) {
        after_gap_ = [this, number = one.number, then] { start_generation(made(number), then); };
        const std::string why =
            "generation " + std::to_string(current_) +
            " is stopped before the new one starts, and connections are refused in between: they "
            "cannot share " +
            (one.spec.sockets.empty() ? "their port" : one.spec.sockets.front().address);
        row("handover_problem", one.number, {{"reason", why}});
        if (!old->is_stopping) {
            tell_to_stop(*old, "deploy");
        }
        return;
    }
    open_sockets_of(one.spec, while_alive(alive_, [this, number = one.number,
                                                   then](const std::string& problem) {
                        auto* now = find(number);
                        if (now != nullptr) {
                            problem.empty() ? start_with_sockets(*now, then) : then(problem);
                        }
                    }));
}

/// An approval is for the program and all files that its command line names. Where none is needed,
/// such a file may be one that the program before writes: a log, a database.
void service::check_is_as_asked(const generation& one) {
    if (one.plan.digest.empty()) {
        throw std::runtime_error("what would run is gone since it was asked for");
    }
    if (!one.spec.deploy.needs_approval) {
        return;
    }
    if (one.digest != one.plan.digest) {
        throw std::runtime_error("what would run has changed since it was asked for");
    }
    const auto changed = verify_unchanged(one.plan, one.spec, inheritable_environment());
    if (!changed.empty()) {
        throw std::runtime_error(changed.front());
    }
}

void service::start_with_sockets(generation& one, const outcome& then) {
    wire::keeper_message request("start");
    try {
        check_is_as_asked(one);
        request = make_start_request(one, addresses_, host_);
    } catch (const std::exception& e) {
        return boost::asio::post(host_.loop, [then, why = std::string(e.what())] { then(why); });
    }
    std::vector<int> descriptors;
    if (!one.plan.is_script) {
        descriptors.push_back(one.plan.held->fd());
    }
    one.started = boot_now();
    one.started_at = wall_now();
    host_.keeper.ask(
        std::move(request),
        while_alive(alive_,
                    [this, number = one.number, then](const wire::keeper_message& answer) {
                        auto* started = find(number);
                        if (started == nullptr) {
                            return;
                        }
                        if (!answer.is("done")) {
                            return then(why_failed(answer));
                        }
                        started->pid = static_cast<int>(answer.number("pid").value_or(0));
                        started->start_time =
                            static_cast<std::uint64_t>(answer.number("start_time").value_or(0));
                        started->lives = true;
                        for (const auto& text : answer.all("degraded")) {
                            note_degraded(text);
                        }
                        row("generation_started", number,
                            started_fields(*started, std::string(answer.text("handover"))));
                        then({});
                    }),
        descriptors);
}

void service::tell_to_stop(generation& one, std::string_view how, const actor& who) {
    if (!one.is_stopping) {
        row("stop_asked", one.number,
            {{"how", how}, {"grace_ms", one.spec.stop.grace / 1ms}, {"reason", reason_}}, who);
    }
    one.is_stopping = true;
    one.is_ready = false;
    host_.keeper.ask(about("signal", name(), one.number).add("signal", terminate_signal));
}

void service::on_exited(const wire::keeper_message& told) {
    const auto number = told.number("generation").value_or(0);
    auto fields = exit_fields(told);
    auto* one = find(number);
    const bool asked = one != nullptr && one->is_stopping;
    fields["asked"] = asked || !is_wanted_ || host_.is_stopping;
    if (one != nullptr) {
        fields["ran_ms"] = (boot_now() - one->started) / 1ms;
    }
    if (auto late = late_stop(fields)) {
        row("stop_report", number, *std::move(late));
    }
    row("generation_exited", number, fields);
    host_.keeper.ask(about("forget", name(), number));
    if (one == nullptr || !std::exchange(one->lives, false)) {
        return;
    }
    one->is_ready = false;
    const bool failed = told.has("signal") || told.number("code").value_or(0) != 0;
    const std::string how = how_it_ended(told);
    if (auto go_on = std::exchange(after_gap_, {})) {
        go_on();
    }
    if (is_recovering_) {
        return;  // it is looked at in a moment
    }
    if (replacement_ &&
        (number == replacement_->view().to || number == replacement_->view().from)) {
        replacement_->generation_exited(number, how);
    } else if (number == current_) {
        reason_ = "generation " + std::to_string(number) + " " + how;
        current_ended(*one, failed);
    }
    if (!replacement_) {
        forget_gone();
    }
    host_.changed();
}

void service::on_notify(const wire::keeper_message& told) {
    const auto number = told.number("generation").value_or(0);
    auto* one = find(number);
    if (one == nullptr) {
        return;
    }
    for (const auto& line : told.all("line")) {
        if (line == "READY=1") {
            one->is_ready = true;
        } else if (line.starts_with("STATUS=")) {
            one->status = line.substr(7);
        } else if (const auto more = extension_of(line); more && replacement_) {
            replacement_->generation_needs(number, *more);
        }
    }
    if (replacement_) {
        replacement_->generation_notified(number);
    }
}

void service::on_bound(const wire::keeper_message& told) {
    if (auto* one = find(told.number("generation").value_or(0))) {
        one->bound.emplace(told.text("socket"));
    }
}

void service::on_listener(const wire::keeper_message& told) {
    addresses_[std::string(told.text("socket"))] = told.text("address");
    host_.changed();
}

void service::on_handover_problem(const wire::keeper_message& told) {
    note_degraded(std::string(told.text("why")));
    row("handover_problem", told.number("generation").value_or(0), {{"reason", told.text("why")}});
}

/// Each once: every generation meets the same.
void service::note_degraded(const std::string& text) {
    if (std::ranges::find(degraded_, text) == degraded_.end()) {
        degraded_.push_back(text);
    }
}

void service::on_log_dropped(std::uint64_t bytes) { log_dropped_ += bytes; }

}  // namespace lastcall::agent
