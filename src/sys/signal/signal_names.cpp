#include "sys/signal/signal_names.hpp"

#include <signal.h>

#include <array>
#include <charconv>
#include <cstddef>

namespace lastcall::sys {
namespace {

// SIGRTMIN is a function call. Below it are the two that the C library uses itself.
constexpr int first_real_time = 34;
constexpr int last_real_time = 64;
constexpr int real_time_middle = 49;  // the last one counted from SIGRTMIN, as kill -l does

struct text {
    std::array<char, 12> letters{};
    std::size_t size = 0;

    constexpr void add(std::string_view more) {
        for (const char c : more) {
            letters[size++] = c;
        }
    }
    constexpr void add(int number) {
        if (number > 9) {
            letters[size++] = static_cast<char>('0' + number / 10);
        }
        letters[size++] = static_cast<char>('0' + number % 10);
    }
    [[nodiscard]] constexpr std::string_view view() const { return {letters.data(), size}; }
};

struct named {
    int number;
    std::string_view name;
};

constexpr named usual[] = {
    {SIGHUP, "HUP"},   {SIGINT, "INT"},       {SIGQUIT, "QUIT"}, {SIGILL, "ILL"},
    {SIGTRAP, "TRAP"}, {SIGABRT, "ABRT"},     {SIGBUS, "BUS"},   {SIGFPE, "FPE"},
    {SIGKILL, "KILL"}, {SIGUSR1, "USR1"},     {SIGSEGV, "SEGV"}, {SIGUSR2, "USR2"},
    {SIGPIPE, "PIPE"}, {SIGALRM, "ALRM"},     {SIGTERM, "TERM"}, {SIGSTKFLT, "STKFLT"},
    {SIGCHLD, "CHLD"}, {SIGCONT, "CONT"},     {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"},
    {SIGTTIN, "TTIN"}, {SIGTTOU, "TTOU"},     {SIGURG, "URG"},   {SIGXCPU, "XCPU"},
    {SIGXFSZ, "XFSZ"}, {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"}, {SIGWINCH, "WINCH"},
    {SIGPOLL, "POLL"}, {SIGPWR, "PWR"},       {SIGSYS, "SYS"},
};

constexpr named other_words[] = {
    {SIGABRT, "IOT"}, {SIGCHLD, "CLD"}, {SIGIO, "IO"}, {SIGSYS, "UNUSED"}};

constexpr auto names = [] {
    std::array<text, last_real_time + 1> all{};
    for (int number = 1; number <= last_real_time; ++number) {
        text& one = all[static_cast<std::size_t>(number)];
        one.add("SIG");
        if (number < first_real_time) {
            one.add(number);
            continue;
        }
        const bool low = number <= real_time_middle;
        const int distance = low ? number - first_real_time : last_real_time - number;
        one.add(low ? "RTMIN" : "RTMAX");
        if (distance != 0) {
            one.add(low ? "+" : "-");
            one.add(distance);
        }
    }
    for (const named& one : usual) {
        all[static_cast<std::size_t>(one.number)] = {};
        all[static_cast<std::size_t>(one.number)].add("SIG");
        all[static_cast<std::size_t>(one.number)].add(one.name);
    }
    return all;
}();

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Whether `word` begins with `beginning`, which is in capitals; takes it away if so.
bool take(std::string_view& word, std::string_view beginning) noexcept {
    if (word.size() < beginning.size()) {
        return false;
    }
    for (std::size_t i = 0; i < beginning.size(); ++i) {
        if (upper(word[i]) != beginning[i]) {
            return false;
        }
    }
    word.remove_prefix(beginning.size());
    return true;
}

bool is(std::string_view word, std::string_view capitals) noexcept {
    return take(word, capitals) && word.empty();
}

// Digits only, up to 64; -1 for anything else.
int small_number(std::string_view word) noexcept {
    int value = -1;
    const char* const end = word.data() + word.size();
    if (word.empty() || word.front() == '-') {
        return -1;
    }
    const auto [rest, error] = std::from_chars(word.data(), end, value);
    return error == std::errc{} && rest == end && value <= last_real_time ? value : -1;
}

int real_time(std::string_view offset, int from, char sign) noexcept {
    if (offset.empty()) {
        return from;
    }
    const bool is_signed = offset.front() == sign;
    offset.remove_prefix(1);
    const int distance = is_signed ? small_number(offset) : -1;
    const int number = sign == '+' ? from + distance : from - distance;
    return distance >= 0 && number >= first_real_time && number <= last_real_time ? number : 0;
}

}  // namespace

std::string_view signal_name(int number) noexcept {
    return number > 0 && number <= last_real_time ? names[static_cast<std::size_t>(number)].view()
                                                  : std::string_view();
}

int signal_number(std::string_view name) noexcept {
    if (const int number = small_number(name); number >= 0) {
        const bool kept = number == 32 || number == 33;  // setting their action is refused
        return kept ? 0 : number;
    }
    take(name, "SIG");
    for (const named& one : usual) {
        if (is(name, one.name)) {
            return one.number;
        }
    }
    for (const named& one : other_words) {
        if (is(name, one.name)) {
            return one.number;
        }
    }
    if (take(name, "RTMIN")) {
        return real_time(name, first_real_time, '+');
    }
    return take(name, "RTMAX") ? real_time(name, last_real_time, '-') : 0;
}

}  // namespace lastcall::sys
