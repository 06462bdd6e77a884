// Writes one JSON value as text (RFC 8259), without a tree in memory. Bytes that are no
// UTF-8 become U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace lastcall::core {

class json_writer {
public:
    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return shut('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return shut(']'); }
    json_writer& key(std::string_view name);
    json_writer& value(std::string_view text);
    json_writer& value(const char* text) { return value(std::string_view(text)); }
    json_writer& value(bool truth);
    json_writer& value(long long number);
    json_writer& value(int number) { return value(static_cast<long long>(number)); }
    json_writer& value(unsigned number) { return value(static_cast<long long>(number)); }
    json_writer& value(std::size_t number) { return value(static_cast<long long>(number)); }
    /// With three decimals at most, and none where they are zero.
    json_writer& value(double number);

    template <class Value>
    json_writer& field(std::string_view name, const Value& v) {
        return key(name).value(v);
    }

    [[nodiscard]] std::string text() && { return std::move(text_); }

private:
    json_writer& open(char c);
    json_writer& shut(char c);
    void separate();

    std::string text_;
    bool first_ = true;  ///< nothing was written at this level yet
    bool after_key_ = false;
};

}  // namespace lastcall::core
