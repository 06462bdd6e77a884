// A response is the same however its bytes are cut; it takes no byte after its end; its
// body is never longer than what came.
#include "drill/http/response_parser.hpp"
#include "fuzz/target.hpp"

namespace {

using lastcall::drill::progress;
using lastcall::drill::response_parser;
using lastcall::fuzz::must;

// Feeds `piece` bytes at a time. Returns how many were taken.
std::size_t feed(response_parser& parser, std::string_view bytes, std::size_t piece) {
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        const std::string_view part = bytes.substr(taken, piece);
        const std::size_t used = parser.feed(part);
        must(used <= part.size(), "more was taken than there was");
        taken += used;
        if (used < part.size()) {
            break;
        }
    }
    return taken;
}

void must_agree(const response_parser& a, const response_parser& b) {
    must(a.malformed() == b.malformed(), "cut differently, only one is malformed");
    if (a.malformed()) {
        return;
    }
    must(a.got() == b.got(), "cut differently, they are not as far");
    must(a.status() == b.status(), "cut differently, the status differs");
    must(a.bytes() == b.bytes(), "cut differently, the number of bytes differs");
    must(a.body() == b.body(), "cut differently, the body differs");
    must(a.close_announced() == b.close_announced(), "cut differently, one announces a close");
    must(a.field("Content-Type") == b.field("Content-Type"), "cut differently, a field differs");
}

}  // namespace

LASTCALL_FUZZ_TARGET(response_parser) {
    for (const bool answers_head : {false, true}) {
        response_parser whole(answers_head, 64);
        const std::size_t taken = feed(whole, input, input.size());
        must(whole.bytes() == taken, "it counts other bytes than it took");
        must(whole.body().size() <= std::min<std::size_t>(taken, 64), "it kept too much");
        must(taken == input.size() || whole.malformed() || whole.got() == progress::complete,
             "it stopped for no reason");
        must(whole.got() != progress::complete || whole.status() >= 101, "complete without status");
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
            response_parser pieces(answers_head, 64);
            feed(pieces, input, piece);
            must_agree(whole, pieces);
        }
        whole.end_of_input();
    }
}
