#include "init/block_report.hpp"

#include <algorithm>
#include <array>

#include "doctor/stop_evidence.hpp"
#include "sys/clock.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::init {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t table_size = 1U << 16U;
constexpr std::size_t peers_at_most = 6;
constexpr std::size_t children_looked_at = 4;
constexpr std::size_t deepest_indent = 12;

std::string_view name_of(char state) noexcept {
    switch (state) {
        case 'R':
            return "running";
        case 'S':
            return "sleeping";
        case 'D':
            return "in uninterruptible sleep";
        case 'T':
            return "stopped";
        case 't':
            return "held by a debugger";
        case 'Z':
            return "dead, not reaped";
        case 'I':
            return "idle";
        default:
            return "state unknown";
    }
}

class report {
public:
    report(const block_report_request& request, const line_writer& writer,
           std::span<blocked_process> into) noexcept
        : request_(request), writer_(writer), into_(into) {}

    block_report_result write() noexcept {
        const sys::scratch_memory memory(table_size * sizeof(sys::process_entry));
        std::array<sys::process_entry, 16> few;
        const nanoseconds now = sys::monotonic_now();
        auto table = memory.as<sys::process_entry>(table_size);
        if (table.empty()) {
            table = few;
        }
        const sys::descendants left =
            sys::find_descendants(request_.root, table, now + (request_.deadline - now) / 2);
        found_ = table.first(left.count);
        result_.processes = left.count;
        is_cut_ = left.is_cut;
        write_head();

        std::size_t at = 0;
        while (at < found_.size()) {
            if (result_.described == request_.processes_at_most) {
                break;
            }
            if (sys::monotonic_now() >= request_.deadline) {
                out_of_time_ = true;
                break;
            }
            describe(found_[at]);
            ++result_.described;
            at = sys::next_in_tree(found_, at);
        }
        result_.is_complete = result_.described == found_.size() && !left.is_cut && !something_cut_;
        write_tail();
        return result_;
    }

private:
    void write_head() noexcept {
        if (found_.empty()) {
            line(0) << (is_cut_ ? "what is left was not looked at: out of time"
                                : "no process is left");
        } else {
            line(0) << (is_cut_ ? "more than " : "") << found_.size()
                    << (found_.size() == 1 ? " process has" : " processes have")
                    << " not stopped, and will be killed:";
        }
        put();
    }

    void write_tail() noexcept {
        const std::size_t rest = found_.size() - result_.described;
        if (rest > 0) {
            line(0) << "… and " << (is_cut_ ? "at least " : "") << grouped(rest)
                    << (rest == 1 ? " more process" : " more processes")
                    << (out_of_time_ ? ", not looked at: out of time" : "");
            put();
        }
    }

    void describe(const sys::process_entry& entry) noexcept {
        const std::size_t indent = std::min<std::size_t>(entry.depth, deepest_indent) + 1;
        std::array<int, children_looked_at> children{};
        const std::size_t named = doctor::children_of(entry, found_, children);
        const nanoseconds now = sys::monotonic_now();
        const doctor::stop_question question{
            .stop_signal = request_.stop_signal,
            .stop_signal_name = request_.stop_signal_name,
            .reaper = request_.root,
            .until = now + (request_.deadline - now) / 4,
            .children = std::span(children).first(named),
            .child_count = entry.children,
        };
        if (!subject_.read(entry.pid, question)) {
            line(indent) << "pid " << entry.pid << ": gone meanwhile";
            put();
            return;
        }
        add_what_we_sent(entry);
        write_process(indent);
        write_sockets(indent + 1);
        write_status(entry, indent + 1);
        write_why(indent + 1);
    }

    void add_what_we_sent(const sys::process_entry& entry) noexcept {
        core::stop_facts& facts = subject_.facts();
        const auto main = std::find_if(
            found_.begin(), found_.end(),
            [&](const sys::process_entry& one) { return one.pid == request_.main_pid; });
        const bool in_group = main != found_.end() && main->pgid == entry.pgid;
        facts.was_signalled = request_.who == signalled::tree || entry.pid == request_.main_pid ||
                              (request_.who == signalled::group && in_group);
        facts.left_session = request_.who == signalled::group && !in_group;
    }

    void write_process(std::size_t indent) noexcept {
        const core::stop_facts& facts = subject_.facts();
        line(indent) << "pid " << facts.pid << (facts.pid == request_.main_pid ? " (main): " : ": ")
                     << facts.command << (subject_.process().command.is_cut() ? "…" : "");
        put();
        const sys::process_facts& process = subject_.process();
        auto& text = line(indent + 1);
        text << name_of(facts.state);
        if (!facts.system_call.empty()) {
            text << " in " << facts.system_call;
        } else if (process.system_call >= 0) {
            text << " in system call " << process.system_call;
        }
        if (!facts.wchan.empty()) {
            text << " (" << facts.wchan << ')';
        }
        if (facts.is_dead) {
            put();
            return;
        }
        text << "; " << facts.stop_signal << ' ';
        switch (facts.on_stop) {
            case core::disposition::ignored:
                text << "ignored";
                break;
            case core::disposition::caught:
                text << "caught";
                break;
            default:
                text << "has its default action";
                break;
        }
        text << (facts.is_blocked ? ", blocked" : "")
             << (facts.reads_signalfd ? ", by signalfd" : "")
             << (facts.is_pending ? ", pending" : "") << "; uid " << process.uid;
        if (process.entry.threads > 1) {
            text << "; " << process.entry.threads << " threads";
        }
        if (process.exe.view().ends_with(" (deleted)")) {
            text << "; its program file was deleted or replaced";
        }
        put();
    }

