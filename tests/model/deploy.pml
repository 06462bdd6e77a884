/* The deploy as a model for spin(1): the machine of core/deploy_machine.cpp and
 * core/deploy_steps.cpp under the names that they have there, an agent that crashes between
 * any two steps and comes back, the keeper that steers and starts and stops, and two
 * processes that die whenever they like.
 *
 * What is searched for:
 *   owned       while neither side has died by itself, the side that new connections go to is
 *               ready, at every instant, whatever crashes
 *   no silent   what cuts a side off (a steering, a stop) was recorded before, in the state
 *   cut         that it belongs to, or, for the cut, in the one before it: the record of
 *               `spawned` says that who becomes ready is steered to. The side that has the
 *               traffic is never told to stop while there is another
 *   ends        every run ends (no cycle, no wait for ever), and ends as its state says
 *
 * Time is choice: whatever has a limit may reach it at any moment. Crashes, steerings that fail
 * and aborts are bounded, since whoever crashes for ever ends nothing.
 *
 *   -DSCENE_REPLACE   a new generation takes over from an old one
 *   -DSCENE_DECIDED   the same; a failed bake waits for a person
 *   -DSCENE_FIRST     nothing was there before
 *   -DMUTANT_...      one step is left out or moved: the search must find an error
 */

#define CRASHES 2
#define FAILURES 2

#ifdef SCENE_FIRST
#define HAS_OLD 0
#else
#define HAS_OLD 1
#endif

mtype = { planned, approved, spawned, cut, baking, draining_old, done,
          rolling_back, rolled_back, rejected };
mtype = { nothing, start_new, steer_to_new, steer_to_old, stop_new, stop_old, promote };
mtype = { started, start_failed, is_ready, new_gone, old_gone,
          at_new, at_old, not_to_new, not_to_old };
mtype = { to_old, to_new, unknown };

/* The world. */
bit new_lives, new_ready, new_told, new_died, was_started;
bit old_lives = HAS_OLD;
bit old_told, old_died;
bit is_to_new;      /* where new connections go */
byte failures;
chan requests = [4] of { mtype };
chan events = [6] of { mtype };
bit hears;          /* an agent is there */

/* The journal. */
mtype recorded = planned;
bit recorded_waits, accepted, promoted;

#define old_ready (old_lives && !old_told)
#define owned (is_to_new -> new_ready : old_ready)

inline say(what) {
    if
    :: hears -> events!what
    :: else
    fi
}

/* A steering comes after every one that was asked for before it: answers name their side. */
active proctype keeper() {
    mtype request;
end:
    do
    :: atomic {
        requests?request ->
        if
        :: request == start_new ->
            if
            :: new_lives = 1; was_started = 1; say(started)
            :: say(start_failed)
            fi
        :: request == steer_to_new ->
            if
            :: is_to_new = 1; say(at_new)
            :: failures < FAILURES -> failures++; say(not_to_new)
            fi
        :: request == steer_to_old ->
            if
            :: is_to_new = 0; say(at_old)
            :: failures < FAILURES -> failures++; say(not_to_old)
            fi
        :: request == stop_new ->
            assert(!is_to_new || !new_lives || !old_ready);   /* the owner is not stopped */
            if
            :: new_lives -> new_told = 1; new_ready = 0
            :: else -> say(new_gone)
            fi
        :: request == stop_old ->
            assert(is_to_new && (new_ready || new_died));   /* the owner is not stopped */
            assert(!recorded_waits || accepted);   /* a person had to decide */
            assert(promoted);
            if
            :: old_lives -> old_told = 1
            :: else -> say(old_gone)
            fi
        fi;
        request = nothing
      }
    od
}

active proctype new_one() {
    bit is_mortal;
    if
    :: is_mortal = 1
    :: true
    fi;
end:
    do
    :: atomic { new_lives && !new_ready && !new_told -> new_ready = 1; say(is_ready) }
    :: atomic {
        new_lives && (new_told || is_mortal) ->
        new_lives = 0; new_ready = 0; new_died = !new_told; say(new_gone)
      }
    od
}

active proctype old_one() {
    bit is_mortal;
    if
    :: is_mortal = 1
    :: true
    fi;
end:
    atomic {
        old_lives && (old_told || is_mortal) ->
        old_lives = 0; old_died = !old_told; say(old_gone)
    }
}

active proctype monitor() {
end:
    atomic {
        HAS_OLD && !old_died && !new_died && !owned ->
        assert(owned)
    }
}

inline move_over() {
    state = cut; left = traffic; traffic = unknown; first = steer_to_new
}

inline let_old_go() {
    first = promote;
    if
    :: old_is -> state = draining_old; second = stop_old
    :: else -> state = done
    fi
}

