#include "adapters/redis/script.hpp"

#include <array>
#include <vector>

namespace lastcall::redis {

namespace {

// Milliseconds of the server's clock: instances need not agree on the time.
const std::string now = R"(
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
)";

// An id goes before the first greater one. Ids grow, so at the head of a queue that is
// nearly always among the first few, and a job given back never overtakes an older one.
const std::string give_back = R"(
local function give_back(queue, id)
  local from, step = 0, 64
  while true do
    local part = redis.call('LRANGE', queue, from, from + step - 1)
    for _, other in ipairs(part) do
      if tonumber(other) > tonumber(id) then
        redis.call('LINSERT', queue, 'BEFORE', other, id)
        return
      end
    end
    if #part < step then
      redis.call('RPUSH', queue, id)
      return
    end
    from = from + step
  end
end
)";

const std::string enqueue = R"(
local id = tostring(redis.call('INCR', KEYS[1]))
redis.call('HSET', KEYS[2], id, ARGV[1])
redis.call('RPUSH', KEYS[3], id)
return id
)";

// ARGV[2] is a job that BLMOVE has moved before. It is handed out only if it still is in
// the list: an instance that was believed dead has lost it to another one.
const std::string take = R"(
local queue, processing, payloads, attempts, delayed = unpack(KEYS)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', delayed, '-inf', now(), 'LIMIT', 0, 128)) do
  redis.call('ZREM', delayed, id)
  redis.call('RPUSH', queue, id)
end
local jobs = {}
local function hand(id)
  local payload = redis.call('HGET', payloads, id)
  if payload then
    jobs[#jobs + 1] = {id, payload, tonumber(redis.call('HGET', attempts, id) or 0)}
  else
    redis.call('LREM', processing, 1, id)
  end
end
if ARGV[2] ~= '' and redis.call('LPOS', processing, ARGV[2]) then
  hand(ARGV[2])
end
while #jobs < tonumber(ARGV[1]) do
  local id = redis.call('LMOVE', queue, processing, 'LEFT', 'RIGHT')
  if not id then break end
  hand(id)
end
local due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
return {due[2] and math.max(0, tonumber(due[2]) - now()) or -1, jobs}
)";

// Not held any more: another instance believed this one dead. If the job waits again it
// need not be done again; if somebody does it now, it is theirs to finish.
const std::string finish = R"(
local processing, queue, delayed, payloads, attempts, errors = unpack(KEYS)
local id = ARGV[1]
if redis.call('LREM', processing, 1, id) == 0 and redis.call('LREM', queue, 1, id) == 0
    and redis.call('ZREM', delayed, id) == 0 then
  return 0
end
redis.call('HDEL', payloads, id)
redis.call('HDEL', attempts, id)
redis.call('HDEL', errors, id)
return 1
)";

const std::string put_back = R"(
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then
  return 0
end
give_back(KEYS[2], ARGV[1])
return 1
)";

const std::string fail = R"(
local processing, queue, delayed, dead, attempts, errors = unpack(KEYS)
local id, why, max, delay = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('LREM', processing, 1, id) == 0 then
  return 0
end
redis.call('HSET', errors, id, why)
if redis.call('HINCRBY', attempts, id, 1) >= max then
  redis.call('RPUSH', dead, id)
elseif delay > 0 then
  redis.call('ZADD', delayed, now() + delay, id)
else
  redis.call('RPUSH', queue, id)
end
return 1
)";

const std::string renew = R"(
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
redis.call('ZADD', KEYS[2], now(), ARGV[1])
return 1
)";

// A dead instance stays registered for a while after its list is empty: a server that has
// not yet noticed that a blocked client's host is gone can still move a job to it.
const std::string recover = R"(
local alive, processing, instances, queue, dead, attempts, errors = unpack(KEYS)
local instance, max, forget = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', alive) == 1 then
  return 0
end
local held = redis.call('LRANGE', processing, 0, -1)
redis.call('DEL', processing)
for _, id in ipairs(held) do
  if redis.call('HINCRBY', attempts, id, 1) >= max then
    redis.call('HSET', errors, id, 'crashed: ' .. instance)
    redis.call('RPUSH', dead, id)
  else
    give_back(queue, id)
  end
end
local seen = redis.call('ZSCORE', instances, instance)
if #held == 0 and seen and now() - tonumber(seen) > forget then
  redis.call('ZREM', instances, instance)
end
return #held
)";

// ARGV[2] is 1 when no client of this instance can still receive a job. Otherwise it
// stays registered, and is recovered as if it had crashed.
const std::string leave = R"(
local processing, queue, alive, instances = unpack(KEYS)
local held = redis.call('LRANGE', processing, 0, -1)
redis.call('DEL', processing)
for _, id in ipairs(held) do
  give_back(queue, id)
end
redis.call('DEL', alive)
if ARGV[2] == '1' then
  redis.call('ZREM', instances, ARGV[1])
end
return #held
)";

}  // namespace

void script::load(const runner& run) {
    const std::array<redis_word, 3> words{"SCRIPT", "LOAD", body_};
    digest_ = run(words).text();
}

redis_reply script::run(const runner& over, std::initializer_list<redis_word> keys,
                        std::initializer_list<redis_word> arguments) const {
    std::vector<redis_word> words{"EVALSHA", digest_, keys.size()};
    words.insert(words.end(), keys);
    words.insert(words.end(), arguments);
    try {
        return over(words);
    } catch (const redis_error& error) {
        if (error.fault() != redis_fault::refused ||
            !std::string_view(error.what()).starts_with("NOSCRIPT")) {
            throw;
        }
    }
    words[0] = redis_word("EVAL");
    words[1] = redis_word(body_);
    return over(words);
}

queue_scripts::queue_scripts()
    : enqueue(redis::enqueue),
      take(now + redis::take),
      finish(redis::finish),
      put_back(give_back + redis::put_back),
      fail(now + redis::fail),
      renew(now + redis::renew),
      recover(now + give_back + redis::recover),
      leave(give_back + redis::leave) {}

void queue_scripts::load(const runner& run) {
    for (script* one : {&enqueue, &take, &finish, &put_back, &fail, &renew, &recover, &leave}) {
        one->load(run);
    }
}

}  // namespace lastcall::redis
