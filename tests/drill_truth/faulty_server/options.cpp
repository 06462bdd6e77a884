#include "options.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace faulty {
namespace {

constexpr std::array names{
    std::pair{fault::none, "none"},
    std::pair{fault::reset_before_response, "reset_before_response"},
    std::pair{fault::reset_unread, "reset_unread"},
    std::pair{fault::fin_before_response, "fin_before_response"},
    std::pair{fault::cut_head, "cut_head"},
    std::pair{fault::cut_body_length, "cut_body_length"},
    std::pair{fault::cut_body_length_reset, "cut_body_length_reset"},
    std::pair{fault::cut_body_chunked, "cut_body_chunked"},
    std::pair{fault::cut_body_chunked_reset, "cut_body_chunked_reset"},
    std::pair{fault::status_503, "status_503"},
    std::pair{fault::status_500, "status_500"},
    std::pair{fault::status_404, "status_404"},
    std::pair{fault::hang_first, "hang_first"},
    std::pair{fault::hang_body, "hang_body"},
    std::pair{fault::ok_then_reset, "ok_then_reset"},
    std::pair{fault::garbage, "garbage"},
    std::pair{fault::tls_no_notify, "tls_no_notify"},
    std::pair{fault::idle_close, "idle_close"},
    std::pair{fault::idle_race, "idle_race"},
    std::pair{fault::idle_race_close, "idle_race_close"},
    std::pair{fault::lost_effect, "lost_effect"},
    std::pair{fault::unclaimed_effect, "unclaimed_effect"},
    std::pair{fault::ws_1006, "ws_1006"},
    std::pair{fault::ws_1011, "ws_1011"},
    std::pair{fault::no_goaway, "no_goaway"},
    std::pair{fault::goaway_error, "goaway_error"},
    std::pair{fault::h2_promised_lost, "h2_promised_lost"},
    std::pair{fault::accept_queue_dropped, "accept_queue_dropped"},
    std::pair{fault::listener_closed_early, "listener_closed_early"},
    std::pair{fault::slow_readiness, "slow_readiness"},
    std::pair{fault::no_close_announced, "no_close_announced"},
    std::pair{fault::ignores_signal, "ignores_signal"},
    std::pair{fault::late_exit, "late_exit"},
    std::pair{fault::exit_code, "exit_code"},
    std::pair{fault::leaves_child, "leaves_child"},
    std::pair{fault::leaves_socket_file, "leaves_socket_file"},
    std::pair{fault::silent_blocks, "silent_blocks"},
};

std::optional<fault> fault_from(std::string_view name) {
    for (const auto& [value, text] : names) {
        if (name == text) {
            return value;
        }
    }
    return std::nullopt;
}

template <class Number>
Number number(std::string_view flag, std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw usage_error(std::string(flag) + ": '" + std::string(text) + "' is no such number");
    }
    return value;
}

bool take_text(std::string_view flag, std::string_view text, options& into) {
    if (flag == "--fault") {
        const auto value = fault_from(text);
        if (!value) {
            throw usage_error("--fault: there is no fault '" + std::string(text) + "'");
        }
        into.what = *value;
    } else if (flag == "--when") {
        if (text != "always" && text != "after") {
            throw usage_error("--when: always or after, not '" + std::string(text) + "'");
        }
        into.after_signal_only = text == "after";
    } else if (flag == "--target") {
        into.target = text;
    } else if (flag == "--truth") {
        into.truth = text;
    } else if (flag == "--orders") {
        into.orders = text;
    } else if (flag == "--socket-file") {
        into.socket_file = text;
    } else {
        return false;
    }
    return true;
}

bool take_number(std::string_view flag, std::string_view text, options& into) {
    const std::array<std::pair<std::string_view, std::chrono::milliseconds*>, 8> durations{{
        {"--work-ms", &into.work},
        {"--lame-duck-ms", &into.lame_duck},
        {"--idle-grace-ms", &into.idle_grace},
        {"--patience-ms", &into.patience},
        {"--late-ms", &into.late},
        {"--unready-after-ms", &into.unready_after},
        {"--queue-for-ms", &into.queue_for},
        {"--idle-for-ms", &into.idle_for},
    }};
    for (const auto& [name, where] : durations) {
        if (flag == name) {
            *where = std::chrono::milliseconds(number<std::int64_t>(flag, text));
            return true;
        }
    }
    if (flag == "--every") {
        into.every = number<std::uint64_t>(flag, text);
    } else if (flag == "--port") {
        into.port = number<std::uint16_t>(flag, text);
    } else if (flag == "--code") {
        into.code = number<int>(flag, text);
    } else {
        return false;
    }
    return true;
}

}  // namespace

std::string_view to_string(fault value) noexcept {
    for (const auto& [one, text] : names) {
        if (one == value) {
            return text;
        }
    }
    return "?";
}

bool strikes_requests(fault value) noexcept {
    return value >= fault::reset_before_response && value <= fault::unclaimed_effect;
}

options read_options(int count, char** arguments) {
    options made;
    for (int i = 1; i < count; ++i) {
        const std::string_view flag = arguments[i];
        if (flag == "--tls") {
            made.uses_tls = true;
            continue;
        }
        if (i + 1 == count) {
            throw usage_error(std::string(flag) + ": unknown, or its value is missing");
        }
        const std::string_view text = arguments[++i];
        if (!take_text(flag, text, made) && !take_number(flag, text, made)) {
            throw usage_error("there is no flag " + std::string(flag));
        }
    }
    if (made.truth.empty()) {
        throw usage_error("--truth FILE is missing: what happens has to be written somewhere");
    }
    if (made.every == 0) {
        throw usage_error("--every: 1 strikes each request; 0 is none");
    }
    if (made.uses_tls && made.what == fault::reset_unread) {
        throw usage_error("reset_unread: an encrypted request cannot be known without reading it");
    }
    if (!made.uses_tls && made.what == fault::tls_no_notify) {
        throw usage_error("tls_no_notify needs --tls");
    }
    return made;
}

}  // namespace faulty
