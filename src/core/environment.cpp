#include "core/environment.hpp"

#include <algorithm>
#include <charconv>

#include "core/text_parts.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

std::string_view key_of(const char* entry) noexcept {
    const std::string_view text(entry);
    return first_of(text, text.find('='));
}

// The value getenv(3) would find; null data: none.
std::string_view value_of(char* const* from, std::string_view key) noexcept {
    for (; *from != nullptr; ++from) {
        const std::string_view text(*from);
        if (text.size() > key.size() && text[key.size()] == '=' && text.starts_with(key)) {
            return after(text, key.size() + 1);
        }
    }
    return {};
}

bool is_number(std::string_view text, std::uint64_t number) noexcept {
    return whole_number(text) == number;
}

bool holds_a_process_id(std::string_view key) noexcept {
    return key == "LISTEN_PID" || key == "WATCHDOG_PID" || key == "SYSTEMD_EXEC_PID";
}

}  // namespace

std::chrono::nanoseconds grace_for_service(std::chrono::nanoseconds grace,
                                           std::chrono::nanoseconds reserve,
                                           std::chrono::nanoseconds delay) noexcept {
    return std::max<std::chrono::nanoseconds>(grace - reserve - delay, 1ms);
}

void environment::judge(char* const* from, const environment_wish& wish) noexcept {
    const auto own = static_cast<std::uint64_t>(wish.keeper_pid);
    const std::string_view id = value_of(from, "LISTEN_PIDFDID");
    // As sd_listen_fds(3): an id that cannot be compared does not count.
    const bool id_fits =
        id.empty() || wish.keeper_pidfs_id == 0 || is_number(id, wish.keeper_pidfs_id);
    passes_sockets_ = is_number(value_of(from, "LISTEN_PID"), own) && id_fits;
    has_pidfs_id_ = passes_sockets_ && !id.empty();
    watchdog_is_ours_ = is_number(value_of(from, "WATCHDOG_PID"), own);
    exec_pid_is_ours_ = is_number(value_of(from, "SYSTEMD_EXEC_PID"), own);
}

bool environment::is_dropped(std::string_view key, const environment_wish& wish) const noexcept {
    const bool beside = wish.pre_stop.has_value();
    if (key == "LASTCALL_GRACE" || key == "LASTCALL_DEADLINE" || key == "LASTCALL_MAIN_PID") {
        return true;
    }
    if (key == "NOTIFY_SOCKET") {
        return !wish.notify_socket.empty();
    }
    if (key == "LISTEN_PID" || key == "LISTEN_PIDFDID") {
        return passes_sockets_;
    }
    if (key == "LISTEN_FDS" || key == "LISTEN_FDNAMES") {
        return passes_sockets_ && beside;
    }
    if (key == "WATCHDOG_PID") {
        return watchdog_is_ours_;
    }
    if (key == "WATCHDOG_USEC") {
        return watchdog_is_ours_ && beside;
    }
    return key == "SYSTEMD_EXEC_PID" && exec_pid_is_ours_;
}

void environment::prepare(char* const* from, const environment_wish& wish,
                          std::span<char*> room) noexcept {
    pointers_ = room;
    count_ = 0;
    slot_count_ = 0;
    texts_.clear();
    judge(from, wish);
    for (char* const* entry = from; *entry != nullptr; ++entry) {
        if (!is_dropped(key_of(*entry), wish)) {
            add(*entry);
        }
    }
    fixed_text<32> number;
    const auto milliseconds = [&](std::chrono::nanoseconds value) {
        number.clear();
        number << std::max<long long>(1, value / 1ms) << "ms";
        return number.view();
    };
    if (wish.grace > 0ns) {
        add(text("LASTCALL_GRACE", milliseconds(wish.grace)));
    }
    if (!wish.notify_socket.empty()) {
        add(text("NOTIFY_SOCKET", wish.notify_socket));
    }
    if (wish.pre_stop) {
        add(text("LASTCALL_DEADLINE", milliseconds(wish.pre_stop->deadline)));
        number.clear();
        number << wish.pre_stop->main_pid;
        if (wish.pre_stop->main_pid > 0) {
            add(text("LASTCALL_MAIN_PID", number.view()));
        }
    } else {
        if (passes_sockets_) {
            add_with_room("LISTEN_PID", false);
        }
        if (has_pidfs_id_) {
            add_with_room("LISTEN_PIDFDID", true);
        }
        if (watchdog_is_ours_) {
            add_with_room("WATCHDOG_PID", false);
        }
        if (exec_pid_is_ours_) {
            add_with_room("SYSTEMD_EXEC_PID", false);
        }
    }
    pointers_[count_] = nullptr;
}

char* const* environment::finish(int pid, std::uint64_t pidfs_id) noexcept {
    for (std::size_t i = slot_count_; i-- > 0;) {
        const slot& here = slots_[i];
        if (here.of_pidfs && pidfs_id == 0) {
            remove(here.index);
            continue;
        }
        const auto number = here.of_pidfs ? pidfs_id : static_cast<std::uint64_t>(pid);
        *std::to_chars(here.digits, here.digits + digits_room - 1, number).ptr = '\0';
    }
    // What was meant for another process must not become the child's by chance, which in
    // a small PID namespace is likely: the numbers are low and come again.
    for (std::size_t i = count_; i-- > 0;) {
        const std::string_view key = key_of(pointers_[i]);
        const bool filled_in = std::any_of(slots_.begin(), slots_.begin() + slot_count_,
                                           [&](const slot& s) { return s.index == i; });
        if (!filled_in && holds_a_process_id(key) &&
            is_number(after(pointers_[i], key.size() + 1), static_cast<std::uint64_t>(pid))) {
            remove(i);
        }
    }
    return pointers_.data();
}

void environment::add(char* entry) noexcept {
    if (entry != nullptr && count_ + 1 < pointers_.size()) {
        pointers_[count_++] = entry;
    }
}

// "key=value" with its zero; null when there is no room, which the sizes rule out.
char* environment::text(std::string_view key, std::string_view value) noexcept {
    const std::size_t at = texts_.view().size();
    texts_ << key << '=' << value << '\0';
    return texts_.is_cut() ? nullptr : const_cast<char*>(texts_.view().data()) + at;
}

void environment::add_with_room(std::string_view key, bool of_pidfs) noexcept {
    constexpr std::string_view blanks("000000000000000000000", digits_room);
    char* const entry = text(key, blanks);
    if (entry != nullptr) {
        slots_[slot_count_++] = {count_, entry + key.size() + 1, of_pidfs};
        add(entry);
    }
}

void environment::remove(std::size_t index) noexcept {
    for (std::size_t i = index; i < count_; ++i) {
        pointers_[i] = pointers_[i + 1];
    }
    --count_;
    for (std::size_t i = 0; i < slot_count_; ++i) {
        if (slots_[i].index > index) {
            --slots_[i].index;
        } else if (slots_[i].index == index) {
            slots_[i].index = pointers_.size();
        }
    }
}

}  // namespace lastcall::core
