// GET /export: spools the orders into a temporary file, so that a slow client keeps no
// transaction open, and sends the file in pieces.
#include <unistd.h>

#include "api.hpp"

namespace orders {
namespace {

constexpr std::size_t piece = 64 * 1024;

// Sends one piece, and the next when the client has taken it.
void send_from(const std::shared_ptr<lastcall::temp_file>& file, lastcall::http::stream out,
               off_t at) {
    std::string text(piece, '\0');
    const ssize_t n = ::pread(file->fd(), text.data(), text.size(), at);
    if (n <= 0) {
        out.end();
        return;
    }
    text.resize(static_cast<std::size_t>(n));
    auto next = out;
    out.write(std::move(text), [file, next, at, n](bool is_alive) {
        if (is_alive) {
            send_from(file, next, at + n);
        }
    });
}

std::string csv_line(const order& o) {
    std::string quoted = "\"";
    for (const char c : o.item) {
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return std::to_string(o.id) + "," + quoted + "\"," + std::to_string(o.quantity) + "," +
           o.state + "\n";
}

}  // namespace

void send_export(lastcall::http::exchange x, store& db, lastcall::temp_directory& temp) {
    auto file = std::make_shared<lastcall::temp_file>(temp.create(".csv"));
    file->write("id,item,quantity,state\n");
    std::int64_t after = 0;
    for (;;) {
        const std::vector<order> page = db.list(after, 1000);
        if (page.empty()) {
            break;
        }
        std::string text;
        for (const order& o : page) {
            text += csv_line(o);
        }
        file->write(text);
        after = page.back().id;
    }
    send_from(file, std::move(x).begin_stream(lastcall::http::status::ok, "text/csv"), 0);
}

}  // namespace orders
