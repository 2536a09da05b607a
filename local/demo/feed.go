package demo

import (
	"encoding/json"
	"sync"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/sfn"
)

// feed remembers executions by the object version whose event started them.
type feed struct {
	mu    sync.Mutex
	known map[string]sfn.Execution
}

func newFeed() *feed { return &feed{known: map[string]sfn.Execution{}} }

// observe takes an execution as it starts and as it ends.
func (f *feed) observe(e sfn.Execution) {
	key, version, ok := objectOf(e.Input)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[key+"\x00"+version] = e
}

// of is the execution of an uploaded object, once there is one.
func (f *feed) of(u uploaded) (sfn.Execution, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.known[u.key+"\x00"+u.version]
	return e, ok
}

func objectOf(input json.RawMessage) (key, version string, ok bool) {
	e, err := events.Parse(input)
	if err != nil {
		return "", "", false
	}
	d, ok, err := events.ObjectCreated(e)
	return d.Object.Key, d.Object.VersionID, ok && err == nil
}
