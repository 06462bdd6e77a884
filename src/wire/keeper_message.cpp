#include "wire/keeper_message.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace lastcall::wire {
namespace {

void check(std::string_view text, const char* what) {
    if (text.find('\0') != std::string_view::npos) {
        throw std::invalid_argument(std::string("a message to or from the keeper cannot hold a NUL"
                                                ", as the ") +
                                    what + " does");
    }
}

}  // namespace

keeper_message& keeper_message::add(std::string_view name, std::string_view value) {
    check(name, "name of a field");
    check(value, "value of a field");
    if (name.empty() || name.find('=') != std::string_view::npos) {
        throw std::invalid_argument("the name of a field is empty or holds '='");
    }
    fields_.emplace_back(name, value);
    return *this;
}

keeper_message& keeper_message::add(std::string_view name, std::int64_t value) {
    return add(name, std::to_string(value));
}

std::string_view keeper_message::text(std::string_view name) const noexcept {
    const auto at = std::ranges::find(
        fields_, name, [](const auto& field) -> std::string_view { return field.first; });
    return at == fields_.end() ? std::string_view{} : std::string_view{at->second};
}

bool keeper_message::has(std::string_view name) const noexcept {
    return std::ranges::any_of(fields_, [&](const auto& field) { return field.first == name; });
}

std::vector<std::string> keeper_message::all(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [key, value] : fields_) {
        if (key == name) {
            found.push_back(value);
        }
    }
    return found;
}

std::optional<std::int64_t> keeper_message::number(std::string_view name) const noexcept {
    const auto value = text(name);
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), read);
    if (value.empty() || error != std::errc{} || end != value.data() + value.size()) {
        return std::nullopt;
    }
    return read;
}

std::string keeper_message::encode() const {
    std::string text = word_;
    text += '\0';
    for (const auto& [name, value] : fields_) {
        text += name;
        text += '=';
        text += value;
        text += '\0';
    }
    return text;
}

std::optional<keeper_message> keeper_message::decode(std::string_view text) {
    if (text.empty() || text.back() != '\0') {
        return std::nullopt;
    }
    const auto take = [&text] {
        const auto end = text.find('\0');
        const auto part = text.substr(0, end);
        text.remove_prefix(end + 1);
        return part;
    };
    const auto word = take();
    if (word.empty() || word.find('=') != std::string_view::npos) {
        return std::nullopt;
    }
    keeper_message message(word);
    while (!text.empty()) {
        const auto field = take();
        const auto equals = field.find('=');
        if (equals == 0 || equals == std::string_view::npos) {
            return std::nullopt;
        }
        message.fields_.emplace_back(field.substr(0, equals), field.substr(equals + 1));
    }
    return message;
}

}  // namespace lastcall::wire
