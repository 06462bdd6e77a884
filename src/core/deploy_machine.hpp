// How one generation of a service takes over from another: which state the deploy is in, what
// is done next, when it must be looked at again. Pure: the time comes in as a value, what to do
// goes out as one. DESIGN: at every instant one side is ready and has the traffic.
//
//   planned -> approved -> spawned -> ready -> cut -> baking -> draining_old -> done
//      |          \___________\__________\______\_______/
//   rejected                    rolling_back -> rolled_back
//
// The old generation is never told to stop before the new one has proven itself; until then
// going back is one steering of new connections. Going back, the new one is not told to stop
// before they are confirmed to go to the old one, unless there is no old one any more.
//
// Where there is nothing to go back to (a first start, or the old one has ended by itself), a
// confirmed steering is the end: without a way back there is nothing to bake for.
//
// What whoever drives it must keep to, so that a run always ends:
//   - stop_new and stop_old are answered by new_ended and old_ended, at once where nothing runs
//     any more. Either may be asked again after a resume; a second SIGTERM is not sent then.
//     stop_new also covers a start that is still under way.
//   - a steering is answered, or given up, before its state's `next_wake`; the answer to an
//     earlier one that has been overtaken by a later one is dropped.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::core {

enum class deploy_state : std::uint8_t {
    planned,       ///< written down; waits for an approval, if it needs one
    approved,      ///< nobody has anything against it; nothing runs yet
    spawned,       ///< the new generation runs, and is not ready
    ready,         ///< it is ready; new connections still go to the old one
    cut,           ///< new connections are being steered to it
    baking,        ///< it has the traffic; the old one runs on, in case
    draining_old,  ///< the old one was told to stop: no way back from here
    done,
    rolling_back,  ///< new connections go to the old one again; the new one was told to stop
    rolled_back,
    rejected,  ///< nothing was started
};
[[nodiscard]] std::string_view to_string(deploy_state value) noexcept;
[[nodiscard]] std::optional<deploy_state> to_deploy_state(std::string_view text) noexcept;
[[nodiscard]] bool is_final(deploy_state value) noexcept;

enum class deploy_action : std::uint8_t {
    ask_approval,
    start_new,
    watch_ready,  ///< begin to ask the new one whether it is ready
    steer_to_new,
    begin_bake,  ///< begin the checks of the bake window
    steer_to_old,
    stop_new,  ///< SIGTERM and its grace; answered by new_ended
    stop_old,  ///< likewise, by old_ended
    promote,   ///< the new generation is the service's current one from now on
    finish,    ///< the deploy is over: record its outcome
};
[[nodiscard]] std::string_view to_string(deploy_action value) noexcept;

struct deploy_terms {
    bool needs_approval = false;
    bool has_old = true;  ///< a generation that serves now; without one there is no way back
    std::chrono::nanoseconds approve_within{std::chrono::hours(24)};
    std::chrono::nanoseconds ready_within{std::chrono::seconds(60)};
    std::chrono::nanoseconds steer_within{std::chrono::seconds(10)};
    std::chrono::nanoseconds bake_for{0};
    bool rolls_back_by_itself = true;  ///< false: a failed bake is told, and waits for a person
};

/// What is there when an agent takes up the work of one that ended in the middle.
struct deploy_sight {
    bool new_lives = false;
    bool new_is_ready = false;
    bool old_lives = false;
    bool new_has_ended = false;     ///< it was started, and has ended again
    bool waits_for_person = false;  ///< the bake had failed, as it was recorded
    enum class side : std::uint8_t { unknown, to_old, to_new } steered = side::unknown;
};

class deploy_machine {
public:
    using time = std::chrono::nanoseconds;  ///< since any fixed moment; CLOCK_BOOTTIME
    using actions = std::span<const deploy_action>;

    explicit deploy_machine(const deploy_terms& terms) noexcept
        : terms_(terms), old_lives_(terms.has_old) {}

