// Whatever an application puts into the fields of a response, the head has these fields
// and no others, and ends once, where it should.
#include "adapters/http/head.hpp"
#include "drill/http/response_parser.hpp"
#include "fuzz/target.hpp"

namespace {

using namespace lastcall;
using fuzz::must;

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) {
        ++found;
    }
    return found;
}

}  // namespace

// The first byte chooses the framing, the rest is NAME NUL VALUE NUL NAME NUL VALUE ...
LASTCALL_FUZZ_TARGET(http_head) {
    if (input.empty()) {
        return;
    }
    const auto choice = static_cast<unsigned char>(input[0]);
    input.remove_prefix(1);
    http::response answer(http::status::ok, 11);
    std::size_t fields = 0;
    while (!input.empty()) {
        const auto next = [&] {
            const std::string_view text = input.substr(0, input.find('\0'));
            input.remove_prefix(std::min(input.size(), text.size() + 1));
            return text;
        };
        // Strings: Beast's comparison of names reads one byte beyond its views.
        const std::string name(next());
        const std::string value(next());
        if (name.size() + value.size() > 60'000) {
            return;  // Beast refuses it
        }
        answer.insert(name, value);
        ++fields;
    }
    const auto how = static_cast<http::framing>(choice % 4);
    const bool keep_alive = (choice & 4U) != 0;
    std::string head;
    http::append_head(head, answer, how, 5, (choice & 8U) != 0 ? 11 : 10, keep_alive);

    const std::size_t lines = count(head, "\r\n");
    must(count(head, "\n") == lines && count(head, "\r") == lines, "a bare CR or LF is in it");
    must(head.find('\0') == head.npos, "a NUL is in it");
    must(head.ends_with("\r\n\r\n") && head.find("\r\n\r\n") == head.size() - 4,
         "it ends elsewhere");
    must(lines <= 1 + fields + 3 + 1, "there are more fields than were put in");

    drill::response_parser reader(how == http::framing::no_body);
    if (head.size() <= 60'000) {
        must(reader.feed(head) == head.size() && !reader.malformed(), "a client cannot read it");
        must(how != http::framing::content_length || reader.field("Content-Length") == "5",
             "the length is not ours");
        must(!keep_alive || how == http::framing::until_close || !reader.close_announced(),
             "the application ended the connection");
    }
}
