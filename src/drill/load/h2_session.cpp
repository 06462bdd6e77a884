#include "drill/load/h2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <utility>

namespace lastcall::drill {
namespace {

// What a stream, and all of them together, may send before we have read it: as browsers do.
constexpr std::int32_t window = 1 << 20;
constexpr std::size_t frame_head = 9;

nghttp2_nv field(std::string_view name, std::string_view value) noexcept {
    // The library copies both, and writes into neither.
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

bool is_same_name(std::string_view lower, std::string_view any) noexcept {
    return std::ranges::equal(lower, any, [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
    });
}

template <class Number>
std::optional<Number> number_in(std::string_view text) noexcept {
    Number value{};
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

struct h2_session::callbacks {
    static h2_session& self(void* data) noexcept { return *static_cast<h2_session*>(data); }

    static int on_begin_frame(nghttp2_session* /*unused*/, const nghttp2_frame_hd* head,
                              void* data) {
        auto* const stream = self(data).find(head->stream_id);
        if (stream != nullptr && (head->type == NGHTTP2_HEADERS || head->type == NGHTTP2_DATA)) {
            stream->bytes += frame_head + head->length;
            if (stream->first_byte_ns == 0) {
                stream->first_byte_ns = self(data).now_ns_;
            }
        }
        return 0;
    }

    static int on_header(nghttp2_session* /*unused*/, const nghttp2_frame* frame,
                         const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                         std::size_t value_size, std::uint8_t /*flags*/, void* data) {
        auto* const stream = self(data).find(frame->hd.stream_id);
        if (stream == nullptr) {
            return 0;
        }
        const std::string_view key(reinterpret_cast<const char*>(name), name_size);
        const std::string_view text(reinterpret_cast<const char*>(value), value_size);
        if (key == ":status") {
            stream->status = number_in<int>(text).value_or(0);
        } else if (key == "retry-after") {
            stream->retry_after = true;
        } else if (key == "content-length") {
            stream->length = number_in<std::uint64_t>(text);
        } else if (is_same_name(key, self(data).instance_field_)) {
            stream->instance = text;
        }
        return 0;
    }

    static int on_data(nghttp2_session* /*unused*/, std::uint8_t /*flags*/, std::int32_t id,
                       const std::uint8_t* /*bytes*/, std::size_t size, void* data) {
        if (auto* const stream = self(data).find(id); stream != nullptr) {
            stream->body_bytes += size;
        }
        return 0;
    }

    static int on_frame(nghttp2_session* /*unused*/, const nghttp2_frame* frame, void* data) {
        h2_session& session = self(data);
        auto* const stream = session.find(frame->hd.stream_id);
        switch (frame->hd.type) {
            case NGHTTP2_SETTINGS:
                session.is_settled_ =
                    session.is_settled_ || (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0;
                break;
            case NGHTTP2_GOAWAY:
                session.goaway_ = {static_cast<std::uint32_t>(frame->goaway.last_stream_id),
                                   frame->goaway.error_code};
                break;
            case NGHTTP2_HEADERS:
            case NGHTTP2_DATA:
                if (stream != nullptr) {
                    // 1xx is not the answer yet.
                    stream->got = stream->status >= 200 ? progress::body : stream->got;
                    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
                        stream->got = progress::complete;
                    }
                }
                break;
            case NGHTTP2_RST_STREAM:
                if (stream != nullptr && stream->got != progress::complete) {
                    stream->was_reset = true;
                    stream->reset_code = frame->rst_stream.error_code;
                }
                break;
            default:
                break;
        }
        return 0;
    }

    // What a server may not send: the library answers with RST_STREAM or GOAWAY.
    static int on_invalid_frame(nghttp2_session* /*unused*/, const nghttp2_frame* frame, int error,
                                void* data) {
        if (auto* const stream = self(data).find(frame->hd.stream_id); stream != nullptr) {
            stream->is_malformed = true;
        } else if (self(data).problem_.empty()) {
            self(data).problem_ = nghttp2_strerror(error);
        }
        return 0;
    }

    // Our own GOAWAY with an error is the library's verdict on what it read.
    static int on_sent(nghttp2_session* /*unused*/, const nghttp2_frame* frame, void* data) {
        auto& problem = self(data).problem_;
        if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR &&
            problem.empty()) {
            problem = nghttp2_http2_strerror(frame->goaway.error_code);
        }
        return 0;
    }

    static int on_close(nghttp2_session* /*unused*/, std::int32_t id, std::uint32_t code,
                        void* data) {
        h2_session& session = self(data);
        const auto found = session.streams_.find(static_cast<std::uint32_t>(id));
        if (found == session.streams_.end()) {
            return 0;
        }
        auto stream = std::move(found->second);
        session.streams_.erase(found);
        stream.after_goaway = session.goaway_.has_value();
        // The library itself ends a stream whose answer does not match its Content-Length;
        // those above GOAWAY's last it ends as refused.
        stream.is_malformed =
            stream.is_malformed || (!stream.was_reset && code == NGHTTP2_PROTOCOL_ERROR);
        if (stream.is_malformed && stream.got == progress::complete) {
            stream.got = progress::body;
        }
        session.ended_.push_back(std::move(stream));
        return 0;
    }
};

void h2_session::free_session::operator()(nghttp2_session* one) const noexcept {
    nghttp2_session_del(one);
}

h2_session::h2_session(std::string_view instance_field) : instance_field_(instance_field) {
    // Fields arrive in small letters.
    std::ranges::transform(instance_field_, instance_field_.begin(), [](char one) {
        return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one;
    });
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)>
        calls(made, nghttp2_session_callbacks_del);
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, callbacks::on_begin_frame);
    nghttp2_session_callbacks_set_on_header_callback(made, callbacks::on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, callbacks::on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, callbacks::on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, callbacks::on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, callbacks::on_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, callbacks::on_close);
    nghttp2_session* session = nullptr;
    if (nghttp2_session_client_new(&session, made, this) != 0) {
        throw std::bad_alloc();
    }
    session_.reset(session);
    const std::array<nghttp2_settings_entry, 2> settings{
        {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window}}};
    if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) !=
            0 ||
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, window) != 0) {
        throw std::bad_alloc();
    }
}