    void write_sockets(std::size_t indent) noexcept {
        const sys::socket_counts& counts = subject_.sockets();
        if (!counts.is_readable) {
            line(indent) << "its sockets may not be looked at";
            put();
            return;
        }
        std::size_t shown = 0;
        std::size_t listening = 0;
        for (const sys::socket_line& socket : subject_.socket_lines()) {
            if (socket.state == sys::socket_state::listening) {
                line(indent) << "listens on " << socket.local.view();
                if (socket.waiting > 0) {
                    line_ << ", " << socket.waiting << " waiting to be accepted";
                }
                put();
                ++listening;
            } else if (socket.state == sys::socket_state::connected && shown < peers_at_most) {
                line(indent) << (socket.is_client ? "client " : "connection ");
                line_ << (socket.peer.empty() ? "on " : socket.peer.view())
                      << (socket.peer.empty() ? ""
                          : socket.is_client  ? " on "
                                              : " from ")
                      << socket.local.view();
                if (socket.waiting > 0) {
                    line_ << ", " << socket.waiting << " bytes unread";
                }
                put();
                ++shown;
            }
        }
        write_rest(indent, counts.listening - std::min(listening, counts.listening), " listening");
        write_rest(indent, counts.connected - std::min(shown, counts.connected), " connected");
        write_rest(indent, counts.closed_by_peer, " that the peer has closed", "");
        if (!counts.is_complete) {
            line(indent) << "not all of its sockets were looked at: out of time";
            put();
            something_cut_ = true;
        }
    }

    void write_rest(std::size_t indent, std::size_t count, std::string_view what,
                    std::string_view more = " more") noexcept {
        if (count > 0) {
            line(indent) << (more.empty() ? "" : "… and ") << grouped(count) << more
                         << (count == 1 ? " socket" : " sockets") << what;
            put();
        }
    }

    void write_status(const sys::process_entry& entry, std::size_t indent) noexcept {
        const nanoseconds now = sys::monotonic_now();
        if (request_.status.ask == nullptr || entry.is_dead() || now >= request_.deadline) {
            return;
        }
        core::fixed_text<4096> answer;
        if (!request_.status.ask(request_.status.context, entry.pid,
                                 now + (request_.deadline - now) / 4, answer)) {
            return;
        }
        std::string_view rest = answer.view();
        while (!rest.empty()) {
            const std::size_t size = std::min(rest.find('\n'), rest.size());
            line(indent) << "says: ";
            sys::short_text<400> printable;
            printable.append_escaped(rest.substr(0, size));
            line_ << printable.view();
            put();
            rest.remove_prefix(std::min(size + 1, rest.size()));
        }
    }

    void write_why(std::size_t indent) noexcept {
        const core::stop_facts& facts = subject_.facts();
        const core::stop_cause cause = core::why_not_stopped(facts);
        line(indent) << (cause.sure == core::confidence::proven ? "cause: " : "likely cause: ");
        core::write_diagnosis(cause, facts, line_);
        put();
        if (result_.listed < into_.size()) {
            blocked_process& one = into_[result_.listed++];
            one.pid = facts.pid;
            one.cause = cause;
            one.command.clear();
            one.command << facts.command;
            one.why.clear();
            core::write_diagnosis(cause, facts, one.why);
        }
    }

    core::text_sink& line(std::size_t indent) noexcept {
        line_.clear();
        line_ << "lastcall-init: ";
        for (std::size_t i = 0; i < indent; ++i) {
            line_ << "  ";
        }
        return line_;
    }

    void put() noexcept {
        if (line_.is_cut()) {
            // The end of a line is worth more than the last of its text.
            core::fixed_text<line_size + 8> whole;
            whole << line_.view() << "…\n";
            writer_(whole.view());
            return;
        }
        line_ << '\n';
        writer_(line_.view());
    }

    /// 9988 as "9,988".
    std::string_view grouped(std::size_t number) noexcept {
        core::fixed_text<24> digits;
        digits << number;
        grouped_.clear();
        for (std::size_t i = 0; i < digits.view().size(); ++i) {
            if (i > 0 && (digits.view().size() - i) % 3 == 0) {
                grouped_ << ',';
            }
            grouped_ << digits.view()[i];
        }
        return grouped_.view();
    }

    static constexpr std::size_t line_size = 1200;

    const block_report_request& request_;
    const line_writer& writer_;
    std::span<blocked_process> into_;
    std::span<const sys::process_entry> found_;
    block_report_result result_;
    doctor::stop_evidence subject_;
    bool out_of_time_ = false;
    bool is_cut_ = false;  // there are more than were found
    bool something_cut_ = false;
    core::fixed_text<line_size> line_;
    core::fixed_text<32> grouped_;
};

}  // namespace

block_report_result write_block_report(const block_report_request& request,
                                       const line_writer& writer,
                                       std::span<blocked_process> into) noexcept {
    report whole(request, writer, into);
    return whole.write();
}

}  // namespace lastcall::init