    // What happens. Each returns what to do now, in this order; the span lives until the next
    // call. What does not fit the state is ignored: events cross each other.
    actions begin(time now);
    /// By a person; accepts a failed bake that waits for one.
    actions approved(time now);
    /// By a person; a failed bake that waits for one is given up by it, too.
    actions rejected(time now, std::string_view why);
    actions new_started(time now);
    /// It could not be started, did not become ready, or fails for good: `why` in words. It is
    /// told to stop, unless it was never started.
    actions new_failed(time now, std::string_view why);
    actions new_ready(time now);
    /// The new one, which is not ready yet, asks for `by` from now on. Never shortens.
    void new_needs(time now, time by) noexcept;
    actions steered(time now);                             ///< as it was asked for last
    actions steer_failed(time now, std::string_view why);  ///< it stays where it was
    actions bake_failed(time now, std::string_view why);
    actions new_ended(time now);  ///< after stop_new, or by itself: then it is a failure
    actions old_ended(time now);  ///< after stop_old, or by itself
    /// It had ended by itself, and was started again: what runs now, and is ready, is the old
    /// one from here on. Ignored once it is too late to go back to it.
    actions old_started(time now);
    /// A person wants it back. Possible until draining_old; ignored afterwards.
    actions abort(time now, std::string_view why);
    /// `next_wake` has come.
    actions passed(time now);

    /// Goes on after a crash of the agent in `state`, `entered` then, for the `reason` that was
    /// recorded. Forward only where the new side is confirmed (it lives, is ready, and is known
    /// to have the traffic or not to have it), else back; a drain of the old one always goes
    /// on, and so does the way back. What nothing was seen of is started again while
    /// `ready_within` lasts. A bake begins anew: nobody has looked meanwhile. What the last
    /// state wants is wanted once more, in case it was recorded and not done: asking for an
    /// approval, promoting and finishing can come twice.
    static deploy_machine resume(const deploy_terms& terms, deploy_state state, time entered,
                                 const deploy_sight& sight, time now, std::string_view reason = {});
    /// What a resumed one does first.
    actions resumed() noexcept;

    [[nodiscard]] deploy_state state() const noexcept { return state_; }
    /// The states that the last call has entered, in this order: each is an edge to record.
    /// `ready` is only ever passed through, and the cut waits for no record: that of `spawned`
    /// says that who becomes ready is steered to at once, and so it may be done first and be
    /// recorded then. Every other action comes after its record.
    [[nodiscard]] std::span<const deploy_state> crossed() const noexcept { return crossed_; }
    /// `abort` would still bring the old generation back, or end what was begun.
    [[nodiscard]] bool can_abort() const noexcept;
    /// Unset while only an event can change anything.
    [[nodiscard]] std::optional<time> next_wake() const noexcept;
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    /// The bake has failed, and a person has to decide.
    [[nodiscard]] bool waits_for_person() const noexcept { return waits_for_person_; }

private:
    using side = deploy_sight::side;

    void clear() noexcept;
    void act(deploy_action what);
    void enter(deploy_state next, time now);
    void start(time now);
    void move_over(time now);
    void has_moved(time now);
    void let_old_go(time now);
    void go_back(time now, std::string_view why);
    void steer_back(time now);
    void settle(time now);
    void resume_start(const deploy_sight& sight, time now);
    void resume_moved(const deploy_sight& sight, time now);

    deploy_terms terms_;
    deploy_state state_ = deploy_state::planned;
    time entered_{0};
    time steer_again_{0};  ///< while rolling back: when it is asked for once more
    std::string reason_;
    bool waits_for_person_ = false;
    bool was_started_ = false;
    bool new_lives_ = false;  ///< or may live: its start was asked for
    bool old_lives_ = false;
    bool new_is_stopping_ = false;
    side traffic_ = side::to_old;  ///< as confirmed last; unknown while it moves
    side left_ = side::to_old;     ///< where it was when it was to move to the new one
    std::vector<deploy_action> actions_;
    std::vector<deploy_state> crossed_;
};

}  // namespace lastcall::core
