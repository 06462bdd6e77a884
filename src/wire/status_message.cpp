#include "wire/status_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace lastcall::wire {
namespace {

using std::chrono::milliseconds;
using namespace std::string_view_literals;

constexpr std::string_view protocol = "lastcall-status";
constexpr std::string_view version = "1";
constexpr std::string_view last_line = "end\n";
constexpr std::string_view last_lines = "cut\nend\n";
constexpr std::string_view digits = "0123456789abcdef";

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Up to `separator`, which is taken away as well.
std::string_view take_until(std::string_view& from, char separator) noexcept {
    const std::size_t at = std::min(from.find(separator), from.size());
    const std::string_view taken = from.substr(0, at);
    from.remove_prefix(std::min(at + 1, from.size()));
    return taken;
}

template <class Number>
std::optional<Number> number(std::string_view text) noexcept {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && !text.empty();
    return good ? std::optional(value) : std::nullopt;
}

int hex_value(char c) noexcept {
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// In place: what is unescaped is never longer. An escape that is none stays as it is.
std::string_view unescape(std::span<char> text) noexcept {
    std::size_t to = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::string_view left(text.data() + from, text.size() - from);
        std::size_t taken = 2;
        if (left.starts_with("\\t")) {
            text[to++] = '\t';
        } else if (left.starts_with("\\n")) {
            text[to++] = '\n';
        } else if (left.starts_with("\\\\")) {
            text[to++] = '\\';
        } else if (left.starts_with("\\x") && left.size() >= 4 && hex_value(left[2]) >= 0 &&
                   hex_value(left[3]) >= 0) {
            const char value = static_cast<char>(hex_value(left[2]) * 16 + hex_value(left[3]));
            text[to++] = value;
            taken = 4;
        } else {
            text[to++] = left[0];
            taken = 1;
        }
        from += taken;
    }
    return {text.data(), to};
}

/// The fields of a line, one after the other.
class fields {
public:
    explicit fields(std::span<char> line) noexcept : rest_(line) {}

    std::span<char> raw() noexcept {
        has_all_ = has_all_ && !is_over_;
        const std::size_t at = std::min<std::size_t>(
            std::string_view(rest_.data(), rest_.size()).find('\t'), rest_.size());
        const std::span<char> taken = rest_.first(at);
        is_over_ = at == rest_.size();
        rest_ = rest_.subspan(is_over_ ? at : at + 1);
        return taken;
    }
    std::string_view text() noexcept { return unescape(raw()); }
    template <class Number>
    Number value() noexcept {
        const std::span<char> field = raw();
        const auto read = number<Number>({field.data(), field.size()});
        has_all_ = has_all_ && read.has_value();
        return read.value_or(Number{});
    }
    milliseconds time() noexcept { return milliseconds(value<std::int64_t>()); }

    /// Every field so far was there, and of its kind.
    [[nodiscard]] bool has_all() const noexcept { return has_all_; }

private:
    std::span<char> rest_;
    bool is_over_ = false;
    bool has_all_ = true;
};

constexpr std::array<std::string_view, 10> words{"service", "state", "remaining", "step", "gate",
                                                 "pass",    "more",  "degraded",  "cut",  "end"};

std::optional<status_word> word_of(std::string_view text) noexcept {
    const auto at = std::find(words.begin(), words.end(), text);
    return at == words.end() ? std::nullopt
                             : std::optional(static_cast<status_word>(at - words.begin()));
}

bool read_line(std::span<char> from, status_line& into) noexcept {
    fields f(from);
    const std::span<char> first = f.raw();
    const auto word = word_of({first.data(), first.size()});
    if (!word) {
        return false;
    }
    into = {};
    into.word = *word;
    switch (*word) {
        case status_word::service:
        case status_word::state:
        case status_word::degraded:
            into.name = f.text();
            break;
        case status_word::remaining:
            into.time = f.time();
            break;
        case status_word::step:
            into.name = f.text();
            into.step = f.text();
            into.time = f.time();
            into.share = f.time();
            break;
        case status_word::gate:
            into.name = f.text();
            into.count = f.value<std::uint64_t>();
            into.is_open = f.text() == "open"sv;
            break;
        case status_word::pass:
            into.name = f.text();
            into.time = f.time();
            into.thread = f.value<int>();
            break;
        case status_word::more:
            into.count = f.value<std::uint64_t>();
            break;
        case status_word::cut:
        case status_word::end:
            break;
    }
    return f.has_all();
}

}  // namespace

