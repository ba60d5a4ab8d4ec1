/*
 * The profile `interleaved` of the posted-interrupts system for Spin, written from docs/posted-interrupts-events.md: one
 * target, posters and a device in atomic steps. One `d_step` is one event of the alphabet, and the state vector has what
 * "The state in two words" has, so that the number of states must be that of `virq explore`.
 *
 * Configuration, by -D: POSTERS (1, 2), PCPUS (1, 2), DEVICE (0, 1), VECTORS (2, 3), SYMMETRY (0, 1).
 */
#ifndef POSTERS
#define POSTERS 2
#endif
#ifndef PCPUS
#define PCPUS 2
#endif
#ifndef DEVICE
#define DEVICE 1
#endif
#ifndef VECTORS
#define VECTORS 2
#endif
#ifndef SYMMETRY
#define SYMMETRY 1
#endif

/* Vectors by place: 0 is 0x31, 1 is 0x40, 2 is 0x3e. Words of PIR, as sets of places. */
#define WORD1 5
#define WORD2 2
#define LINES 3

/* Of a set: 1 + the place of its highest vector, or 0; the class of that vector. */
#define TOP(s) (((s) & 2) -> 2 : (((s) & 4) -> 3 : ((s) & 1)))
#define CLASS(s) (((s) & 2) -> 4 : (((s) & 5) -> 3 : 0))
#define SET(top) ((top) == 0 -> 0 : (1 << ((top) - 1)))

/* Program counters of the target. */
#define REST 0
#define PUBLISH_IN_GUEST 1
#define TEST_ON 2
#define CLEAR_ON 3
#define EXCHANGE_1 4
#define EXCHANGE_2 5
#define WRITE_RVI 6
#define VM_ENTRY 7
#define PUBLISH_OUTSIDE 8
#define PROCESSOR_CLEAR_ON 9
#define MERGE_1 10
#define MERGE_2 11
#define EVALUATE 12
#define MARK_BLOCKED 13
#define CHECK_TEST_ON 14
#define CHECK_CLEAR_ON 15
#define CHECK_EXCHANGE_1 16
#define CHECK_EXCHANGE_2 17
#define DECIDE 18
#define SCHEDULE 19
#define LIST 20
#define SWITCH_NV 21
#define TEST_ON_AFTER_SWITCH 22
#define DESCHEDULE 23
#define SET_SN 24
#define DESCHEDULE_PREEMPTED 25
#define UNLIST 26
#define SET_CONTROL 27
#define READ_PIR_1 28
#define READ_PIR_2 29
#define SET_ON_AFTER_LOAD 30

/* Program counters of a poster. */
#define SET_PIR 1
#define SET_ON 2
#define READ_MODE 3
#define SEND 4
#define WAKE 5

unsigned pir : 3, irr : 3, isr : 3, rvi : 2;
unsigned target : 5, list : 2, pending : 4;
bit on, sn, nvWakeup, ndst, pcpu, inGuest, halted, blocked;
bit loaded = 1;
unsigned step0 : 3, step1 : 3, place0 : 2, place1 : 2;

/* Used inside one event only, and 0 between events: Spin cannot hide variables from a breadth-first search. */
unsigned scratch : 3, served : 3;

#define OFF (target != REST && (target <= EVALUATE || (target >= LIST && target <= DESCHEDULE)))
#define HELD (target == REST && loaded && !inGuest)

inline swap()
{
	scratch = step0; step0 = step1; step1 = scratch;
	scratch = place0; place0 = place1; place1 = scratch;
	scratch = 0
}

/* Posters are interchangeable; then the laws about states at rest. */
inline after()
{
	if
	:: SYMMETRY && POSTERS == 2 && (step0 * 4 + place0 < step1 * 4 + place1) -> swap()
	:: else
	fi;
	if
	:: target == REST && step0 == 0 && step1 == 0 ->
		assert(pir == 0 || on || sn);
		assert(!on || pending != 0 || !(inGuest || (blocked && !loaded)));
		assert(pending != 0 || !(inGuest || (blocked && !loaded)) || (pir == 0 && CLASS(irr) <= CLASS(isr)))
	:: else
	fi
}

