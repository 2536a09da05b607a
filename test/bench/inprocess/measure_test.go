package inprocess

import (
	"testing"
	"time"
)

func TestAReleaseIsCountedAsItWouldBeBilled(t *testing.T) {
	r, err := Measure(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	var waited time.Duration
	for _, i := range r.Invocations {
		waited += i.Waited
		if i.Memory < 128 {
			t.Errorf("%s has %d MiB", i.State, i.Memory)
		}
	}
	if r.Outcome != "Succeeded" || len(r.Speed) != 1 || r.Events == 0 || r.Reads == 0 || r.Writes == 0 {
		t.Errorf("%+v", r)
	}
	if waited > r.Took || waited < 10*time.Minute {
		t.Errorf("functions waited %s of %s, and the bake time alone is ten minutes", waited, r.Took)
	}
	if r.Transitions < len(r.Invocations) || r.Transitions < len(r.Path) {
		t.Errorf("%d transitions, %d invocations, %d states", r.Transitions, len(r.Invocations), len(r.Path))
	}
	if c := r.Cost(); c.Total() <= c.Compute || c.Compute <= 0 {
		t.Errorf("%+v", c)
	}
}
