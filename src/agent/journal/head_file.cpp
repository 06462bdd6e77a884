#include "agent/journal/head_file.hpp"

#include <chrono>
#include <sstream>
#include <system_error>
#include <thread>

#include "agent/journal/database.hpp"
#include "agent/journal/sha256.hpp"
#include "sys/clock.hpp"

namespace lastcall::agent {

namespace {

using kind = journal_error::kind;

constexpr std::size_t line_size = 512;  // what a disk writes whole
/// How long a reader that has locked writers out is waited for.
constexpr auto most_wait = std::chrono::seconds(5);

std::string checksum(const std::string& text) { return sha256_hex({text}).substr(0, 16); }

std::string line_of(const head& last) {
    std::string text = std::to_string(last.number) + " " + last.hash;
    text += " " + checksum(text);
    text.resize(line_size - 1, ' ');
    return text + "\n";
}

std::optional<head> head_from(const std::string& line) {
    std::istringstream words(line);
    head found;
    std::string check;
    if (!(words >> found.number >> found.hash >> check) ||
        checksum(std::to_string(found.number) + " " + found.hash) != check) {
        return std::nullopt;
    }
    return found;
}

}  // namespace

head_file head_file::open_to_write(const std::string& journal) {
    try {
        head_file file(sys::locked_file::open_or_make(head_path(journal)));
        const auto until = sys::monotonic_now() + most_wait;
        while (!file.file_.try_lock_alone()) {
            // A shared lock is that of a reader, who is done soon.
            const bool is_writer = !file.file_.try_lock_shared();
            if (is_writer || sys::monotonic_now() > until) {
                const int pid = file.file_.holder();
                throw journal_error(
                    kind::busy, journal + ": another process " +
                                    (is_writer ? "writes this journal" : "reads it and goes on") +
                                    (pid > 0 ? " (pid " + std::to_string(pid) + ")" : "") +
                                    ". Only one agent can use it: end the other one, or choose "
                                    "another folder by LASTCALL_HOME");
            }
            file.file_.unlock();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return file;
    } catch (const std::system_error& e) {
        const bool is_full = e.code() == std::errc::no_space_on_device;
        throw journal_error(is_full ? kind::full : kind::unusable, e.what());
    }
}

head_file head_file::open_to_read(const std::string& journal) {
    try {
        return head_file(sys::locked_file::open_to_read(head_path(journal)));
    } catch (const std::system_error& e) {
        throw journal_error(kind::unusable, e.what());
    }
}

std::optional<head> head_file::read() const {
    const std::string text = file_.read(2 * line_size);
    std::optional<head> last;
    for (std::size_t at = 0; at < text.size(); at += line_size) {
        auto found = head_from(text.substr(at, line_size));
        if (found && (!last || found->number > last->number)) {
            last = std::move(found);
        }
    }
    return last;
}

int head_file::write(const head& last) noexcept {
    return file_.write_durably(last.number % 2 == 0 ? 0 : line_size, line_of(last));
}

}  // namespace lastcall::agent
