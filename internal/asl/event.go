package asl

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// MaxEvents is how many events the history of a Standard execution may have.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MaxEvents = 25000

// Event is one entry of an execution's history. Type is what Step Functions
// calls it (TaskStateEntered, MapIterationFailed, …); fields that a type has no
// use for are empty.
type Event struct {
	ID        int    // from 1, in order, per execution
	Execution string // whose history: the execution's ARN, or that of a child of a distributed Map
	Type      string
	State     string
	Time      time.Time
	Input     json.RawMessage
	Output    json.RawMessage
	Error     string
	Cause     string
	Resource  string // tasks
	Index     int    // MapIteration…: which one, from 0
	Location  string // EvaluationFailed: the field
}

// history numbers the events of one execution and stops it when there are too many.
type history struct {
	mu        sync.Mutex
	execution string
	last      int
	full      func(error) // stops the execution
	observe   func(Event)
	now       func() time.Time
}

// errHistoryFull carries the error that AWS ends such an execution with.
var errHistoryFull = fmt.Errorf("the execution reached the maximum number of history events (%d): split it, or loop less often", MaxEvents)

// add records an event and returns its number. One number is kept free for the
// event that ends the execution.
func (h *history) add(event Event) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last >= MaxEvents-1 {
		h.full(errHistoryFull)
		return h.last
	}
	return h.record(event)
}

// end records the event that ends the execution; there is always room for it.
func (h *history) end(event Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.record(event)
}

func (h *history) record(event Event) int {
	h.last++
	event.ID, event.Execution, event.Time = h.last, h.execution, h.now()
	h.observe(event)
	return h.last
}
