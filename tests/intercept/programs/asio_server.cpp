// An ordinary Boost.Asio server: asio_server PORT ANSWER. Asio puts the socket into its epoll
// set when it is opened, before it is bound.
#include <boost/asio.hpp>
#include <cstdlib>
#include <memory>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string answer;

void serve(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](boost::system::error_code error, tcp::socket peer) {
        if (error) {
            return;
        }
        auto socket = std::make_shared<tcp::socket>(std::move(peer));
        auto buffer = std::make_shared<std::array<char, 4096>>();
        socket->async_read_some(asio::buffer(*buffer), [socket, buffer](auto failed, auto) {
            if (!failed) {
                asio::async_write(*socket, asio::buffer(answer), [socket](auto, auto) {});
            }
        });
        serve(acceptor);
    });
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        return 2;
    }
    answer = "HTTP/1.0 200 OK\r\n\r\n" + std::string(arguments[2]);
    asio::io_context context(1);
    const auto port = static_cast<unsigned short>(std::atoi(arguments[1]));
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
    asio::signal_set signals(context, SIGTERM);
    signals.async_wait([&](auto, auto) { acceptor.close(); });
    serve(acceptor);
    context.run();
}
