/* The gate's protocol as a model for spin(1): the steps of gate_core.hpp,
 * gate_core.cpp, gate_pool.cpp and coarse_clock.cpp, with the names they have there.
 * docs/gate.md argues in prose what is searched here; tests/model/ runs the search.
 *
 * Memory is x86-TSO: a plain store of `entered` or `left` sits in the store buffer
 * of its thread, in order, until the process `memory` writes it out. A locked
 * instruction and a fence wait for the thread's own buffer; a membarrier waits for
 * each thread's buffer once, in turn and not at one instant. Loads take what is in
 * memory: no thread loads a counter while its own buffer holds a store to it.
 *
 * Every scene is finite, so "eventually" is the assertion in `at_the_end`; that no
 * scene has a cycle is searched too.
 *
 *   -DSCENE_CLOSE   entries, leaves, a hand-over between threads, two closers
 *   -DSCENE_LIVES   a core goes through several gates; old passes end late
 *   -DSCENE_TICKER  the ticker parks gates and sleeps; entries wake it
 *   -DGATE_FENCED   no membarrier: every step fences for itself
 *   -DMUTANT_...    one step left out or moved: the search must find an error
 */

#define CLOSED 1
#define FENCED 2
#define PARKED 4
#define EMPTY  8
#define ORPHAN 16
#define SEALED 32
#define ATTENTION (CLOSED | FENCED | PARKED)
#define GONE      (ORPHAN | EMPTY)

#ifdef GATE_FENCED
#define BORN FENCED
#else
#define BORN 0
#endif

/* Lane 0 is the shared lane, which is only counted in by locked instructions; its
 * buffer stays empty, so threads that count nowhere use it, too. */
#ifndef FIRST_LANE
#define FIRST_LANE 0
#endif
#define LANES 4

mtype = { count_in, count_out, hand_over };

chan buffer[LANES] = [3] of { mtype };
byte entered[LANES];
byte left[LANES];
byte high_water = 1;
byte state = BORN;
byte visitors;
bool event;
bool awake = true;  /* the word that the ticker sleeps on */
byte handed;        /* 1: a pass lies ready for another thread; 2: none will */

/* What the protocol is judged by; the protocol itself never reads these. */
byte inside;          /* passes of the present life that are held */
byte life = 1;
bool close_returned;  /* in the present life */
byte done;            /* threads that have ended */

#define drained(t) empty(buffer[t])
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
#if !defined(MUTANT_NO_BARRIER) && !defined(GATE_FENCED)
    drained(1);
    drained(2);
    drained(3);
#else
    skip;
#endif
}

/* count(): what has left before what has entered, one lane after the other, and
 * again so many lanes as are in use by then. `held` counts modulo 256. */
