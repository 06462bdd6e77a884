// The bytes that a YAML scalar stands for, each with its place.
#pragma once

#include <optional>
#include <string_view>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

struct scalar_source {
    mapped_text text;
    std::size_t end = 0;  ///< behind the scalar
};

/// Reads the scalar at `begin` again, byte by byte.
/// `limit`   where the next thing begins
/// `indent`  the column (from 0) of the map or sequence that it is in
/// `value`   what a YAML reader made of it
/// Returns: unset where the two differ; nothing is told then about places within the scalar.
[[nodiscard]] std::optional<scalar_source> map_scalar(std::string_view text, std::size_t begin,
                                                      std::size_t limit, std::size_t indent,
                                                      std::string_view value);

/// Where the scalar at `begin` ends, if it is quoted or a block; else npos.
[[nodiscard]] std::size_t end_of_scalar(std::string_view text, std::size_t begin, std::size_t limit,
                                        std::size_t indent);

}  // namespace lastcall::lint
