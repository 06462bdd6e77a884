#include "init/service_status.hpp"

#include <array>

#include "sys/socket/status_client.hpp"
#include "wire/status_message.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;

// Touched only while somebody is asked.
std::array<char, wire::largest_status> memory;

void append_name(std::string_view name, core::text_sink& into) noexcept {
    for (const char c : name) {
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        into << (is_control ? '?' : c);
    }
}

/// To a tenth of a second: more digits say nothing about what hangs.
std::chrono::milliseconds rounded(std::chrono::milliseconds age) noexcept {
    return age < 1s ? age : age / 100 * 100;
}

/// One gate with what is inside, "http 3 (GET /slow 12.1s on thread 123, 2 more)".
class gate_list {
public:
    explicit gate_list(core::text_sink& into) noexcept : into_(into) {}
    gate_list(const gate_list&) = delete;
    gate_list& operator=(const gate_list&) = delete;

    void gate(const wire::status_line& line) noexcept {
        end_gate();
        is_inside_ = line.count > 0;
        if (is_inside_) {
            into_ << (is_first_ ? "in flight: " : "; ");
            append_name(line.name, into_);
            into_ << ' ' << line.count << (line.is_open ? ", still open" : "");
            is_first_ = false;
        }
    }
    void pass(const wire::status_line& line) noexcept {
        if (begin_item()) {
            append_name(line.name.empty() ? "(no label)" : line.name, into_);
            into_ << ' ' << rounded(line.time) << " on thread " << line.thread;
        }
    }
    void more(const wire::status_line& line) noexcept {
        if (begin_item()) {
            into_ << line.count << (has_passes_ ? " more" : " without a label");
        }
    }
    void end() noexcept {
        end_gate();
        if (!is_first_) {
            into_ << '\n';
        }
    }

private:
    bool begin_item() noexcept {
        if (is_inside_) {
            into_ << (is_open_ ? ", " : " (");
            has_passes_ = is_open_;
            is_open_ = true;
        }
        return is_inside_;
    }
    void end_gate() noexcept {
        into_ << (is_open_ ? ")" : "");
        is_open_ = false;
        has_passes_ = false;
    }

    core::text_sink& into_;
    bool is_first_ = true;
    bool is_inside_ = false;   ///< the gate that was begun is listed
    bool is_open_ = false;     ///< the bracket is
    bool has_passes_ = false;  ///< something came before this item
};

/// "orders is draining, 2.5s to its deadline"
class headline {
public:
    explicit headline(core::text_sink& into) noexcept : into_(into) {}
    headline(const headline&) = delete;
    headline& operator=(const headline&) = delete;

    void service(std::string_view name) noexcept {
        append_name(name, into_);
        is_begun_ = true;
    }
    void state(std::string_view word) noexcept {
        into_ << (is_begun_ ? " is " : "the service is ");
        append_name(word, into_);
        is_begun_ = true;
    }
    void remaining(std::chrono::milliseconds left) noexcept {
        into_ << (is_begun_ ? ", " : "");
        if (left < 0ms) {
            into_ << rounded(-left) << " past its deadline";
        } else {
            into_ << rounded(left) << " to its deadline";
        }
        is_begun_ = true;
    }
    void end() noexcept {
        into_ << (is_begun_ ? "\n" : "");
        is_begun_ = false;
    }

private:
    core::text_sink& into_;
    bool is_begun_ = false;
};

void append_step(const wire::status_line& line, core::text_sink& into) noexcept {
    append_name(line.step, into);
    into << " of ";
    append_name(line.name, into);
    into << " runs since " << rounded(line.time) << ", share " << rounded(line.share) << '\n';
}

}  // namespace

bool append_status(std::span<char> answer, core::text_sink& into) noexcept {
    wire::status_reader lines(answer);
    if (!lines.is_understood()) {
        into << "it answers in a protocol that is not understood\n";
        return false;
    }
    headline head(into);
    gate_list gates(into);
    bool is_whole = false;
    bool is_cut = false;
    for (wire::status_line line; lines.next(line);) {
        switch (line.word) {
            case wire::status_word::service:
                head.service(line.name);
                break;
            case wire::status_word::state:
                head.state(line.name);
                break;
            case wire::status_word::remaining:
                head.remaining(line.time);
                break;
            case wire::status_word::step:
                head.end();
                append_step(line, into);
                break;
            case wire::status_word::degraded:
                head.end();
                into << "degraded: ";
                append_name(line.name, into);
                into << '\n';
                break;
            case wire::status_word::gate:
                head.end();
                gates.gate(line);
                break;
            case wire::status_word::pass:
                gates.pass(line);
                break;
            case wire::status_word::more:
                gates.more(line);
                break;
            case wire::status_word::cut:
                is_cut = true;
                break;
            case wire::status_word::end:
                is_whole = true;
                break;
        }
    }
    head.end();
    gates.end();
    if (is_cut || !is_whole) {
        into << "and more, which did not fit\n";
    }
    return true;
}

bool append_in_flight(int pid, std::chrono::nanoseconds until, core::text_sink& into) noexcept {
    const sys::status_answer got = sys::ask_status(pid, wire::in_flight_request, memory, until);
    if (got.outcome == sys::status_outcome::answered) {
        return append_status(std::span(memory).first(got.size), into);
    }
    if (got.outcome != sys::status_outcome::no_socket) {
        into << "what is in flight is not known: " << to_string(got.outcome) << '\n';
    }
    return false;
}

}  // namespace lastcall::init
