// How a connection talks: one question and its answers, while another thread may say
// that it is time to stop waiting.
#include "adapters/postgres/connection.hpp"

#include <algorithm>
#include <utility>

#include "adapters/postgres/sys_socket_wait.hpp"
#include "sys/event_fd.hpp"

namespace lastcall::detail {
namespace {

std::string trimmed(const char* message) {
    std::string text = message == nullptr ? "" : message;
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

bool failed(const PGresult* result) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            return false;
        default:
            return true;
    }
}

[[noreturn]] void throw_result(const PGresult* result, std::string_view sql) {
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    throw postgres_error(
        state == nullptr ? no_connection : state,
        "postgres: " + trimmed(PQresultErrorMessage(result)) + " in: " + std::string(sql),
        std::string(sql));
}

}  // namespace

std::shared_ptr<const postgres_result> postgres_connection::ask(
    const char* sql, std::span<const postgres_param> params, bool single) {
    if (connection_ == nullptr) {
        throw postgres_error(no_connection,
                             std::string("postgres: the connection was lost before: ") + sql, sql);
    }
    send(sql, params, single);
    answer got = receive(sql);
    if (failed(got->get())) {
        const bool lost = PQstatus(connection_) == CONNECTION_BAD;
        if (lost) {
            close();
            // The server's last word (57P01: it shuts down) must count as a loss.
            throw postgres_error(
                no_connection,
                "postgres: " + trimmed(PQresultErrorMessage(got->get())) + " in: " + sql, sql);
        }
        throw_result(got->get(), sql);
    }
    return got;
}

void postgres_connection::send(const char* sql, std::span<const postgres_param> params,
                               bool single) {
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const postgres_param& one : params) {
        values.push_back(one.c_str());
    }
    // The extended protocol takes exactly one statement; the simple one takes a script.
    const int sent = single ? PQsendQueryParams(connection_, sql, static_cast<int>(values.size()),
                                                nullptr, values.data(), nullptr, nullptr, 0)
                            : PQsendQuery(connection_, sql);
    if (sent == 0) {
        throw_last(sql, no_connection);
    }
    for (;;) {
        const int left = PQflush(connection_);
        if (left == 0) {
            return;
        }
        // The server may want to be read before it reads on.
        if (left < 0 || !wait(true) || PQconsumeInput(connection_) == 0) {
            lose(sql);
        }
    }
}

postgres_connection::answer postgres_connection::receive(const std::string& sql) {
    answer worst;
    for (;;) {
        while (PQisBusy(connection_) != 0) {
            if (!wait(false)) {
                lose(sql);
            }
            if (PQconsumeInput(connection_) == 0) {
                break;  // PQgetResult now tells what happened
            }
        }
        PGresult* const result = PQgetResult(connection_);
        if (result == nullptr) {
            break;
        }
        const auto status = PQresultStatus(result);
        auto owned = std::make_shared<const postgres_result>(result);
        if (!worst || !failed(worst->get())) {
            worst = std::move(owned);
        }
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            close();
            throw postgres_error("0A000", "postgres: COPY cannot be used here: " + sql, sql);
        }
    }
    if (!worst) {
        lose(sql);
    }
    return worst;
}

// Returns false when the answer did not come in the time that a force leaves.
bool postgres_connection::wait(bool also_write) {
    for (;;) {
        const auto got = wait_for_socket(PQsocket(connection_), also_write,
                                         told_ ? -1 : event_.get(), give_up_at_);
        if (got.ready) {
            return true;
        }
        if (!got.told) {
            return false;
        }
        told_ = true;
        give_up_at_ = std::min(give_up_at_, clock::now() + *options_.force_wait);
    }
}

bool postgres_connection::wait_notification() {
    for (;;) {
        std::unique_ptr<PGnotify, decltype(&PQfreemem)> word(PQnotifies(connection_), &PQfreemem);
        if (word) {
            while (PGnotify* const more = PQnotifies(connection_)) {
                PQfreemem(more);
            }
            return true;
        }
        if (!pause(std::chrono::hours(24))) {
            return false;
        }
        if (PQconsumeInput(connection_) == 0) {
            throw_last("LISTEN", no_connection);
        }
    }
}

bool postgres_connection::pause(std::chrono::milliseconds how_long) noexcept {
    const int socket = connection_ == nullptr ? -1 : PQsocket(connection_);
    return !wait_for_socket(socket, false, event_.get(), clock::now() + how_long).told;
}

void postgres_connection::stop_listening() noexcept { sys::signal_event(event_.get()); }

void postgres_connection::lose(std::string_view sql) {
    const std::string reason = trimmed(PQerrorMessage(connection_));
    const std::string why = told_            ? "forced, and the server did not answer in time"
                            : reason.empty() ? "the server did not answer in time"
                                             : reason;
    close();
    throw postgres_error(told_ ? query_canceled : no_connection,
                         "postgres: " + why + " in: " + std::string(sql), std::string(sql));
}

void postgres_connection::throw_last(std::string_view sql, const char* fallback_state) {
    const std::string why = trimmed(PQerrorMessage(connection_));
    close();
    throw postgres_error(fallback_state, "postgres: " + why + " in: " + std::string(sql),
                         std::string(sql));
}

}  // namespace lastcall::detail
