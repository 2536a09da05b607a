package targettest

import "github.com/sluice-flink/sluice/internal/flink"

// Moment is a point of a call to the Model where it can be interrupted.
type Moment string

// The moments.
const (
	Before  Moment = "Before"  // nothing was done yet
	Between Moment = "Between" // Apply only: the old resource was deleted, the new one is not there yet
	After   Moment = "After"   // all was done, the answer is lost
)

// Call is a moment of a call.
type Call struct {
	Method      string // name of the port's method
	Application flink.Application
	Moment      Moment
}

// Interrupt has f asked at every moment of every call; an error of f ends the
// call there with that error. f must not call the Model. nil ends it.
func (m *Model) Interrupt(f func(Call) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.interrupt = f
}

// FailOnce makes the next call of the method fail with err at this moment.
func (m *Model) FailOnce(method string, at Moment, err error) {
	done := false
	m.Interrupt(func(c Call) error {
		if done || c.Method != method || c.Moment != at {
			return nil
		}
		done = true
		return err
	})
}

func (m *Model) at(method string, app flink.Application, moment Moment) error {
	if m.interrupt == nil {
		return nil
	}
	return m.interrupt(Call{Method: method, Application: app, Moment: moment})
}
