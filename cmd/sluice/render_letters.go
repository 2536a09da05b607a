package main

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// renderLetters lists what could not be delivered.
func renderLetters(waiting []letter) string {
	if len(waiting) == 0 {
		return "nothing waits: every event was delivered\n"
	}
	var b strings.Builder
	for _, l := range waiting {
		fmt.Fprintf(&b, "%s\n  what   %s\n  for    %s\n  since  %s\n  why    %s\n", flink.Foreign(l.ID, flink.MaxLine), about(l), nameOf(l.Target), clock(l.At), flink.Foreign(orElse(l.Why, "not said"), flink.MaxLine))
	}
	if len(waiting) == mostLetters {
		fmt.Fprintf(&b, "there may be more: a command looks at %d\n", mostLetters)
	}
	b.WriteString("mend what kept them away, then: sluice replay <id>, or sluice replay --all\n")
	return b.String()
}

// renderOutcomes tells what became of letters that were to be sent.
func renderOutcomes(done []outcome) string {
	if len(done) == 0 {
		return "nothing waits: every event was delivered\n"
	}
	var b strings.Builder
	for _, o := range done {
		id := flink.Foreign(o.Letter.ID, flink.MaxLine)
		switch {
		case o.Fault != "":
			fmt.Fprintf(&b, "%s: it waits still: %s\n", id, flink.Foreign(o.Fault, flink.MaxLine))
		case o.Did == "dropped":
			fmt.Fprintf(&b, "%s: dropped: its schedule has sent the next one since\n", id)
		default:
			fmt.Fprintf(&b, "%s: sent to %s: %s\n", id, nameOf(o.Letter.Target), about(o.Letter))
		}
	}
	return b.String()
}

// about says in a line what a letter's event is about.
func about(l letter) string {
	if _, name, scheduled := strings.Cut(l.Origin, ":schedule/"); scheduled {
		return "a tick of the schedule " + flink.Foreign(name, flink.MaxLine)
	}
	e, err := events.Parse(l.Event)
	if err != nil {
		return "no event: " + flink.Foreign(string(l.Event), 200)
	}
	text := e.DetailType
	if d, ok, err := events.ObjectCreated(e); ok && err == nil {
		text += " " + d.Object.Key
	}
	if d, ok, err := events.ChangeRequested(e); ok && err == nil {
		text += " " + d.Change + " " + d.Namespace + "/" + d.Application
	}
	if d, ok, err := events.ExecutionChanged(e); ok && err == nil {
		text += " " + d.Status + " " + d.ExecutionArn
	}
	return flink.Foreign(text, flink.MaxLine)
}

// nameOf is the last part of an ARN.
func nameOf(arn string) string {
	if arn == "" {
		return "nobody that it names"
	}
	return flink.Foreign(arn[strings.LastIndexByte(arn, ':')+1:], flink.MaxLine)
}
