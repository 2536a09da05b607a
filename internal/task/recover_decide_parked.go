package task

import (
	"regexp"
	"strconv"
	"time"
)

// A parked change is started again at most so often, and no sooner after it was
// parked than an execution that was just started can be found.
const (
	rejoinLimit = 3
	rejoinAfter = 15 * time.Minute
)

// decideParked says what becomes of a change that waits without a lease: its
// execution sleeps, and when that has ended nobody would wake.
func decideParked(f remains) remedy {
	p := f.document.Parked
	switch {
	case p == nil, f.parked == runs, f.parked == notKnown && f.now.Sub(p.Since) < rejoinAfter:
		return remedy{}
	case f.waitsToStart(p.Holder):
		return remedy{} // it is sent first
	case timesJoined(p.Holder) >= rejoinLimit:
		return remedy{action: GiveUp, message: "the execution that waited for it has ended " + strconv.Itoa(rejoinLimit+1) + " times, the last one's name is " + p.Holder + ". Nothing was touched: ask for it again"}
	}
	return remedy{action: Rejoin, message: "the execution that waited with release " + p.ID + " has ended: another one waits in its place, and what was approved stays so"}
}

// waitsToStart tells whether the message that starts that execution is still to be sent.
func (f remains) waitsToStart(holder string) bool {
	return f.toBeSent(holder[lastColon(holder)+1:])
}

var joined = regexp.MustCompile(`-again-(\d)$`)

// timesJoined reads out of an execution's name how often its change was started again.
func timesJoined(holder string) int {
	m := joined.FindStringSubmatch(holder)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // a digit
	return n
}

// decideOutbox says whether something was to be sent and was not.
func decideOutbox(f remains) remedy {
	n := len(f.document.Outbox)
	if n == 0 {
		return remedy{}
	}
	return remedy{action: SendOutbox, message: strconv.Itoa(n) + " messages stood in the outbox: they are sent"}
}