inline has_moved() {
    traffic = to_new;
    if
    :: old_is -> state = baking     /* a bake of no length passes at once */
    :: else -> let_old_go()
    fi
}

/* While rolling back: what can be done next, once. */
inline settle() {
    if
#ifndef MUTANT_STOPS_BEFORE_IT_IS_BACK
    :: traffic != to_old && old_is
#endif
    :: (traffic == to_old || !old_is) && !new_is -> state = rolled_back
#ifdef MUTANT_STOPS_BEFORE_IT_IS_BACK
    :: new_is && !stopping -> stopping = 1; first = stop_new
    :: traffic != to_old && old_is && (stopping || !new_is)
#else
    :: (traffic == to_old || !old_is) && new_is && !stopping -> stopping = 1; first = stop_new
#endif
    :: (traffic == to_old || !old_is) && new_is && stopping
    fi
}

inline go_back() {
    state = rolling_back; waits = 0;
    if
    :: traffic != to_old && old_is ->
        traffic = unknown; first = steer_to_old;
#ifdef MUTANT_STOPS_BEFORE_IT_IS_BACK
        if
        :: new_is -> stopping = 1; second = stop_new
        :: else
        fi
#endif
    :: else -> settle()
    fi
}

#define can_abort (state == planned || state == approved || state == spawned || \
                   state == cut || state == baking)
#define is_over (state == done || state == rolled_back || state == rejected)

inline handle() {
    if
    :: event == started ->
        if
#ifdef MUTANT_STEERS_TO_WHO_IS_NOT_READY
        :: state == approved -> move_over()
#else
        :: state == approved -> state = spawned
#endif
        :: else
        fi
    :: event == start_failed ->
        new_is = 0;
        if
        :: state == approved -> go_back()
        :: state == rolling_back -> settle()
        :: else
        fi
    :: event == is_ready ->
        if
        :: state == approved || state == spawned ->
            move_over()
        :: else
        fi
    :: event == at_new ->
        if
        :: state == cut -> has_moved()
#ifdef MUTANT_HEEDS_OVERTAKEN_ANSWERS
        :: state == rolling_back && old_is -> traffic = to_old; settle()
#endif
        :: else
        fi
    :: event == at_old ->
        if
        :: state == rolling_back && old_is -> traffic = to_old; settle()
        :: else
        fi
    :: event == not_to_new ->
        if
#ifdef MUTANT_FORGETS_WHERE_IT_WAS
        :: state == cut -> traffic = to_old; go_back()
#else
        :: state == cut -> traffic = left; go_back()
#endif
        :: else
        fi
    :: event == not_to_old ->
        if
#ifndef MUTANT_TRIES_ONLY_ONCE
        :: state == rolling_back && old_is && traffic != to_old -> first = steer_to_old
#endif
        :: else
        fi
    :: event == new_gone ->
        new_is = 0;
        if
        :: state == approved || state == spawned || state == cut || state == baking -> go_back()
        :: state == rolling_back -> settle()
        :: else
        fi
    :: event == old_gone ->
        old_is = 0;
        if
        :: state == draining_old -> state = done
        :: state == baking -> waits = 0; let_old_go()
        :: state == rolling_back -> settle()
        :: else
        fi
    fi
}

/* What a new agent sees, and what it makes of it. Nobody but the new one itself knows that it is
 * ready, where the agent before has asked it: then it is asked anew, whoever has the traffic. */
inline resume() {
    state = recorded; new_is = new_lives; old_is = old_lives; stopping = 0; waits = 0; asks = 0;
    first = nothing; second = nothing;
    if
    :: traffic = (is_to_new -> to_new : to_old)
    :: traffic = unknown
    fi;
    if
    :: state == planned
    :: state == approved || state == spawned ->
#ifndef MUTANT_TRUSTS_THE_RECORD
        if
        :: state == approved -> traffic = to_old
        :: else
        fi;
#else
        traffic = to_old;
#endif
        if
        :: new_lives && new_ready -> move_over()
        :: new_lives -> state = spawned; asks = 1
        :: !new_lives && state == approved && !was_started -> new_is = 1; first = start_new
        :: !new_lives && (state == spawned || was_started) -> go_back()
        fi
    :: state == cut ->
        if
#ifdef MUTANT_GOES_FORWARD_BLINDLY
        :: new_lives -> has_moved()
        :: else -> go_back()
#else
        :: new_lives && new_ready && traffic == to_new -> has_moved()
        :: new_lives && new_ready && traffic != to_new && (traffic == to_old || !old_lives) ->
            move_over()
        :: else -> go_back()
#endif
        fi
    :: state == baking ->
        if
        :: new_lives && !old_lives -> let_old_go()
        :: old_lives && new_lives && new_ready && traffic == to_new ->
#ifndef MUTANT_FORGETS_THE_VERDICT
            waits = recorded_waits
#endif
        :: else -> go_back()
        fi
    :: state == draining_old -> let_old_go()
    :: state == rolling_back ->
        if
#ifdef MUTANT_TURNS_AROUND
        :: new_lives && new_ready && traffic == to_new -> state = baking
#endif
#ifdef MUTANT_FORGETS_THE_STOP
        :: traffic == to_old && new_lives -> stopping = 1
#endif
        :: traffic != to_old && old_lives -> traffic = unknown; first = steer_to_old
        :: traffic == to_old || !old_lives -> settle()
        fi
    :: state == done ->
#ifndef MUTANT_PROMOTES_NOT_AGAIN
        first = promote
#endif
    :: state == rolled_back
    :: state == rejected
    fi
}

