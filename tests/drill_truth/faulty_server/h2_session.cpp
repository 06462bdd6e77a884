#include "h2_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "request.hpp"

namespace faulty {
namespace {

/// From the first GOAWAY to the second: what the client sent before it knew is served.
constexpr std::chrono::milliseconds between_goaways{100};

constexpr std::int32_t highest_stream = 0x7fffffff;

moment now() { return std::chrono::steady_clock::now(); }

nghttp2_nv field(std::string_view name, std::string_view value) {
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

/// In whole frames: how many begin a stream (RFC 9113, 4.1).
std::int64_t count_requests(std::string_view frames) {
    constexpr std::size_t head = 9;
    std::int64_t count = 0;
    while (frames.size() >= head) {
        std::size_t size = 0;
        for (const char byte : frames.substr(0, 3)) {
            size = size << 8U | static_cast<std::uint8_t>(byte);
        }
        count += frames[3] == NGHTTP2_HEADERS ? 1 : 0;
        frames.remove_prefix(std::min(frames.size(), head + size));
    }
    return count;
}

ssize_t read_answer(nghttp2_session*, std::int32_t id, std::uint8_t* into, std::size_t room,
                    std::uint32_t* flags, nghttp2_data_source*, void* user) {
    bool is_all = false;
    const auto size = static_cast<h2_session*>(user)->read_body(id, into, room, is_all);
    *flags |= is_all ? static_cast<std::uint32_t>(NGHTTP2_DATA_FLAG_EOF) : 0U;
    return static_cast<ssize_t>(size);
}

}  // namespace

h2_session::h2_session(service& shared, stream& bytes, std::string begun)
    : service_(shared),
      stream_(bytes),
      begun_(std::move(begun)),
      session_(make_nghttp2_session(*this)) {}

h2_session::~h2_session() { nghttp2_session_del(session_); }

void h2_session::serve() {
    const std::array settings{
        nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    std::string bytes = std::exchange(begun_, {});
    for (;;) {
        const auto size = static_cast<ssize_t>(bytes.size());
        if (nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                     bytes.size()) != size) {
            return;
        }
        bytes.clear();
        answer_due();
        if (service_.stopping.is_up() && !step_stop()) {
            return;
        }
        if (!flush()) {
            return;
        }
        if (stop_ == stop_step::done && open_.empty()) {
            stream_.finish();
            stream_.linger(now() + std::chrono::seconds(1));
            return;
        }
        const int wake = stop_ == stop_step::none ? service_.stopping.descriptor()
                                                  : service_.given_up.descriptor();
        const auto how = stream_.read(bytes, wake, std::min(next_due(), goaway_due_));
        const bool over = how == stream::got::woken && stop_ != stop_step::none;
        if (over || how == stream::got::end || how == stream::got::reset) {
            return;
        }
    }
}

bool h2_session::flush() {
    for (;;) {
        const std::uint8_t* bytes = nullptr;
        const auto size = nghttp2_session_mem_send(session_, &bytes);
        if (size <= 0) {
            return size == 0;
        }
        if (!stream_.write(
                {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)})) {
            return false;
        }
    }
}

moment h2_session::next_due() const {
    moment earliest = moment::max();
    for (const auto& [id, one] : open_) {
        if (one.is_whole && !one.is_answered) {
            earliest = std::min(earliest, one.due);
        }
    }
    return earliest;
}

void h2_session::answer_due() {
    for (auto& [id, one] : open_) {
        if (one.is_whole && !one.is_answered && one.due <= now()) {
            answer(id, one);
        }
    }
}

void h2_session::answer(std::int32_t id, exchange& one) {
    if (one.method == "POST") {
        const auto order = id_of(one.body);
        service_.keep_order(order);
        service_.truth.add(
            truth_line("effect").text("id", order).flag("kept", true).flag("acknowledged", true));
        one.status = "201";
    }
    one.answer = "hello\n";
    one.is_answered = true;
    note(id, one, fault::none, stop_ == stop_step::none ? "keep" : "close");
    const std::array fields{field(":status", one.status), field("content-type", "text/plain")};
    const nghttp2_data_provider body{{0}, read_answer};
    nghttp2_submit_response(session_, id, fields.data(), fields.size(), &body);
}

/// Returns: whether the connection goes on.
bool h2_session::step_stop() {
    if (stop_ == stop_step::none) {
        if (strike_stop()) {
            return false;
        }
        stop_ = stop_step::announced;
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, highest_stream, NGHTTP2_NO_ERROR,
                              nullptr, 0);
        goaway_due_ = now() + between_goaways;
    } else if (stop_ == stop_step::announced && goaway_due_ <= now()) {
        stop_ = stop_step::done;
        goaway_due_ = moment::max();
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_, NGHTTP2_NO_ERROR, nullptr, 0);
    }
    return true;
}

