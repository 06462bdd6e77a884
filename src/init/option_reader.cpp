#include "init/option_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lastcall::init {
namespace {

using kind = option_found::kind;

constexpr std::size_t longest_name = 32;

// How many letters must be typed again: Levenshtein, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) noexcept {
    if (a.size() > longest_name || b.size() > longest_name) {
        return longest_name;
    }
    std::array<std::size_t, longest_name + 1> row;
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            corner = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string_view name_in(std::string_view written) noexcept {
    written.remove_prefix(std::min<std::size_t>(2, written.size()));
    return written.substr(0, written.find('='));
}

}  // namespace

// `count` elements from at_ on are options: they go before the arguments that were passed.
void option_reader::moved_over(int count) noexcept {
    std::rotate(argv_ + first_, argv_ + at_, argv_ + at_ + count);
    first_ += count;
    at_ += count;
}

void option_reader::find_long(std::string_view name, option_found& found) const noexcept {
    int matches = 0;
    for (const option_row& row : rows_) {
        if (row.name.empty()) {
            continue;
        }
        if (row.name == name) {
            found.what = kind::option;
            found.row = &row;
            return;
        }
        if (manner_.abbreviates && row.name.starts_with(name)) {
            ++matches;
            found.row = &row;
        }
    }
    found.what = matches == 0 ? kind::unknown : matches == 1 ? kind::option : kind::ambiguous;
}

option_found option_reader::read_long(std::string_view word) noexcept {
    const std::size_t equals = word.find('=');
    option_found found;
    found.written = word.substr(0, equals);
    std::string_view name = found.written;
    name.remove_prefix(2);
    find_long(name, found);
    int count = 1;
    if (found.what == kind::option) {
        if (equals != std::string_view::npos) {
            found.value = word.data() + equals + 1;
            found.what = found.row->takes_value ? kind::option : kind::unwanted_value;
        } else if (found.row->takes_value && at_ + 1 < argc_) {
            found.value = argv_[at_ + 1];
            count = 2;
        } else if (found.row->takes_value) {
            found.what = kind::no_value;
        }
    }
    moved_over(count);
    return found;
}

option_found option_reader::read_letter() noexcept {
    option_found found;
    found.letter = *letters_;
    found.written = argv_[at_];
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const option_row& r) { return r.letter == *letters_; });
    ++letters_;
    int count = *letters_ == '\0' ? 1 : 0;
    if (row == rows_.end()) {
        found.what = kind::unknown;
    } else {
        found.what = kind::option;
        found.row = &*row;
        if (row->takes_value && *letters_ != '\0') {
            found.value = letters_;  // -e143
            count = 1;
        } else if (row->takes_value && at_ + 1 < argc_) {
            found.value = argv_[at_ + 1];
            count = 2;
        } else if (row->takes_value) {
            found.what = kind::no_value;
        }
    }
    if (count > 0) {
        letters_ = nullptr;
        moved_over(count);
    }
    return found;
}

option_found option_reader::next() noexcept {
    if (letters_ != nullptr) {
        return read_letter();
    }
    for (; !ended_ && at_ < argc_; ++at_) {
        const std::string_view word = argv_[at_];
        if (word == "--") {
            moved_over(1);
            break;
        }
        if (word.starts_with("--")) {
            return read_long(word);
        }
        if (word.size() > 1 && word.front() == '-') {
            letters_ = argv_[at_] + 1;
            return read_letter();
        }
        if (!manner_.permutes) {
            break;
        }
    }
    ended_ = true;
    return {};
}

std::string_view nearest_option(std::span<const option_row> rows,
                                std::string_view written) noexcept {
    const std::string_view name = name_in(written);
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(3, name.size() / 3)) + 1;
    for (const option_row& row : rows) {
        if (const std::size_t far = distance(name, row.name); !row.name.empty() && far < least) {
            least = far;
            nearest = row.name;
        }
    }
    return nearest;
}

void explain_option(core::text_sink& to, std::span<const option_row> rows,
                    const option_found& found) noexcept {
    const bool is_short = found.letter != '\0';
    const auto name = [&]() -> core::text_sink& {
        return is_short ? to << '-' << found.letter : to << found.written;
    };
    switch (found.what) {
        case kind::unknown:
            to << "unknown option ";
            name();
            if (const auto near = nearest_option(rows, found.written);
                !near.empty() && found.written.starts_with("--")) {
                to << " (did you mean --" << near << "?)";
            }
            break;
        case kind::no_value:
            name() << " needs a value";
            break;
        case kind::unwanted_value:
            name() << " takes no value";
            break;
        case kind::ambiguous:
            name() << " is short for more than one option; write it out";
            break;
        case kind::option:
        case kind::end:
            break;
    }
}

}  // namespace lastcall::init