inline sum_up() {
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

inline signal_event() {
    d_step {
        /* Set only when closed and nobody inside, by a visitor of this very life. */
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
    d_step { drained(me) -> visitors++ }
    seen = state;
    do
    :: (seen & MAY_BE_EMPTY) && !(seen & EMPTY) ->
        held = 0;
        sum_up();
        if
        :: d_step { held == 0 && state == seen -> state = seen | EMPTY; seen_life = life }
            signal_event();
            break
        :: d_step { held == 0 && state != seen -> seen = state }
        :: held != 0 -> break
        fi
    :: else -> break
    od;
    atomic { visitors--; seen = 0; seen_life = 0; held = 0; n = 0; used = 0 }
}

inline claim_lane(me) {
    d_step {
        if
        :: high_water < me + 1 -> high_water = me + 1
        :: else
        fi
    }
}

inline admitted() {
    assert(!close_returned);
    assert(!event);
    inside++;
    has = true
}

inline count_entered(me) {
    if
    :: me == 0 -> entered[0]++
    :: else -> buffer[me]!count_in
    fi
}

inline look_then_maybe_admit(mask) {
    d_step {
        seen = state;
        if
        :: (seen & (mask)) == 0 -> admitted()
        :: else
        fi
    }
}

/* enter(): count, then look. */
inline enter(me) {
#ifdef MUTANT_LOOK_THEN_ENTER
    look_then_maybe_admit(ATTENTION);
    count_entered(me);
#else
    count_entered(me);
    look_then_maybe_admit(ATTENTION);
#endif
    if
    :: has
    :: else -> enter_slowly(me)
    fi;
    seen = 0
}

inline enter_slowly(me) {
    look_then_maybe_admit(CLOSED | FENCED);
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
        look_then_maybe_admit(CLOSED)
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

inline count_left(me) {
    if
    :: me == 0 -> d_step { left[0]++; inside--; has = false }
    :: else -> d_step { nfull(buffer[me]) -> buffer[me]!count_out; inside--; has = false }
    fi
}

#ifdef MUTANT_LEAVER_WAITS_FOR_SEAL
#define LEAVER_LOOKS (SEALED | FENCED)
#else
#define LEAVER_LOOKS (CLOSED | FENCED)
#endif

/* leave(): count, then look. */
inline leave(me) {
#ifdef MUTANT_LOOK_THEN_LEAVE
    seen = state;
    count_left(me);
#else
    count_left(me);
    seen = state;
#endif
    if
    :: seen & LEAVER_LOOKS -> check_empty(me)
    :: else -> seen = 0
    fi
}

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

#define LOCALS                                     \
    byte seen, used, held, n, seen_life;        \
    bool has

#define AT_THE_END(threads)                                               \
    active proctype at_the_end() {                                        \
        d_step {                                                          \
            done == threads && all_drained ->                             \
            assert(inside == 0);                                          \
            assert(visitors == 0);                                        \
            assert((state & CLOSED) == 0 || ((state & EMPTY) && event))   \
        }                                                                 \
    }

/* ---- one gate is closed while threads enter and leave ---- */
#ifdef SCENE_CLOSE

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

/* Enters, and leaves the rest to another thread. */
proctype beginner() {
    LOCALS;
    claim_lane(1);
    enter(1);
    if
    :: has -> d_step { buffer[1]!hand_over; has = false }
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

/* Is inside from the beginning. */
proctype holder() {
    LOCALS;
    has = true;
    leave(3);
    done++
}

proctype closer() {
    LOCALS;
    close();
    done++
}

init {
    atomic {
#ifdef HAND_OVER
        run beginner(); run finisher(); run worker(0);
        run closer(); run closer()
#else
        entered[3] = 1; inside = 1; high_water = 4;
        run worker(1); run worker(2); run holder();
        run closer()
#endif
    }
}

#ifdef HAND_OVER
AT_THE_END(5)
#else
AT_THE_END(4)
#endif
#endif

/* ---- a core goes through several gates ---- */
#ifdef SCENE_LIVES

bool making;      /* the mutex */
bool alive = true;  /* the gate object exists */
byte users;       /* threads inside try_enter, which must not outlive the gate object */

/* Holds a pass of the first gate, ends it at any time, and then uses a later gate. */
proctype worker(byte me) {
    LOCALS;
    has = true;
    leave(me);
    if
    :: d_step { life > 1 && alive -> users++ }
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

/* ~gate(): closes, and leaves the core to its last pass. */
inline abandon() {
    users == 0;
    close();
    d_step { users == 0 -> alive = false; state = state | ORPHAN }
}

/* open_gate(): takes the core if it is inert, and else goes without. */
inline reopen() {
    d_step { !making -> making = true };
    seen = state;
    if
    :: (seen & GONE) == GONE ->
#ifndef MUTANT_NO_VISITORS_GUARD
        if
        :: visitors == 0 -> has = true
        :: else
        fi
#else
        has = true
#endif
    :: else
    fi;
    if
    :: has ->
        event = false;
        d_step {
            assert(inside == 0);
            assert(!alive);
            life++;
            close_returned = false;
            alive = true;
            state = BORN
        }
    :: else
    fi;
    d_step { making = false; seen = 0 }
}

proctype owner(bool first) {
    LOCALS;
    if
    :: first -> abandon()
    :: else
    fi;
    reopen();
    if
    :: has -> has = false; abandon()
    :: else
    fi;
    done++
}

init {
    atomic {
        entered[1] = 1; entered[2] = 1; inside = 2; high_water = 3;
        run worker(1); run worker(2);
        run owner(true); run owner(false)
    }
}

AT_THE_END(4)
#endif
