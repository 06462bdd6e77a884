#include "drill/load/h2_peer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace lastcall::drill {
namespace {

nghttp2_nv as_field(const std::string& name, const std::string& value) {
    const auto bytes = [](const std::string& text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void put(std::string& into, std::uint32_t number) {
    for (const int shift : {24, 16, 8, 0}) {
        into.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
    }
}

}  // namespace

struct h2_peer::body {
    std::string text;
    std::size_t at = 0;
    bool whole = true;
};

struct h2_peer::callbacks {
    static h2_peer& self(void* data) { return *static_cast<h2_peer*>(data); }

    static int on_header(nghttp2_session* /*unused*/, const nghttp2_frame* frame,
                         const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                         std::size_t value_size, std::uint8_t /*flags*/, void* data) {
        auto& begun = self(data).begun_;
        auto found = std::ranges::find(begun, frame->hd.stream_id, &request::stream);
        if (found == begun.end()) {
            begun.push_back({frame->hd.stream_id, {}, {}, {}});
            found = begun.end() - 1;
        }
        const std::string key(reinterpret_cast<const char*>(name), name_size);
        const std::string text(reinterpret_cast<const char*>(value), value_size);
        (key == ":path"        ? found->path
         : key == ":authority" ? found->authority
                               : found->scheme) = text;
        return 0;
    }

    static int on_frame(nghttp2_session* /*unused*/, const nghttp2_frame* frame, void* data) {
        h2_peer& peer = self(data);
        if (frame->hd.type == NGHTTP2_HEADERS) {
            const auto found =
                std::ranges::find(peer.begun_, frame->hd.stream_id, &request::stream);
            peer.requests_.push_back(*found);
            peer.begun_.erase(found);
            peer.last_stream = std::max(peer.last_stream, frame->hd.stream_id);
        } else if (frame->hd.type == NGHTTP2_PING) {
            peer.ping_acks += (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 ? 1 : 0;
        } else if (frame->hd.type == NGHTTP2_GOAWAY) {
            ++peer.goaways;
        } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
            peer.cancelled.push_back(frame->hd.stream_id);
        }
        return 0;
    }

    static ssize_t read_body(nghttp2_session* /*unused*/, std::int32_t /*stream*/,
                             std::uint8_t* into, std::size_t room, std::uint32_t* flags,
                             nghttp2_data_source* source, void* /*data*/) {
        auto& one = *static_cast<body*>(source->ptr);
        const auto size = std::min(room, one.text.size() - one.at);
        if (size == 0 && !one.whole) {
            return NGHTTP2_ERR_DEFERRED;
        }
        std::memcpy(into, one.text.data() + one.at, size);
        one.at += size;
        if (one.at == one.text.size() && one.whole) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        }
        return static_cast<ssize_t>(size);
    }
};

h2_peer::h2_peer(std::uint32_t most_streams) {
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_session_callbacks_new(&calls);
    nghttp2_session_callbacks_set_on_header_callback(calls, callbacks::on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, callbacks::on_frame);
    nghttp2_session_server_new(&session_, calls, this);
    nghttp2_session_callbacks_del(calls);
    const nghttp2_settings_entry most{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, most_streams};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &most, most_streams == 0 ? 0 : 1);
}

h2_peer::~h2_peer() { nghttp2_session_del(session_); }

bool h2_peer::feed(std::string_view bytes) {
    return nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                    bytes.size()) == static_cast<ssize_t>(bytes.size());
}

void h2_peer::drain() {
    const std::uint8_t* bytes = nullptr;
    for (;;) {
        const auto size = nghttp2_session_mem_send(session_, &bytes);
        if (size <= 0) {
            return;
        }
        output_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
}

std::string h2_peer::take_output() {
    drain();
    return std::exchange(output_, {});
}

std::vector<h2_peer::request> h2_peer::take_requests() { return std::exchange(requests_, {}); }

void h2_peer::answer(std::int32_t stream, int status, const std::string& text, bool whole,
                     std::vector<field> fields) {
    fields.insert(fields.begin(), {":status", std::to_string(status)});
    std::vector<nghttp2_nv> list;
    for (const auto& one : fields) {
        list.push_back(as_field(one.name, one.value));
    }
    bodies_.push_back(std::make_unique<body>(body{text, 0, whole}));
    const nghttp2_data_provider from{{.ptr = bodies_.back().get()}, callbacks::read_body};
    nghttp2_submit_response(session_, stream, list.data(), list.size(), &from);
}

void h2_peer::say_continue(std::int32_t stream) {
    const std::string name = ":status";
    const std::string value = "103";
    const auto one = as_field(name, value);
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream, nullptr, &one, 1, nullptr);
}

void h2_peer::reset(std::int32_t stream, std::uint32_t code) {
    // Also for a stream that is over: the library would not send it.
    drain();
    output_ += std::string("\0\0\4\3\0", 5);
    put(output_, static_cast<std::uint32_t>(stream));
    put(output_, code);
}

void h2_peer::ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

void h2_peer::go_away(std::int32_t last, std::uint32_t code) {
    drain();  // behind what was said before
    output_ += std::string("\0\0\10\7\0\0\0\0\0", 9);
    put(output_, static_cast<std::uint32_t>(last));
    put(output_, code);
}

void h2_peer::give_notice() { go_away(0x7fffffff); }

}  // namespace lastcall::drill