inline rest(step, place) { step = 0; place = 0 }

/* Evaluation, and the boundary after it. */
inline boundary()
{
	if
	:: CLASS(SET(rvi)) > CLASS(isr) ->
		assert(rvi == TOP(irr));
		isr = isr | SET(rvi);
		irr = irr & ~SET(rvi);
		rvi = TOP(irr);
		halted = 0
	:: else
	fi
}

inline poster(step, place)
{
	if
	:: step == SET_PIR ->
		if
		:: (pir & (1 << place)) != 0 -> rest(step, place)
		:: else -> pir = pir | (1 << place); step = SET_ON
		fi
	:: step == SET_ON ->
		if
		:: on -> rest(step, place)
		:: else -> on = 1; step = READ_MODE
		fi
	:: step == READ_MODE ->
		if
		:: inGuest -> step = SEND
		:: else -> step = WAKE
		fi
	:: step == SEND -> pending = pending | (1 << (2 * pcpu)); rest(step, place)
	:: step == WAKE -> blocked = 0; rest(step, place)
	fi
}

inline devicePost(place, urgent)
{
	pir = pir | (1 << place);
	if
	:: !on && (urgent || !sn) -> on = 1; pending = pending | (1 << (2 * ndst + nvWakeup))
	:: else
	fi
}

inline exchange(word)
{
	irr = irr | (pir & word);
	pir = pir & ~word
}

inline merge(word)
{
	scratch = SET(rvi) | (pir & word);
	rvi = TOP(scratch);
	scratch = 0;
	exchange(word)
}

inline targetStep()
{
	if
	:: target == PUBLISH_IN_GUEST -> inGuest = 1; target = TEST_ON
	:: target == TEST_ON -> target = (on -> CLEAR_ON : WRITE_RVI)
	:: target == CLEAR_ON -> on = 0; target = EXCHANGE_1
	:: target == EXCHANGE_1 -> exchange(WORD1); target = EXCHANGE_2
	:: target == EXCHANGE_2 -> exchange(WORD2); target = WRITE_RVI
	:: target == WRITE_RVI -> rvi = TOP(irr); target = VM_ENTRY
	:: target == VM_ENTRY -> boundary(); target = REST
	:: target == PUBLISH_OUTSIDE -> inGuest = 0; target = REST
	:: target == PROCESSOR_CLEAR_ON -> on = 0; target = MERGE_1
	:: target == MERGE_1 -> merge(WORD1); target = MERGE_2
	:: target == MERGE_2 -> merge(WORD2); target = EVALUATE
	:: target == EVALUATE -> boundary(); target = REST
	:: target == MARK_BLOCKED -> blocked = 1; target = CHECK_TEST_ON
	:: target == CHECK_TEST_ON -> target = (on -> CHECK_CLEAR_ON : DECIDE)
	:: target == CHECK_CLEAR_ON -> on = 0; target = CHECK_EXCHANGE_1
	:: target == CHECK_EXCHANGE_1 -> exchange(WORD1); target = CHECK_EXCHANGE_2
	:: target == CHECK_EXCHANGE_2 -> exchange(WORD2); target = DECIDE
	:: target == DECIDE ->
		rvi = TOP(irr);
		if
		:: CLASS(irr) > CLASS(isr) -> blocked = 0; halted = 0; target = REST
		:: else -> target = SCHEDULE
		fi
	:: target == SCHEDULE -> target = (!blocked -> REST : (DEVICE -> LIST : DESCHEDULE))
	:: target == LIST -> list = 1 + pcpu; target = SWITCH_NV
	:: target == SWITCH_NV -> nvWakeup = 1; target = TEST_ON_AFTER_SWITCH
	:: target == TEST_ON_AFTER_SWITCH ->
		if
		:: on -> pending = pending | (2 << (2 * pcpu))
		:: else
		fi;
		target = DESCHEDULE
	:: target == DESCHEDULE -> loaded = 0; target = REST
	:: target == SET_SN -> sn = (DEVICE -> 1 : sn); target = DESCHEDULE_PREEMPTED
	:: target == DESCHEDULE_PREEMPTED -> loaded = 0; target = REST
	:: target == UNLIST -> list = 0; target = SET_CONTROL
	:: target == SET_CONTROL -> ndst = pcpu; sn = 0; nvWakeup = 0; target = READ_PIR_1
	:: target == READ_PIR_1 -> target = ((pir & WORD1) != 0 -> SET_ON_AFTER_LOAD : READ_PIR_2)
	:: target == READ_PIR_2 -> target = ((pir & WORD2) != 0 -> SET_ON_AFTER_LOAD : REST)
	:: target == SET_ON_AFTER_LOAD -> on = 1; target = REST
	fi
}

