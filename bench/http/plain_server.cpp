// The same service written with Beast alone, as its examples do it: the measure of what
// our server costs. Several loops, keep-alive, a timeout on every read, no draining.
//
// usage: plain_server PORT THREADS
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(tcp::socket s) : stream_(std::move(s)) {}

    void read() {
        request_ = {};
        stream_.expires_after(std::chrono::seconds(60));
        http::async_read(stream_, buffer_, request_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error) {
                                 self->answer();
                             }
                         });
    }

private:
    void answer() {
        response_ = {http::status::ok, request_.version()};
        response_.set(http::field::content_type, "text/plain; charset=utf-8");
        response_.keep_alive(request_.keep_alive());
        response_.body() = "orders\n";
        response_.prepare_payload();
        http::async_write(
            stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (!error && self->response_.keep_alive()) {
                    self->read();
                } else {
                    self->stream_.socket().shutdown(tcp::socket::shutdown_send, error);
                }
            });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor, std::vector<std::unique_ptr<asio::io_context>>& loops,
            std::size_t next) {
    acceptor.async_accept(*loops[next],
                          [&acceptor, &loops, next](beast::error_code error, tcp::socket s) {
                              if (!error) {
                                  s.set_option(tcp::no_delay(true));
                                  auto made = std::make_shared<session>(std::move(s));
                                  asio::post(*loops[next], [made] { made->read(); });
                              }
                              accept(acceptor, loops, (next + 1) % loops.size());
                          });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: plain_server PORT THREADS\n", stderr);
        return 2;
    }
    std::vector<std::unique_ptr<asio::io_context>> loops;
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work;
    for (int i = 0; i < std::atoi(argv[2]); ++i) {
        loops.push_back(std::make_unique<asio::io_context>(1));
        work.push_back(asio::make_work_guard(*loops.back()));
    }
    tcp::acceptor acceptor(*loops[0],
                           tcp::endpoint(asio::ip::address_v4::loopback(),
                                         static_cast<unsigned short>(std::atoi(argv[1]))));
    accept(acceptor, loops, 0);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < loops.size(); ++i) {
        threads.emplace_back([&loops, i] { loops[i]->run(); });
    }
    std::printf("listening on 127.0.0.1:%u\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    loops[0]->run();
}
