#include <algorithm>

#include "adapters/postgres/connection.hpp"

namespace lastcall {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

}  // namespace

postgres_param::postgres_param(std::span<const std::byte> value) {
    std::string hex = "\\x";
    hex.reserve(2 + 2 * value.size());
    for (const std::byte one : value) {
        hex.push_back(digits[std::to_integer<std::size_t>(one >> 4)]);
        hex.push_back(digits[std::to_integer<std::size_t>(one & std::byte{15})]);
    }
    text_ = std::move(hex);
}

std::string postgres_param::checked(std::string_view text) {
    if (text.find('\0') != text.npos) {
        throw std::invalid_argument("postgres: a text with a zero byte; pass bytes for bytea");
    }
    return std::string(text);
}

int postgres_rows::size() const noexcept { return PQntuples(result_->get()); }

int postgres_rows::columns() const noexcept { return PQnfields(result_->get()); }

bool postgres_rows::is_null(int column) const {
    if (row_ < 0 || row_ >= size() || column < 0 || column >= columns()) {
        throw std::out_of_range("postgres: no row or column " + std::to_string(row_) + ", " +
                                std::to_string(column));
    }
    return PQgetisnull(result_->get(), row_, column) != 0;
}

std::string_view postgres_rows::text(int column) const {
    if (is_null(column)) {
        mismatch(column, "a value, but NULL");
    }
    return {PQgetvalue(result_->get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_->get(), row_, column))};
}

bool postgres_rows::boolean(int column) const {
    const std::string_view value = text(column);
    if (value != "t" && value != "f") {
        mismatch(column, "a boolean");
    }
    return value == "t";
}

std::vector<std::byte> postgres_rows::bytes(int column) const {
    const std::string_view value = text(column);
    if (!value.starts_with("\\x") || value.size() % 2 != 0) {
        mismatch(column, "a bytea");
    }
    std::vector<std::byte> out;
    out.reserve(value.size() / 2 - 1);
    for (std::size_t i = 2; i < value.size(); i += 2) {
        const auto high = digits.find(value[i]);
        const auto low = digits.find(value[i + 1]);
        if (high == digits.npos || low == digits.npos) {
            mismatch(column, "a bytea");
        }
        out.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return out;
}

void postgres_rows::mismatch(int column, const char* wanted) const {
    const char* const name = PQfname(result_->get(), column);
    throw postgres_error("22000",
                         "postgres: column " + std::to_string(column) + " (" +
                             (name == nullptr ? "none" : name) + ") is not " + wanted,
                         {});
}

}  // namespace lastcall