bool asks_what_is_in_flight(std::string_view message) noexcept {
    std::string_view line = take_until(message, '\n');
    return take_until(line, '\t') == protocol && take_until(line, '\t') == version &&
           take_until(line, '\t') == "in_flight"sv;
}

/// One line, which is there as a whole or not at all.
class status_writer::line {
public:
    line(status_writer& owner, status_word word) noexcept
        : line(owner, words[static_cast<std::size_t>(word)]) {}
    line(status_writer& owner, std::string_view word) noexcept
        : owner_(owner), end_(owner.size_), fits_(!owner.is_cut_) {
        put(word);
    }
    line(const line&) = delete;
    line& operator=(const line&) = delete;
    ~line() {
        put("\n");
        owner_.is_cut_ = !fits_;
        owner_.size_ = fits_ ? end_ : owner_.size_;
    }

    line& text(std::string_view value) noexcept {
        put("\t");
        for (const char c : value.substr(0, longest_text)) {
            if (c == '\t') {
                put("\\t");
            } else if (c == '\n') {
                put("\\n");
            } else if (c == '\\') {
                put("\\\\");
            } else if (is_control(c)) {
                const auto byte = static_cast<unsigned char>(c);
                put("\\x");
                put(digits.substr(byte / 16, 1));
                put(digits.substr(byte % 16, 1));
            } else {
                put({&c, 1});
            }
        }
        return *this;
    }
    template <class Number>
    line& value(Number number) noexcept {
        std::array<char, 24> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        put("\t");
        put({text.data(), static_cast<std::size_t>(end - text.data())});
        return *this;
    }

private:
    void put(std::string_view bytes) noexcept {
        fits_ = fits_ && owner_.memory_.size() - last_lines.size() - end_ >= bytes.size();
        if (fits_) {
            std::memcpy(owner_.memory_.data() + end_, bytes.data(), bytes.size());
            end_ += bytes.size();
        }
    }

    status_writer& owner_;
    std::size_t end_;
    bool fits_;
};

status_writer::status_writer(std::span<char> memory) noexcept
    : memory_(memory.first(std::min(memory.size(), largest_status))) {
    line(*this, protocol).text(version);
}

void status_writer::service(std::string_view name) noexcept {
    line(*this, status_word::service).text(name);
}

void status_writer::state(std::string_view word) noexcept {
    line(*this, status_word::state).text(word);
}

void status_writer::remaining(milliseconds left) noexcept {
    line(*this, status_word::remaining).value(left.count());
}

void status_writer::step(std::string_view component, std::string_view step, milliseconds age,
                         milliseconds share) noexcept {
    line(*this, status_word::step)
        .text(component)
        .text(step)
        .value(age.count())
        .value(share.count());
}

void status_writer::gate(std::string_view name, std::uint64_t inside, bool is_open) noexcept {
    line(*this, status_word::gate).text(name).value(inside).text(is_open ? "open" : "closed");
}

void status_writer::pass(std::string_view label, milliseconds age, int thread) noexcept {
    line(*this, status_word::pass).text(label).value(age.count()).value(thread);
}

void status_writer::more(std::uint64_t count) noexcept {
    line(*this, status_word::more).value(count);
}

void status_writer::degraded(std::string_view what) noexcept {
    line(*this, status_word::degraded).text(what);
}

std::string_view status_writer::finish() noexcept {
    const std::string_view end = is_cut_ ? last_lines : last_line;
    std::memcpy(memory_.data() + size_, end.data(), end.size());
    size_ += end.size();
    return {memory_.data(), size_};
}

status_reader::status_reader(std::span<char> answer) noexcept : rest_(answer) {
    const std::string_view all(answer.data(), answer.size());
    const std::size_t end = std::min(all.find('\n'), all.size());
    std::string_view first = all.substr(0, end);
    is_understood_ = take_until(first, '\t') == protocol && take_until(first, '\t') == version;
    rest_ = is_understood_ ? answer.subspan(std::min(end + 1, all.size())) : std::span<char>();
}

bool status_reader::next(status_line& into) noexcept {
    while (!rest_.empty()) {
        const std::size_t at =
            std::min(std::string_view(rest_.data(), rest_.size()).find('\n'), rest_.size());
        const std::span<char> line = rest_.first(at);
        rest_ = rest_.subspan(std::min(at + 1, rest_.size()));
        if (read_line(line, into)) {
            rest_ = into.word == status_word::end ? std::span<char>() : rest_;
            return true;
        }
    }
    return false;
}

}  // namespace lastcall::wire
