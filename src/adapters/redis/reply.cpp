#include <lastcall/redis.hpp>

namespace lastcall {

namespace {

template <class Wanted, class Value>
const Wanted& expect(const Value& value, const char* wanted) {
    constexpr const char* kinds[] = {"nil", "a number", "a text", "a list"};
    const Wanted* found = std::get_if<Wanted>(&value);
    if (found == nullptr) {
        throw redis_error(redis_fault::type, std::string("redis: the reply is ") +
                                                 kinds[value.index()] + ", not " + wanted);
    }
    return *found;
}

}  // namespace

long long redis_reply::number() const { return expect<long long>(value_, "a number"); }
const std::string& redis_reply::text() const& { return expect<std::string>(value_, "a text"); }
const redis_reply::list& redis_reply::items() const& { return expect<list>(value_, "a list"); }

}  // namespace lastcall
