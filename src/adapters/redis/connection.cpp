#include "adapters/redis/connection.hpp"

#include <hiredis/hiredis.h>

#include <array>
#include <cerrno>
#include <new>
#include <system_error>
#include <vector>

namespace lastcall::redis {

namespace {

struct reply_deleter {
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};

struct command_deleter {
    void operator()(char* command) const noexcept { redisFreeCommand(command); }
};

redis_reply convert(const redisReply& from) {
    switch (from.type) {
        case REDIS_REPLY_INTEGER:
            return redis_reply(from.integer);
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_ERROR:  // inside a list: the answer of one command of an EXEC
            return redis_reply(std::string(from.str, from.len));
        case REDIS_REPLY_ARRAY: {
            redis_reply::list items;
            items.reserve(from.elements);
            for (std::size_t i = 0; i < from.elements; ++i) {
                items.push_back(convert(*from.element[i]));
            }
            return redis_reply(std::move(items));
        }
        default:
            return {};
    }
}

/// A cluster answers for the keys of its other servers with a redirect.
std::string refusal(std::string_view said) {
    std::string why(said);
    if (said.starts_with("MOVED ") || said.starts_with("ASK ")) {
        why += " (the server is part of a Redis Cluster, whose redirects lastcall does not follow)";
    }
    return why;
}

}  // namespace

void reader_deleter::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

void connection::open() {
    drop();
    const auto until = std::chrono::steady_clock::now() + limits_.connect;
    connected made = connect_to(*to_, until, cut_fd_);
    if (made.outcome != io::done) {
        const bool cut = made.outcome == io::cut;
        throw redis_error(cut ? redis_fault::closed : redis_fault::unreachable,
                          "redis: connect to " + to_->display() + ": " + made.error);
    }
    fd_ = std::move(made.fd);
    reader_.reset(redisReaderCreate());
    if (reader_ == nullptr) {
        drop();
        throw std::bad_alloc();
    }
    log_in(until);
}

void connection::log_in(time_point until) {
    try {
        if (to_->tls) {
            tls_.emplace(*to_->tls, to_->host, fd_.get());
            if (const io shaken = tls_->shake_hands(until, cut_fd_); shaken != io::done) {
                lose(shaken, "agree on TLS with");
            }
        }
        if (!to_->user.empty()) {
            const std::array<redis_word, 3> auth{"AUTH", to_->user, to_->password};
            exchange(auth, until);
        } else if (!to_->password.empty()) {
            const std::array<redis_word, 2> auth{"AUTH", to_->password};
            exchange(auth, until);
        }
        // Also without a database to select, one exchange shows that this is a Redis
        // that serves us: not one that is still loading, or wants a login.
        const std::array<redis_word, 2> select{"SELECT", to_->database};
        exchange(select, until);
    } catch (const redis_error& error) {
        drop();
        throw redis_error(
            error.fault() == redis_fault::closed ? error.fault() : redis_fault::unreachable,
            "redis: log in to " + to_->display() + ": " + error.what());
    }
}

redis_reply connection::run(std::span<const redis_word> words, std::chrono::milliseconds limit) {
    if (!fd_) {
        throw redis_error(redis_fault::lost,
                          "redis: the connection to " + to_->display() + " was lost before");
    }
    return exchange(words, std::chrono::steady_clock::now() + limit);
}

redis_reply connection::exchange(std::span<const redis_word> words, time_point until) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const redis_word& word : words) {
        texts.push_back(word.view().data());
        lengths.push_back(word.view().size());
    }
    char* raw = nullptr;
    const int size =
        redisFormatCommandArgv(&raw, static_cast<int>(texts.size()), texts.data(), lengths.data());
    if (size < 0) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<char, command_deleter> command(raw);
    if (const io sent = send({raw, static_cast<std::size_t>(size)}, until); sent != io::done) {
        lose(sent, "send to");
    }
    std::array<char, 16'384> buffer;
    for (;;) {
        std::size_t received = 0;
        if (const io got = receive(buffer, received, until); got != io::done) {
            lose(got, "wait for");
        }
        void* parsed = nullptr;
        if (redisReaderFeed(reader_.get(), buffer.data(), received) != REDIS_OK ||
            redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK) {
            const std::string why = reader_->errstr;
            drop();
            throw redis_error(redis_fault::lost,
                              "redis: " + to_->display() + " does not speak Redis: " + why);
        }
        if (parsed == nullptr) {
            continue;
        }
        const std::unique_ptr<redisReply, reply_deleter> reply(static_cast<redisReply*>(parsed));
        if (reply->type == REDIS_REPLY_ERROR) {
            throw redis_error(redis_fault::refused, refusal({reply->str, reply->len}));
        }
        return convert(*reply);
    }
}

io connection::send(std::string_view bytes, time_point until) {
    return tls_ ? tls_->send_all(bytes, until, cut_fd_)
                : send_all(fd_.get(), bytes, until, cut_fd_);
}

io connection::receive(std::span<char> into, std::size_t& received, time_point until) {
    return tls_ ? tls_->receive(into, received, until, cut_fd_)
                : redis::receive(fd_.get(), into, received, until, cut_fd_);
}

void connection::lose(io why, const char* doing) {
    const int error = errno;
    const std::string said = tls_ ? tls_->error() : "";
    // The reply may still be on its way: what is left is not usable for another command.
    drop();
    const std::string where = std::string("redis: ") + doing + " " + to_->display() + ": ";
    switch (why) {
        case io::timeout:
            throw redis_error(redis_fault::timeout, where + "no reply in time");
        case io::cut:
            throw redis_error(redis_fault::closed, where + "cut, because the service stops");
        case io::closed:
            throw redis_error(redis_fault::lost, where + "the server closed the connection");
        default:
            throw redis_error(
                redis_fault::lost,
                where + (said.empty() ? std::generic_category().message(error) : said));
    }
}

void connection::quit(time_point until) noexcept {
    if (is_usable()) {
        try {
            const std::array<redis_word, 1> quit{"QUIT"};
            exchange(quit, until);
        } catch (...) {
            // Whether or not the server said goodbye, the socket is closed below.
        }
    }
    drop();
}

void connection::drop() noexcept {
    tls_.reset();
    shut(fd_);
    reader_.reset();
}

}  // namespace lastcall::redis
