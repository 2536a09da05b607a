package asl

import (
	"encoding/json"
	"math/rand/v2"
)

// policy is what a Task, Parallel or Map state does about failures.
type policy struct {
	retry []retrier
	catch []catcher
}

func (f *fields) readPolicy(c *common) policy {
	return policy{retry: f.readRetry(), catch: f.readCatch(c)}
}

// guarded tries a state's work, again where a retrier says so, and hands what
// still fails to a catcher. Retriers count on their own, as on AWS.
func (v *visit) guarded(p policy, work func() (exit, *Error)) (exit, *Error) {
	used := make([]int, len(p.retry))
	for {
		left, err := work()
		if err == nil || v.ctx.Err() != nil {
			return left, err
		}
		i := p.retrierFor(err)
		if i < 0 || used[i] >= p.retry[i].attempts {
			v.gaveUp(err)
			return v.caught(p, err)
		}
		wait := p.retry[i].delay(used[i], v.chance)
		used[i]++
		if v.Clock.Sleep(v.ctx, wait) != nil {
			return exit{}, stopped
		}
		v.again()
	}
}

// gaveUp notes that a Parallel or Map state has failed: once, after its retries.
func (v *visit) gaveUp(err *Error) {
	if v.kind == "Parallel" || v.kind == "Map" {
		v.record(Event{Type: v.kind + "StateFailed", Error: err.Name, Cause: err.Cause})
	}
}

// retrierFor is the first retrier that covers the error, or -1.
func (p policy) retrierFor(err *Error) int {
	for i, candidate := range p.retry {
		if matches(candidate.errors, err.Name) {
			return i
		}
	}
	return -1
}

// again counts a retry, which AWS bills as a transition.
func (v *visit) again() {
	v.retries++
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transitions++
}

func (v *visit) chance() float64 {
	if v.random == nil {
		return rand.Float64()
	}
	return v.random.Float64()
}

// caught leaves through the first catcher that covers the error. The state's
// own Output and Assign are not evaluated then.
func (v *visit) caught(p policy, err *Error) (exit, *Error) {
	for _, c := range p.catch {
		if !matches(c.errors, err.Name) {
			continue
		}
		output := errorOutput(err)
		return v.settle(ending{
			output: c.output, assign: c.assign, prefix: c.field + "/", next: c.next, otherwise: output,
			extra: map[string]json.RawMessage{"errorOutput": output},
		})
	}
	return exit{}, err
}
