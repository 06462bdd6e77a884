// Whatever a service answers, it is read without harm, and what was read can be written.
#include <array>

#include "fuzz/target.hpp"
#include "wire/status_message.hpp"

LASTCALL_FUZZ_TARGET(status_message) {
    using namespace lastcall::wire;
    static_cast<void>(asks_what_is_in_flight(input));
    const std::string given(input);
    for (std::string answer : {given, "lastcall-status\t1\n" + given}) {
        status_reader reader(answer);
        std::array<char, largest_status> memory;
        for (status_line line; reader.next(line);) {
            status_writer out(memory);
            out.service(line.name);
            std::string again(out.finish());
            status_reader second(again);
            status_line same;
            lastcall::fuzz::must(
                second.next(same) && same.name == line.name.substr(0, longest_text),
                "a name that was read is written and read again");
        }
    }
}
