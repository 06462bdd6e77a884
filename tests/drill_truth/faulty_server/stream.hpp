// One connection as a stream of bytes, in the clear or over TLS, with every way to end it.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace faulty {

using moment = std::chrono::steady_clock::time_point;

class stream {
public:
    enum class got : std::uint8_t {
        bytes,
        end,    ///< FIN
        reset,  ///< RST, or a TLS alert
        woken,  ///< `wake` became readable
        late,
    };

    /// Takes the descriptor. `tls` null: in the clear.
    stream(int fd, SSL_CTX* tls);
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream();

    /// Blocks: until the handshake is over, `wake` is readable, or `until`.
    got shake_hands(int wake, moment until);

    /// Appends what is there. `wake` -1: nothing but bytes and time ends it.
    got read(std::string& into, int wake, moment until);

    /// Waits for bytes and leaves them unread. In the clear only.
    got wait_unread(std::string& seen, int wake, moment until);

    /// Bytes that wait in the kernel.
    [[nodiscard]] std::size_t unread() const;

    /// Until release_incoming() whatever brings bytes is lost on its way here, and is sent
    /// again later: what is there already, and what a FIN of ours crosses, is then certain.
    void hold_incoming() const;
    void release_incoming() const;

    /// Returns: whether all of it was given to the kernel.
    bool write(std::string_view bytes);

    /// FIN, over TLS a close_notify before it; `notify` false leaves that out.
    void finish(bool notify = true);

    /// After finish(): takes and drops what still comes, until the other side has closed too.
    /// Without it the kernel answers late bytes with RST, which can take a response back that
    /// its reader has not read yet (RFC 9112, 9.6). Returns: the bytes that came.
    std::size_t linger(moment until);

    /// RST behind everything that was written.
    void reset();

    /// close(), whatever is unread or on its way.
    void close();

    [[nodiscard]] std::uint16_t peer() const noexcept { return peer_; }
    [[nodiscard]] bool speaks_h2() const;  ///< agreed on by ALPN
    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    [[nodiscard]] bool has_buffered() const { return tls_ != nullptr && SSL_pending(tls_) > 0; }

private:
    enum class ready : std::uint8_t { yes, woken, late };
    ready wait_for(short events, int wake, moment until) const;
    got wait_for_head(std::string& seen, int wake, moment until);
    void wake_from(int bytes) const;
    short tls_wants(int result, got& failure) const;

    int fd_;
    SSL* tls_ = nullptr;
    std::uint16_t peer_ = 0;
};

}  // namespace faulty
