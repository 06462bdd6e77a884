#include "drill/load/request_text.hpp"

#include "drill/load/load_context.hpp"

namespace lastcall::drill {
namespace {

constexpr std::string_view id_mark = "{id}";

}  // namespace

request_text::request_text(load_context& shared, std::string_view method, const std::string& target,
                           std::string_view fields, const std::string& body)
    : method_(method), target_(shared.names->intern(target)) {
    head_.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    head_.append(shared.target.host).append("\r\n").append(fields);
    if (const auto at = body.find(id_mark); at != std::string::npos) {
        has_id_ = true;
        body_ = body.substr(0, at);
        after_id_ = body.substr(at + id_mark.size());
        return;
    }
    if (!body.empty() || method == "POST") {
        head_.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    head_.append("\r\n");
    head_size_ = head_.size();
    head_.append(body);
}

asked request_text::next(load_context& shared, std::string& room) const {
    if (!has_id_) {
        return {method_, target_, head_, head_size_, 0};
    }
    const auto number = ++shared.effects_made;
    const auto digits = std::to_string(number);  // within the string object: no allocation
    const auto size = body_.size() + shared.effect_prefix.size() + digits.size() + after_id_.size();
    room.assign(head_).append("Content-Length: ").append(std::to_string(size)).append("\r\n\r\n");
    const auto head_size = room.size();
    room.append(body_).append(shared.effect_prefix).append(digits).append(after_id_);
    return {method_, target_, room, head_size, has_effect_ ? number : 0};
}

}  // namespace lastcall::drill
