/* The gate's protocol as a model for spin(1): the steps of gate_core.hpp,
 * gate_core.cpp, gate_pool.cpp and coarse_clock.cpp, under the names they have there.
 * docs/gate.md argues in prose what is searched here; tests/model/ runs the search.
 *
 * Memory is x86-TSO: a plain store of `entered` or `left` sits in the store buffer
 * of its thread, in order, until the process `memory` writes it out. A locked
 * instruction and a fence wait for the thread's own buffer; a membarrier waits for
 * each thread's buffer once, in turn and not at one instant. Loads take what is in
 * memory: no thread loads a counter while its own buffer holds a store to it.
 *
 * A scene has no cycle (that is searched, too): each run ends, and "eventually" is
 * an assertion about the end.
 *
 *   -DSCENE_RACE         two threads enter and leave while a third closes
 *   -DSCENE_FENCED       the same without membarrier: every step fences for itself
 *   -DSCENE_CROWD        two hold passes, one enters and leaves, one closes
 *   -DSCENE_TWO_CLOSERS  one holds a pass, one enters and leaves, two close
 *   -DSCENE_HAND_OVER    a pass ends on another thread; lanes are claimed during the
 *                        close; one thread counts in the shared lane
 *   -DSCENE_LIVES        a core goes through several gates; old passes end late
 *   -DSCENE_TICKER       the ticker parks gates and sleeps; entries wake it
 *   -DMUTANT_...         one step is left out or moved: the search must find an error
 */

#define CLOSED 1
#define FENCED 2
#define PARKED 4
#define EMPTY  8
#define ORPHAN 16
#define SEALED 32
#define ATTENTION (CLOSED | FENCED | PARKED)
#define GONE      (ORPHAN | EMPTY)

#ifdef SCENE_FENCED
#define BORN FENCED
#else
#define BORN 0
#endif

/* Lane 0 is the shared lane: it is counted in by locked instructions only, and its
 * buffer stays empty. Where a scene does not use it, it is not summed. */
#ifdef SCENE_HAND_OVER
#define FIRST_LANE 0
#else
#define FIRST_LANE 1
#endif
#define LANES 4

mtype = { count_in, count_out, hand_over };

chan buffer[LANES] = [3] of { mtype };
byte entered[LANES];
byte left[LANES];
byte high_water = 1;
byte states[2] = BORN;
byte visitors;
bool event;
bool awake = true;  /* the word that the ticker sleeps on */
byte handed;        /* 1: a pass lies ready for another thread; 2: none will */

/* What the protocol is judged by; the protocol itself never reads these. */
byte inside;          /* passes of the present life that are held */
byte life = 1;        /* how many gates this core has served */
bool close_returned;  /* in the present life */
byte done;            /* threads that have ended */

/* Each thread works on the gate `at`; only the ticker's scene has a second gate. */
#define state states[at]
#define LOCALS byte at, seen, used, held, n, seen_life; bool has

#define drained(t)  empty(buffer[t])
#define all_drained (drained(1) && drained(2) && drained(3))

active proctype memory() {
end:
    do
    :: d_step { buffer[1]?count_in -> entered[1]++ }
    :: d_step { buffer[1]?count_out -> left[1]++ }
    :: d_step { buffer[1]?hand_over -> handed = 1 }
    :: d_step { buffer[2]?count_in -> entered[2]++ }
    :: d_step { buffer[2]?count_out -> left[2]++ }
    :: d_step { buffer[3]?count_in -> entered[3]++ }
    :: d_step { buffer[3]?count_out -> left[3]++ }
    od
}

inline membarrier() {
#if !defined(MUTANT_NO_BARRIER) && !defined(SCENE_FENCED)
    drained(1);
    drained(2);
    drained(3);
#else
    skip;
#endif
}

/* ---- gate_core::count ---- */

/* What has left before what has entered, one lane after the other. Modulo 256. */
inline count() {
    held = 0;
#ifdef MUTANT_ENTERED_FIRST
    add_entered();
    subtract_left();
#else
    subtract_left();
    add_entered();
#endif
}

inline subtract_left() {
    d_step { used = high_water; n = FIRST_LANE };
    do
    :: d_step { n < used -> held = held - left[n]; n++ }
    :: n >= used -> break
    od
}

inline add_entered() {
    d_step { used = high_water; n = FIRST_LANE };
    do
    :: d_step { n < used -> held = held + entered[n]; n++ }
    :: n >= used -> break
    od
}

/* ---- gate_core::check_empty ---- */

inline signal_event() {
    d_step {
        assert(state & CLOSED);
        assert(inside == 0);
        assert(seen_life == life);
        event = true
    }
}

#ifdef MUTANT_NO_SEAL
#define MAY_BE_EMPTY CLOSED
#else
#define MAY_BE_EMPTY SEALED
#endif