/// Returns: whether the connection has ended by a fault.
bool h2_session::strike_stop() {
    const auto what = service_.told.what;
    if ((what != fault::no_goaway && what != fault::goaway_error &&
         what != fault::h2_promised_lost) ||
        !service_.strikes_next()) {
        return false;
    }
    // The books name each stream that is here before the FIN, also one that nobody has read.
    stream_.hold_incoming();
    std::string bytes;
    while (stream_.read(bytes, -1, now()) == stream::got::bytes) {
    }
    nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             bytes.size());
    flush();  // what is answered is not lost
    for (const auto& [id, one] : open_) {
        note(id, one, what, what == fault::h2_promised_lost ? "rst_stream" : "fin");
    }
    const auto open_streams = static_cast<std::int64_t>(open_.size());
    if (what == fault::goaway_error) {
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_, NGHTTP2_INTERNAL_ERROR, nullptr,
                              0);
    } else if (what == fault::h2_promised_lost) {
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_, NGHTTP2_NO_ERROR, nullptr, 0);
        for (const auto& [id, one] : open_) {
            nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_INTERNAL_ERROR);
        }
    }
    flush();
    stream_.finish();
    stream_.release_incoming();
    const auto until = now() + std::chrono::seconds(1);
    bytes.clear();
    while (stream_.read(bytes, -1, until) == stream::got::bytes) {
    }
    service_.truth.add(truth_line("h2_end")
                           .text("fault", to_string(what))
                           .number("peer", stream_.peer())
                           .number("last_stream", last_)
                           .number("open_streams", open_streams)
                           .number("streams_behind_fin", count_requests(bytes)));
    return true;
}

void h2_session::note(std::int32_t id, const exchange& one, fault what, const char* answer) {
    service_.truth.add(truth_line("request")
                           .text("fault", to_string(what))
                           .text("protocol", "h2")
                           .number("peer", stream_.peer())
                           .number("nth", id)
                           .text("method", one.method)
                           .text("target", one.target)
                           .text("answer", answer)
                           .flag("taken", true)
                           .flag("after_signal", service_.stopping.is_up()));
}

void h2_session::begin_stream(std::int32_t id) {
    open_[id];
    last_ = std::max(last_, id);
}

void h2_session::take_field(std::int32_t id, std::string_view name, std::string_view value) {
    const auto found = open_.find(id);
    if (found != open_.end() && name == ":method") {
        found->second.method = value;
    } else if (found != open_.end() && name == ":path") {
        found->second.target = value;
    }
}

void h2_session::take_body(std::int32_t id, std::string_view bytes) {
    if (const auto found = open_.find(id); found != open_.end()) {
        found->second.body += bytes;
    }
}

void h2_session::request_is_whole(std::int32_t id) {
    if (const auto found = open_.find(id); found != open_.end()) {
        auto& one = found->second;
        const auto path = one.target.substr(0, one.target.find('?'));
        const auto time = path == service_.told.target
                              ? service_.told.work
                              : std::chrono::milliseconds(query_number(one.target, "ms"));
        one.is_whole = true;
        one.due = now() + time;
    }
}

void h2_session::end_stream(std::int32_t id) { open_.erase(id); }

std::size_t h2_session::read_body(std::int32_t id, std::uint8_t* into, std::size_t room,
                                  bool& is_all) {
    auto& one = open_.at(id);
    const auto size = std::min(room, one.answer.size() - one.sent);
    std::copy_n(one.answer.data() + one.sent, size, into);
    one.sent += size;
    is_all = one.sent == one.answer.size();
    return size;
}

}  // namespace faulty
