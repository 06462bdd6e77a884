#include <signal.h>

#include "servers.hpp"

namespace stop_bench {
namespace {

// As the manual of node:http recommends: close(), and the connections that are idle then.
constexpr const char* source = R"js('use strict';
const http = require('node:http');
const [host, port] = process.argv[2].split(':');
let orders = 0;
const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://local');
  if (url.pathname === '/slow') {
    setTimeout(() => response.end('slow\n'), Number(url.searchParams.get('ms')));
  } else if (url.pathname === '/stream') {
    let left = Number(url.searchParams.get('seconds')) * 10;
    const tick = () => (left-- > 0 ? (response.write('tick\n'), setTimeout(tick, 100)) : response.end());
    tick();
  } else if (url.pathname === '/orders') {
    request.resume().on('end', () => response.writeHead(201).end(JSON.stringify({ id: ++orders })));
  } else {
    response.end('node\n');
  }
});
server.keepAliveTimeout = 3600_000;
server.listen({ host, port: Number(port), backlog: 4096 });
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
)js";

}  // namespace

std::optional<server> node_server() {
    const auto program = find_program("node");
    if (!program) {
        return std::nullopt;
    }
    server made;
    made.name = "Node close";
    made.signal = SIGTERM;
    made.command = [program](const lastcall::sys::endpoint& listen,
                             const std::filesystem::path& home) {
        write_file(home / "server.js", source);
        return lastcall::drill::command_plan{
            .argv = {*program, (home / "server.js").string(), listen.text()}};
    };
    return made;
}

}  // namespace stop_bench
