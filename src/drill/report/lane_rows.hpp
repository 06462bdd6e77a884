// Which line of a picture shows which requests: a row is a connection, or several that came
// one after the other; streams of one connection that overlap have rows of their own.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "drill/record/ruling.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

struct row_bar {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    ruling how = ruling::fine;
    const exchange* what = nullptr;
};

/// A time in which a connection is there.
struct row_life {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::uint32_t connection = 0;
};

struct lane_row {
    std::vector<row_life> lives;  ///< in order, without overlap
    std::vector<row_bar> bars;    ///< by their begin
    std::uint64_t bad = 0;        ///< bars that are lost or ambiguous
};

struct lane_rows {
    std::string_view lane;
    std::vector<lane_row> rows;     ///< those to show
    std::uint64_t connections = 0;  ///< that are there in the time shown
    std::uint64_t rows_in_all = 0;
    std::uint64_t lost = 0;        ///< of the exchanges that end in the time shown
    std::uint64_t bad_hidden = 0;  ///< lost or ambiguous, in rows that are not shown
};

/// The lanes in the order of their first record. Nothing that ended before `begin_ns` is in
/// them. Of more than `most` rows, those with something bad come first, then an even choice
/// of the rest.
[[nodiscard]] std::vector<lane_rows> rows_of(const trial_record& trial,
                                             const expectations& expected, std::int64_t begin_ns,
                                             std::size_t most);

}  // namespace lastcall::drill
