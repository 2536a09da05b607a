package figures

import (
	"time"

	"github.com/sluice-flink/sluice/infra/prices"
)

// Release is one release run in process, on a clock that is not waited for.
type Release struct {
	Occasion
	Outcome     string        `json:"outcome"`
	Took        time.Duration `json:"took"`        // by the virtual clock, nanoseconds
	Transitions int           `json:"transitions"` // what Step Functions bills: states entered, and retries
	Path        []string      `json:"path"`        // the states entered
	Invocations []Invocation  `json:"invocations"`
	Requests
	Events int             `json:"events"` // put on the plane's bus
	Speed  []time.Duration `json:"speed"`  // of whole releases by the real clock, nanoseconds
}

// Requests are what S3 bills.
type Requests struct {
	Reads  int `json:"reads"`  // GETs and HEADs
	Writes int `json:"writes"` // PUTs and LISTs, which cost the same
}

func (r Requests) cost() float64 {
	return float64(r.Reads)*pricePerRead + float64(r.Writes)*pricePerWrite
}

// Invocation is one call of a function.
type Invocation struct {
	State  string        `json:"state"`
	Memory int           `json:"memory"` // MiB
	Waited time.Duration `json:"waited"` // by the virtual clock: what a long poll slept, nanoseconds
}

// list is the list prices of us-east-1, in dollars.
var list = prices.Usual()

// What a release pays for.
var (
	pricePerTransition = list.Of(prices.Transition) // Standard workflows
	pricePerInvocation = list.Of(prices.Invocation)
	pricePerGBSecond   = list.Of(prices.GBSecond) // Arm, first tier
	pricePerRead       = list.Of(prices.S3Read)
	pricePerWrite      = list.Of(prices.S3Write)
	pricePerEvent      = list.Of(prices.Event)
)

// workPerInvocation is what an invocation is billed beside what it waits: a cold
// start and its calls of AWS and Kubernetes. A generous guess; at the memory of
// these functions it weighs a tenth of what the waiting does.
const workPerInvocation = time.Second

// Cost is what a release costs, in dollars, by what is paid for.
type Cost struct{ Transitions, Invocations, Compute, Storage, Events float64 }

// Total is the sum.
func (c Cost) Total() float64 {
	return c.Transitions + c.Invocations + c.Compute + c.Storage + c.Events
}

// Cost is what the release costs at list prices.
func (r Release) Cost() Cost {
	c := Cost{
		Transitions: float64(r.Transitions) * pricePerTransition,
		Invocations: float64(len(r.Invocations)) * pricePerInvocation,
		Storage:     r.cost(),
		Events:      float64(r.Events) * pricePerEvent,
	}
	for _, i := range r.Invocations {
		c.Compute += (i.Waited + workPerInvocation).Seconds() * float64(i.Memory) / 1024 * pricePerGBSecond
	}
	return c
}

// Functions are what is deployed, measured.
type Functions struct {
	Occasion
	List []Function `json:"functions"`
}

// Function is one of them.
type Function struct {
	Name string          `json:"name"`
	Zip  int64           `json:"zip"`  // bytes of the zipped arm64 bootstrap
	Init []time.Duration `json:"init"` // of the build for the machine measured on: from its start until it asks for work, nanoseconds
}
