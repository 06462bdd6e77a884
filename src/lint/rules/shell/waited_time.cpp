#include "lint/rules/shell/waited_time.hpp"

#include <charconv>
#include <string_view>

#include "lint/launch/endless_loop.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t made = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(made)
                                                                    : std::nullopt;
}

/// More rounds than that, and the time of each, are no wait that somebody has thought of.
constexpr std::int64_t most_rounds = 1000;
constexpr std::chrono::hours longest_round{24};

std::optional<std::int64_t> steps_between(std::string_view first, std::string_view last) {
    const auto from = whole_number(first);
    const auto to = whole_number(last);
    return from && to && *from >= 0 && *from <= *to && *to - *from < most_rounds
               ? std::optional(*to - *from + 1)
               : std::nullopt;
}

/// $(seq 10), $(seq 1 10)
std::optional<std::int64_t> count_of_seq(const shell::word& word) {
    const auto* simple =
        word.parts.size() == 1 ? shell::lone_command(word.parts.front().program) : nullptr;
    if (simple == nullptr || simple->words.empty() || simple->words.front().text != "seq") {
        return std::nullopt;
    }
    const auto& words = simple->words;
    return words.size() == 2   ? steps_between("1", words[1].text)
           : words.size() == 3 ? steps_between(words[1].text, words[2].text)
                               : std::nullopt;
}

/// {1..10}, $(seq 10), 1 2 3
std::optional<std::int64_t> count_of(const shell::for_command& loop) {
    if (!loop.has_words || loop.is_select) {
        return std::nullopt;
    }
    if (loop.words.size() == 1) {
        const auto text = loop.words.front().text;
        const auto dots = text.find("..");
        return text.starts_with('{') && text.ends_with('}') && dots != text.npos
                   ? steps_between(text.substr(1, dots - 1),
                                   text.substr(dots + 2, text.size() - dots - 3))
                   : count_of_seq(loop.words.front());
    }
    for (const shell::word& one : loop.words) {
        if (!whole_number(one.text)) {
            return std::nullopt;
        }
    }
    return static_cast<std::int64_t>(loop.words.size());
}

}  // namespace

std::optional<std::chrono::milliseconds> waited_time(const shell::script& whole,
                                                     const shell::step& sleep) {
    const auto each = shell::sleep_of(sleep);
    const auto length = each ? shell::duration_of(each->text) : std::nullopt;
    if (!length || sleep.around.loops > 1) {
        return std::nullopt;
    }
    if (sleep.around.loops == 0) {
        return length;
    }
    std::optional<std::int64_t> count;
    shell::for_each_command(whole, [&](const shell::command& one) {
        const auto* loop = std::get_if<shell::for_command>(&one.what);
        if (loop != nullptr && is_inside(sleep, one)) {
            count = count_of(*loop);
        }
    });
    return count && *count <= most_rounds && *length <= longest_round
               ? std::optional(*length * *count)
               : std::nullopt;
}

}  // namespace lastcall::lint
