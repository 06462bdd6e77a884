// Whatever a service answers, it is read without harm, and what was read can be written.
#include <array>
#include <cstdlib>
#include <string>

#include "wire/status_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace lastcall::wire;
    const std::string given(reinterpret_cast<const char*>(data), size);
    static_cast<void>(asks_what_is_in_flight(given));
    for (std::string answer : {given, "lastcall-status\t1\n" + given}) {
        status_reader reader(answer);
        std::array<char, largest_status> memory;
        for (status_line line; reader.next(line);) {
            status_writer out(memory);
            out.service(line.name);
            std::string again(out.finish());
            status_reader second(again);
            if (status_line same;
                !second.next(same) || same.name != line.name.substr(0, longest_text)) {
                std::abort();
            }
        }
    }
    return 0;
}