h2_session::~h2_session() = default;

h2_stream* h2_session::find(std::int32_t id) noexcept {
    const auto found = streams_.find(static_cast<std::uint32_t>(id));
    return found == streams_.end() ? nullptr : &found->second;
}

bool h2_session::can_open() const noexcept {
    return !goaway_ && problem_.empty() &&
           streams_.size() < nghttp2_session_get_remote_settings(
                                 session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS) &&
           nghttp2_session_check_request_allowed(session_.get()) == 1;
}

std::uint32_t h2_session::open(const h2_request& what) {
    if (!can_open()) {
        return 0;
    }
    const std::array<nghttp2_nv, 4> fields{field(":method", "GET"), field(":scheme", what.scheme),
                                           field(":authority", what.authority),
                                           field(":path", what.path)};
    const auto id = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                           nullptr, nullptr);
    if (id <= 0) {
        return 0;
    }
    const auto stream = static_cast<std::uint32_t>(id);
    streams_[stream].id = stream;
    return stream;
}

void h2_session::cancel(std::uint32_t stream) {
    if (streams_.erase(stream) != 0) {
        nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE,
                                  static_cast<std::int32_t>(stream), NGHTTP2_CANCEL);
    }
}

void h2_session::say_goodbye() {
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR, nullptr, 0);
}

bool h2_session::feed(std::string_view bytes, std::int64_t now_ns) {
    if (!problem_.empty()) {
        return false;
    }
    now_ns_ = now_ns;
    const auto taken = nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (taken < 0 && problem_.empty()) {
        problem_ = nghttp2_strerror(static_cast<int>(taken));
    }
    return problem_.empty();
}

std::string h2_session::take_output() {
    std::string made;
    for (;;) {
        const std::uint8_t* bytes = nullptr;
        const auto size = nghttp2_session_mem_send(session_.get(), &bytes);
        if (size <= 0) {
            return made;
        }
        made.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
}

std::vector<h2_stream> h2_session::take_ended() { return std::exchange(ended_, {}); }

}  // namespace lastcall::drill