/* The physical vector in bit `wakeup` of physical CPU p arrives. */
inline arrive(p, wakeup)
{
	pending = pending & ~(1 << (2 * p + wakeup));
	if
	:: inGuest && target == REST && pcpu == p -> target = (wakeup -> PUBLISH_OUTSIDE : PROCESSOR_CLEAR_ON)
	:: else
	fi;
	if
	:: wakeup && list == 1 + p && on -> blocked = 0
	:: else
	fi
}

inline eoi()
{
	served = SET(TOP(isr));
	isr = isr & ~served;
	if
	:: (served & LINES) != 0 -> inGuest = 0
	:: else -> boundary()
	fi;
	served = 0
}

#define CAN_ARRIVE(p, wakeup) (p < PCPUS && (pending & (1 << (2 * p + wakeup))) != 0 && !(pcpu == p && OFF))

active proctype machine()
{
	do
	:: d_step { step0 == 0 -> step0 = SET_PIR; place0 = 0; after() }
	:: d_step { step0 == 0 -> step0 = SET_PIR; place0 = 1; after() }
	:: d_step { VECTORS > 2 && step0 == 0 -> step0 = SET_PIR; place0 = 2; after() }
	:: d_step { POSTERS > 1 && step1 == 0 -> step1 = SET_PIR; place1 = 0; after() }
	:: d_step { POSTERS > 1 && step1 == 0 -> step1 = SET_PIR; place1 = 1; after() }
	:: d_step { POSTERS > 1 && VECTORS > 2 && step1 == 0 -> step1 = SET_PIR; place1 = 2; after() }
	:: d_step { step0 != 0 -> poster(step0, place0); after() }
	:: d_step { step1 != 0 -> poster(step1, place1); after() }
	:: d_step { DEVICE -> devicePost(0, 0); after() }
	:: d_step { DEVICE -> devicePost(0, 1); after() }
	:: d_step { DEVICE -> devicePost(1, 0); after() }
	:: d_step { DEVICE -> devicePost(1, 1); after() }
	:: d_step { DEVICE && VECTORS > 2 -> devicePost(2, 0); after() }
	:: d_step { DEVICE && VECTORS > 2 -> devicePost(2, 1); after() }
	:: d_step { CAN_ARRIVE(0, 0) -> arrive(0, 0); after() }
	:: d_step { CAN_ARRIVE(0, 1) -> arrive(0, 1); after() }
	:: d_step { CAN_ARRIVE(1, 0) -> arrive(1, 0); after() }
	:: d_step { CAN_ARRIVE(1, 1) -> arrive(1, 1); after() }
	:: d_step { inGuest && target == REST && !halted -> eoi(); after() }
	:: d_step { HELD && !halted -> target = PUBLISH_IN_GUEST; after() }
	:: d_step { target == REST && inGuest -> target = PUBLISH_OUTSIDE; after() }
	:: d_step { target == REST && inGuest -> halted = 1; target = PUBLISH_OUTSIDE; after() }
	:: d_step { HELD && halted -> target = MARK_BLOCKED; after() }
	:: d_step { HELD -> target = SET_SN; after() }
	:: d_step { target == REST && !loaded && !blocked -> loaded = 1; pcpu = 0; target = UNLIST; after() }
	:: d_step { PCPUS > 1 && target == REST && !loaded && !blocked -> loaded = 1; pcpu = 1; target = UNLIST; after() }
	:: d_step { target != REST -> targetStep(); after() }
	od
}
