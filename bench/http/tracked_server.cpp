// The server of lastcall with the same route as plain_server.
//
// usage: tracked_server PORT THREADS
#include <cstdio>
#include <cstdlib>
#include <lastcall/http.hpp>

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::fputs("usage: tracked_server PORT THREADS\n", stderr);
        return 2;
    }
    lastcall::lifecycle life({.service = "tracked_server"});
    lastcall::http::server server(life,
                                  {.listen = std::string("127.0.0.1:") + argv[1],
                                   .threads = static_cast<unsigned>(std::atoi(argv[2]))},
                                  [](lastcall::http::exchange x) {
                                      std::move(x).respond(lastcall::http::status::ok,
                                                           "text/plain; charset=utf-8", "orders\n");
                                  });
    life.ready();
    std::printf("listening on 127.0.0.1:%u\n", server.port());
    std::fflush(stdout);
    life.run_and_exit();
} catch (const std::exception& error) {
    return lastcall::refuse_start("tracked_server", error);
}
