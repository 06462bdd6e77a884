// From nghttp2's C callbacks to h2_session.
#include <stdexcept>
#include <string_view>

#include "h2_session.hpp"

namespace faulty {
namespace {

h2_session& of(void* user) { return *static_cast<h2_session*>(user); }

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        of(user).begin_stream(frame->hd.stream_id);
    }
    return 0;
}

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
              std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
              std::uint8_t, void* user) {
    of(user).take_field(frame->hd.stream_id, view(name, name_size), view(value, value_size));
    return 0;
}

int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
            std::size_t size, void* user) {
    of(user).take_body(id, view(bytes, size));
    return 0;
}

int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (ends && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)) {
        of(user).request_is_whole(frame->hd.stream_id);
    }
    return 0;
}

int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    of(user).end_stream(id);
    return 0;
}

}  // namespace

nghttp2_session* make_nghttp2_session(h2_session& owner) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session* made = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) == 0) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
        nghttp2_session_server_new(&made, callbacks, &owner);
        nghttp2_session_callbacks_del(callbacks);
    }
    if (made == nullptr) {
        throw std::runtime_error("nghttp2 could not make a session");
    }
    return made;
}

}  // namespace faulty