/* An event, a limit that is reached, or a person. */
inline happen() {
    if
    :: events?event -> handle(); event = nothing
    :: state == spawned && asks && new_ready -> event = is_ready; handle(); event = nothing
    :: state == planned ->
        if
        :: state = approved; new_is = 1; first = start_new
        :: state = rejected
        fi
    :: state == approved || state == spawned -> go_back()
#ifdef MUTANT_TAKES_SILENCE_FOR_A_YES
    :: state == cut -> let_old_go()
#else
    :: state == cut -> go_back()
#endif
    :: state == baking && !waits ->
        if
        :: let_old_go()
#ifdef SCENE_DECIDED
        :: waits = 1
#else
        :: go_back()
#endif
        fi
    :: state == baking && waits ->
        if
        :: waits = 0; accepted = 1; let_old_go()
        :: go_back()
        fi
    :: can_abort && state != planned && !aborted -> aborted = 1; go_back()
    fi
}

inline may_crash() {
    if
    :: crashes < CRASHES -> crashes++; goto crashed
    :: true
    fi
}

/* Who is ready is steered to before that is recorded: the record of `spawned` has said so. */
inline cut_if_foretold() {
    if
#ifdef MUTANT_STEERS_UNTOLD
    :: first == steer_to_new ->
#else
    :: first == steer_to_new && recorded == spawned ->
#endif
        assert(recorded == spawned);
        requests!first;
        first = nothing;
        may_crash()
    :: else
    fi
}

/* No silent cut: what is asked for was recorded before. */
inline carry_out() {
    if
    :: first == nothing
    :: first == promote -> promoted = 1
    :: first == start_new -> assert(recorded == approved); requests!first
    :: first == steer_to_new -> assert(recorded == cut); requests!first
    :: first == stop_new -> assert(recorded == rolling_back); requests!first
#ifndef SCENE_FIRST
    :: first == steer_to_old -> assert(recorded == rolling_back); requests!first
#endif
    fi;
    first = nothing;
#ifndef SCENE_FIRST
    may_crash();
    if
    :: second == stop_old -> assert(recorded == draining_old); requests!second
#ifdef MUTANT_STOPS_BEFORE_IT_IS_BACK
    :: second == stop_new -> requests!second
#endif
    :: second == nothing
    fi;
    second = nothing
#endif
}

inline record() {
    assert(recorded != rolling_back || state == rolling_back || state == rolled_back);
    assert(recorded != draining_old || state == draining_old || state == done);
    recorded = state;
    recorded_waits = recorded_waits || waits
}

active proctype agent() {
    mtype state = planned;
    mtype traffic = to_old;
    mtype left = to_old;   /* where it was before it was to move */
    mtype event = nothing;
    mtype first = nothing;
    mtype second = nothing;
    bit new_is, old_is, stopping, waits, asks, aborted;
    byte crashes;

back:
    /* The keeper has done what the agent before has asked for when it answers this one. */
    atomic { empty(requests) -> hears = 1; resume() }
    do
    :: true ->
        may_crash();
        cut_if_foretold();
#ifdef MUTANT_ACTS_UNRECORDED
        carry_out();
        may_crash();
        record();
#else
        record();
        may_crash();
        carry_out();
#endif
        if
        :: is_over -> break
        :: else
        fi;
        atomic { happen() }
    od;
    atomic {
        hears = 0;
        /* Requests that are still on their way change nothing any more. */
        do
        :: events?_
        :: empty(events) -> break
        od;
        if
        :: state == done -> assert(promoted && is_to_new && !old_lives)
        :: state == rolled_back ->
            assert(!promoted && !new_lives && (!old_lives || !is_to_new))
        :: state == rejected -> assert(!was_started)
        fi;
        goto over
    }
crashed:
    atomic {
        hears = 0;
        state = planned; traffic = to_old; left = to_old; new_is = 0; old_is = 0; stopping = 0; waits = 0;
        asks = 0; first = nothing; second = nothing; event = nothing;
        do
        :: events?_
        :: empty(events) -> break
        od;
        goto back
    }
over:
    skip
}
