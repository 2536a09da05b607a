package flink

import (
	"strings"
	"testing"
	"time"
)

func TestTheWayBackIsTheNewestStateThatHoldsEverything(t *testing.T) {
	deployed := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return deployed.Add(time.Duration(minutes) * time.Minute) }
	chk := func(number int64, minute int) FoundState {
		return FoundState{Path: "chk", JobID: "j", Number: number, At: at(minute)}
	}
	sp := func(minute int) FoundState { return FoundState{Path: "sp", At: at(minute)} }
	damaged := func(s FoundState) FoundState { s.Fault = "a file is missing"; return s }
	for sentence, c := range map[string]struct {
		found  []FoundState
		want   FoundState
		passed int
		says   string
	}{
		"a checkpoint newer than the savepoint": {
			[]FoundState{sp(1), chk(9, 5)}, chk(9, 5), 0, "checkpoint 9"},
		"a savepoint newer than the checkpoint": {
			[]FoundState{chk(9, 5), sp(7)}, sp(7), 0, "savepoint"},
		"not one with faults": {
			[]FoundState{sp(1), damaged(chk(9, 5))}, sp(1), 1, "savepoint"},
		"not what a job wrote that began anew without its state": {
			[]FoundState{chk(900, 5), chk(3, 6), chk(4, 7)}, chk(900, 5), 2, "ran again without its state"},
		"nor a savepoint of that": {
			[]FoundState{chk(900, 5), chk(3, 6), sp(8)}, chk(900, 5), 2, "passed over"},
		"what began anew by a release that was asked for counts": {
			[]FoundState{chk(900, -5), chk(3, 6)}, chk(3, 6), 0, "checkpoint 3"},
		"numbers of another job tell nothing": {
			[]FoundState{{JobID: "other", Number: 900, At: at(1)}, chk(3, 6)}, chk(3, 6), 0, "checkpoint 3"},
		"what is older than the deployment, where there is nothing else": {
			[]FoundState{sp(-60)}, sp(-60), 0, "savepoint"},
	} {
		t.Run(sentence, func(t *testing.T) {
			got, err := DecideWayBack(c.found, deployed)
			if err != nil || got.From != c.want || len(got.Passed) != c.passed || !strings.Contains(got.Message, c.says) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
	if _, err := DecideWayBack([]FoundState{damaged(sp(1))}, deployed); CodeOf(err) != NotFound {
		t.Errorf("of nothing whole: %v", err)
	}
}