inline check_empty(me) {
    d_step { drained(me) -> visitors++ };
    seen = state;
    do
    :: (seen & MAY_BE_EMPTY) && !(seen & EMPTY) ->
        count();
        if
        :: d_step { held == 0 && state == seen -> state = seen | EMPTY; seen_life = life };
            signal_event();
            break
        :: d_step { held == 0 && state != seen -> seen = state }
#ifdef MUTANT_WAITS_BY_LOOKING_AGAIN
        :: held != 0 -> seen = state
#else
        :: held != 0 -> break
#endif
        fi
    :: else -> break
    od;
    atomic { visitors--; seen = 0; seen_life = 0; held = 0; n = 0; used = 0 }
}

/* ---- gate_core::enter ---- */

/* lane_registry: the lane counts from the moment its index is below the mark. */
inline claim_lane(me) {
    d_step {
        if
        :: high_water < me + 1 -> high_water = me + 1
        :: else
        fi
    }
}

inline count_entered(me) {
    if
    :: me == 0 -> entered[0]++
    :: else -> buffer[me]!count_in
    fi
}

/* Loads the state word. An entry whose load shows none of `bits` is admitted. */
inline look_and_admit(bits) {
    d_step {
        seen = state;
        if
        :: (seen & (bits)) == 0 ->
            assert(!close_returned);
            assert(!event);
            inside++;
            has = true
        :: else
        fi
    }
}

inline enter(me) {
#ifdef MUTANT_LOOK_THEN_ENTER
    look_and_admit(ATTENTION);
    count_entered(me);
#else
    count_entered(me);
    look_and_admit(ATTENTION);
#endif
    if
    :: has
    :: else -> enter_slowly(me)
    fi;
    seen = 0
}

inline enter_slowly(me) {
    look_and_admit(CLOSED | FENCED);
    if
    :: seen & PARKED ->
        d_step { drained(me) -> state = state & ~PARKED };
        awake = true
    :: else
    fi;
    if
    :: seen & FENCED ->
#ifndef MUTANT_NO_FENCE
        drained(me);
#endif
        look_and_admit(CLOSED)
    :: else
    fi;
    if
    :: has
    :: else ->
        if
        :: me == 0 -> left[0]++
        :: else -> buffer[me]!count_out
        fi;
#ifndef MUTANT_REFUSED_DO_NOT_LOOK
        check_empty(me)
#endif
    fi
}

/* ---- gate_core::leave ---- */

inline count_left(me) {
    if
    :: me == 0 -> d_step { left[0]++; inside--; has = false }
    :: else -> d_step { nfull(buffer[me]) -> buffer[me]!count_out; inside--; has = false }
    fi
}

#ifdef MUTANT_LEAVER_WAITS_FOR_SEAL
#define LEAVER_LOOKS_FOR (SEALED | FENCED)
#else
#define LEAVER_LOOKS_FOR (CLOSED | FENCED)
#endif

inline leave(me) {
#ifdef MUTANT_LOOK_THEN_LEAVE
    seen = state;
    count_left(me);
#else
    count_left(me);
    seen = state;
#endif
    if
    :: seen & LEAVER_LOOKS_FOR -> check_empty(me)
    :: else -> seen = 0
    fi
}

/* ---- gate_core::close ---- */

inline close() {
    d_step { seen = state; state = state | CLOSED };
    if
    :: (seen & SEALED) == 0 ->
        membarrier();
        state = state | SEALED;
        check_empty(0)
    :: else
    fi;
    d_step { seen = 0; close_returned = true }
}

/* ---- one gate is closed while threads enter and leave ---- */

proctype worker(byte me) {
    LOCALS;
    claim_lane(me);
    enter(me);
    if
    :: has -> leave(me)
    :: else
    fi;
    done++
}

/* Is inside from the beginning. */
proctype holder(byte me) {
    LOCALS;
    has = true;
    leave(me);
    done++
}

proctype closer() {
    LOCALS;
    close();
    done++
}

#ifdef SCENE_HAND_OVER
/* Enters, and leaves the rest to another thread by a plain store. */
proctype beginner() {
    LOCALS;
    claim_lane(1);
    enter(1);
    if
    :: has -> d_step { nfull(buffer[1]) -> buffer[1]!hand_over; has = false }
    :: else -> handed = 2
    fi;
    done++
}

proctype finisher() {
    LOCALS;
    claim_lane(3);
    if
    :: handed == 1 -> leave(3)
    :: handed == 2
    fi;
    done++
}
#endif

/* ---- a core goes through several gates: gate_pool ---- */
#ifdef SCENE_LIVES

bool making;        /* the mutex */
bool alive = true;  /* the gate object exists */
byte users;         /* threads inside try_enter: the object must outlive them */

