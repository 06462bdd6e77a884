// Frames are the same however their bytes are cut; what we send is read back unmasked.
#include <vector>

#include "drill/http/ws_frame.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace lastcall::drill;
using lastcall::fuzz::must;

struct frames {
    std::vector<ws_frame> all;
    bool malformed = false;
};

frames read(std::string_view bytes, std::size_t piece) {
    ws_frame_reader reader;
    frames got;
    for (std::size_t at = 0; at < bytes.size() && !reader.malformed(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        while (auto frame = reader.next()) {
            got.all.push_back(std::move(*frame));
        }
    }
    got.malformed = reader.malformed();
    return got;
}

}  // namespace

LASTCALL_FUZZ_TARGET(ws_frame) {
    const frames whole = read(input, std::max<std::size_t>(input.size(), 1));
    const frames pieces = read(input, 1);
    must(whole.malformed == pieces.malformed, "cut differently, only one is malformed");
    must(whole.all.size() == pieces.all.size(), "cut differently, there are more frames");
    std::size_t size = 0;
    for (std::size_t i = 0; i < whole.all.size(); ++i) {
        const ws_frame& frame = whole.all[i];
        must(frame.payload == pieces.all[i].payload, "cut differently, a payload differs");
        size += 2 + frame.payload.size();
        if (frame.code == ws_opcode::close) {
            const int code = ws_close_code(frame.payload);
            must(code >= 0 && code <= 65535, "a close code out of range");
        }
    }
    must(size <= input.size(), "more came out than went in");

    // A server reads what we send: take the mask off, and it is a frame from a server.
    constexpr std::uint32_t no_mask = 0;
    std::string sent = ws_encode(ws_opcode::binary, input, no_mask);
    const std::size_t wide = input.size() < 126 ? 0 : input.size() < 65536 ? 2 : 8;
    sent.erase(2 + wide, 4);
    sent[1] = static_cast<char>(sent[1] & 0x7F);
    const frames back = read(sent, sent.size());
    must(back.all.size() == 1 && back.all[0].payload == input, "what was sent is read differently");
}
