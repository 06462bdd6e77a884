#include "agent/api/client_channel.hpp"

#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace lastcall::agent {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

// Runs one operation to its end: Beast's time limits need asynchronous ones.
template <class Start>
std::size_t run(asio::io_context& context, Start start) {
    error_code result = asio::error::operation_aborted;
    std::size_t transferred = 0;
    start([&](error_code error, std::size_t bytes) {
        result = error;
        transferred = bytes;
    });
    context.restart();
    context.run();
    if (result) {
        throw boost::system::system_error(result);
    }
    return transferred;
}

template <class Start>
void run_without_bytes(asio::io_context& context, Start start) {
    run(context, [&](auto handler) {
        start([handler](error_code error, auto&&...) mutable { handler(error, 0); });
    });
}

template <class Stream>
class channel : public client_channel {
public:
    template <class... Arguments>
    explicit channel(Arguments&&... arguments)
        : stream(context, std::forward<Arguments>(arguments)...) {}

    void write(std::string_view text) override {
        lowest().expires_after(write_limit);
        run(context, [&](auto handler) {
            asio::async_write(stream, asio::buffer(text.data(), text.size()), std::move(handler));
        });
    }

    std::size_t read(char* into, std::size_t room,
                     std::optional<std::chrono::milliseconds> limit) override {
        limit ? lowest().expires_after(*limit) : lowest().expires_never();
        try {
            return run(context, [&](auto handler) {
                stream.async_read_some(asio::buffer(into, room), std::move(handler));
            });
        } catch (const boost::system::system_error& e) {
            if (e.code() == asio::error::eof) {
                return 0;
            }
            throw;
        }
    }

    int native_handle() override { return lowest().socket().native_handle(); }

    auto& lowest() { return beast::get_lowest_layer(stream); }

    asio::io_context context{1};
    Stream stream;
};

using local_stream = beast::basic_stream<asio::local::stream_protocol>;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

class tls_channel : public channel<tls_stream> {
public:
    explicit tls_channel(asio::ssl::context& settings) : channel(settings) {}
};

}  // namespace

std::unique_ptr<client_channel> connect_local(const std::string& path) {
    auto made = std::make_unique<channel<local_stream>>();
    made->stream.expires_after(connect_limit);
    run_without_bytes(made->context, [&](auto handler) {
        made->stream.async_connect(asio::local::stream_protocol::endpoint(path),
                                   std::move(handler));
    });
    return made;
}

std::unique_ptr<client_channel> connect_tls(const std::string& host, const std::string& port,
                                            const std::string& ca_file) {
    asio::ssl::context settings(asio::ssl::context::tls_client);
    settings.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    if (ca_file.empty()) {
        settings.set_default_verify_paths();
    } else {
        settings.load_verify_file(ca_file);
    }
    settings.set_verify_mode(asio::ssl::verify_peer);
    auto made = std::make_unique<tls_channel>(settings);
    made->stream.set_verify_callback(asio::ssl::host_name_verification(host));
    // RFC 6066, section 3: the name is told, so that a server of several names can choose.
    ::SSL_set_tlsext_host_name(made->stream.native_handle(), host.c_str());
    asio::ip::tcp::resolver resolver(made->context);
    const auto found = resolver.resolve(host, port);
    made->lowest().expires_after(connect_limit);
    run_without_bytes(made->context, [&](auto handler) {
        made->lowest().async_connect(found, std::move(handler));
    });
    run_without_bytes(made->context, [&](auto handler) {
        made->stream.async_handshake(asio::ssl::stream_base::client, std::move(handler));
    });
    return made;
}

}  // namespace lastcall::agent