/* Holds a pass of the first gate, ends it at any time, and may use a later gate. */
proctype visitor_of_two(byte me) {
    LOCALS;
    has = true;
    leave(me);
    if
    :: d_step { life > 1 && alive -> users++ };
        enter(me);
        users--;
        if
        :: has -> leave(me)
        :: else
        fi
    :: skip
    fi;
    done++
}

inline abandon_gate() {
    users == 0;
    close();
    d_step { users == 0 -> alive = false; state = state | ORPHAN }
}

/* Takes the core if it is inert, and else goes without: it would make a new one. */
inline open_gate() {
#ifndef MUTANT_NO_LOCK
    d_step { !making -> making = true };
#endif
    seen = state;
    if
    :: (seen & GONE) == GONE ->
#ifdef MUTANT_NO_VISITORS_GUARD
        has = true
#else
        has = (visitors == 0)
#endif
    :: else
    fi;
    if
    :: has ->
        event = false;
        d_step {
            assert(!alive);
            assert(inside == 0);
            life++;
            alive = true;
            close_returned = false;
            state = BORN
        }
    :: else
    fi;
    d_step { making = false; seen = 0 }
}

proctype owner(bool first) {
    LOCALS;
    if
    :: first -> abandon_gate()
    :: else
    fi;
    open_gate();
    if
    :: has -> has = false; abandon_gate()
    :: else
    fi;
    done++
}
#endif

/* ---- the ticker sleeps while nothing enters: coarse_clock ---- */
#ifdef SCENE_TICKER

bool second_gate;
bool asleep;
byte before;  /* entries that the ticker has seen */

inline entered_everywhere(sum) {
    sum = entered[1];
    sum = sum + entered[2]
}

/* How many idle ticks it takes is time, and time is arbitrary here: one. */
proctype ticker() {
    byte now;
    do
    :: now = 0;
        entered_everywhere(now);
        if
        :: now != before -> before = now
        :: else ->
#ifndef MUTANT_ASLEEP_AFTER_PARKING
            awake = false;
#endif
            states[0] = states[0] | PARKED;
            if
            :: second_gate -> states[1] = states[1] | PARKED
            :: else
            fi;
#ifdef MUTANT_ASLEEP_AFTER_PARKING
            awake = false;
#endif
            membarrier();
            entered_everywhere(now);
#ifdef MUTANT_SLEEP_WITHOUT_LOOKING
            now = before;
#endif
            if
            :: now == before ->
                asleep = true;
end:            d_step { awake -> asleep = false }
            :: else
            fi;
            awake = true;
            states[0] = states[0] & ~PARKED;
            if
            :: second_gate -> states[1] = states[1] & ~PARKED
            :: else
            fi
        fi
    od
}

inline enter_and_leave(me) {
    enter(me);
    d_step { inside--; has = false }
}

proctype regular() {
    LOCALS;
    enter_and_leave(1);
    enter_and_leave(1);
    done++
}

proctype newcomer() {
    LOCALS;
#ifdef MUTANT_BORN_UNPARKED
    states[1] = 0;
#else
    states[1] = PARKED;
#endif
    second_gate = true;
    at = 1;
    enter_and_leave(2);
    enter_and_leave(2);
    done++
}

/* Once all have entered, a ticker that sleeps has seen all of it. */
active proctype nothing_unseen() {
end:
    d_step {
        done == 2 && all_drained && asleep && !awake -> assert(before == entered[1] + entered[2])
    }
}
#endif

/* ---- who is in which scene ---- */

init {
    atomic {
#if defined(SCENE_RACE) || defined(SCENE_FENCED)
        high_water = 3;
        run worker(1); run worker(2); run closer()
#elif defined(SCENE_CROWD)
        high_water = 4;
        entered[1] = 1; entered[3] = 1; inside = 2;
        run holder(1); run worker(2); run holder(3); run closer()
#elif defined(SCENE_TWO_CLOSERS)
        high_water = 3;
        entered[1] = 1; inside = 1;
        run holder(1); run worker(2); run closer(); run closer()
#elif defined(SCENE_HAND_OVER)
        run beginner(); run finisher(); run worker(0); run closer()
#elif defined(SCENE_LIVES)
        high_water = 3;
        entered[1] = 1; entered[2] = 1; inside = 2;
        run visitor_of_two(1); run holder(2); run owner(true); run owner(false)
#elif defined(SCENE_TICKER)
        states[0] = PARKED;
        run ticker(); run regular(); run newcomer()
#endif
    }
}

#if defined(SCENE_RACE) || defined(SCENE_FENCED)
#define THREADS 3
#else
#define THREADS 4
#endif

#ifndef SCENE_TICKER
/* Closed, and everybody has left: the event is set. */
active proctype at_the_end() {
    d_step {
        done == THREADS && all_drained ->
        assert(inside == 0);
        assert(visitors == 0);
        assert((states[0] & CLOSED) == 0 || ((states[0] & EMPTY) && event))
    }
}
#endif
