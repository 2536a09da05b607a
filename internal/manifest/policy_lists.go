package manifest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a function's machine need not have the zones that windows name

	"github.com/sluice-flink/sluice/internal/flink"
)

// Bounds of lists. Every query and every window is asked at every look.
const (
	maxAlarms  = 50
	maxQueries = 10
	maxWindows = 10
	maxAllowed = 100
)

// maxWindow bounds a window: what is closed for longer is suspended.
const maxWindow = 366 * 24 * time.Hour

// stepsLeaf is the steps of remediation, in their order.
func stepsLeaf(at func(*settings) *[]flink.RemediationStep) leaf {
	steps := flink.RemediationSteps()
	return leafOf[[]flink.RemediationStep]{at: at, parse: listOf(len(steps), single(oneOf(nil, steps))),
		write: func(v []flink.RemediationStep) any { return list(v) },
		shape: map[string]any{"type": "array", "uniqueItems": true, "items": map[string]any{"enum": steps}}}
}

// queryAsWritten is a query as a document has it.
type queryAsWritten struct {
	Query            string `json:"query"`
	SuccessCondition string `json:"successCondition"`
}

func (q queryAsWritten) String() string {
	return fmt.Sprintf("{query: %s, successCondition: %s}", strconv.Quote(q.Query), strconv.Quote(q.SuccessCondition))
}

func queriesLeaf(at func(*settings) *[]flink.PrometheusQuery) leaf {
	return leafOf[[]flink.PrometheusQuery]{at: at, parse: listOf(maxQueries, readQuery),
		write: func(v []flink.PrometheusQuery) any {
			all := []queryAsWritten{}
			for _, q := range v {
				all = append(all, queryAsWritten(q))
			}
			return all
		},
		shape: map[string]any{"type": "array", "maxItems": maxQueries, "items": objectSchema(map[string]any{
			"query":            map[string]any{"type": "string", "minLength": 1, "description": "PromQL whose answer is one number."},
			"successCondition": map[string]any{"type": "string", "pattern": `^\s*result\s*(<=|>=|==|!=|<|>)\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*$`, "description": "result OP number, as in result < 0.01."},
		}, "query", "successCondition")}}
}

func readQuery(r *report, n *node, path string) (flink.PrometheusQuery, bool) {
	var q flink.PrometheusQuery
	names := []string{"query", "successCondition"}
	good := mappingOf(r, n, path, names, names)
	if query := n.get("query"); query != nil {
		text, ok := single(line)(r, query, path+".query")
		q.Query, good = text, good && ok
	}
	if condition := n.get("successCondition"); condition != nil {
		text, ok := single(func(n *node) (string, error) {
			c, err := flink.ParseCondition(cut(n.text(), maxText))
			return c.String(), err
		})(r, condition, path+".successCondition")
		q.SuccessCondition, good = text, good && ok
	}
	return q, good
}

// windowAsWritten is a window as a document has it.
type windowAsWritten struct {
	Kind     string `json:"kind"`
	Schedule string `json:"schedule"`
	Duration string `json:"duration"`
	TimeZone string `json:"timeZone"`
}

func (w windowAsWritten) String() string {
	return fmt.Sprintf("{kind: %s, schedule: %q, duration: %s, timeZone: %s}", w.Kind, w.Schedule, w.Duration, w.TimeZone)
}

func windowsLeaf(at func(*settings) *[]flink.SyncWindow) leaf {
	return leafOf[[]flink.SyncWindow]{at: at, parse: listOf(maxWindows, readWindow),
		write: func(v []flink.SyncWindow) any {
			all := []windowAsWritten{}
			for _, w := range v {
				all = append(all, windowAsWritten{string(w.Kind), w.Schedule, flink.Short(w.Duration), w.TimeZone})
			}
			return all
		},
		shape: map[string]any{"type": "array", "maxItems": maxWindows, "items": objectSchema(map[string]any{
			"kind":     map[string]any{"enum": []flink.WindowKind{flink.Allow, flink.Deny}, "description": "allow: outside of every allow window upgrades wait; deny: in it they do, whatever is allowed."},
			"schedule": map[string]any{"type": "string", "pattern": `^\s*[0-9]{1,2}(\s+\S+){4}\s*$`, "description": "When it begins: cron with five fields, minute (one), hour, day of month, month, day of week."},
			"duration": map[string]any{"type": "string", "pattern": durationPattern},
			"timeZone": map[string]any{"type": "string", "default": "UTC", "description": "IANA name, as in Europe/Paris."},
		}, "kind", "schedule", "duration")}}
}

func readWindow(r *report, n *node, path string) (flink.SyncWindow, bool) {
	w := flink.SyncWindow{TimeZone: "UTC"}
	good := mappingOf(r, n, path, []string{"kind", "schedule", "duration", "timeZone"}, []string{"kind", "schedule", "duration"})
	if f := n.get("kind"); f != nil {
		kind, ok := single(oneOf(nil, []flink.WindowKind{flink.Allow, flink.Deny}))(r, f, path+".kind")
		w.Kind, good = kind, good && ok
	}
	if f := n.get("duration"); f != nil {
		d, ok := single(durationWithin(time.Minute, maxWindow))(r, f, path+".duration")
		w.Duration, good = d, good && ok
	}
	if f := n.get("timeZone"); f != nil {
		zone, ok := single(line)(r, f, path+".timeZone")
		w.TimeZone, good = zone, good && ok
	}
	if f := n.get("schedule"); f != nil {
		text, ok := single(line)(r, f, path+".schedule")
		w.Schedule, good = strings.Join(strings.Fields(text), " "), good && ok
	}
	if !good {
		return w, false
	}
	if err := w.Validate(); err != nil {
		r.fault(n, path, "%v", err)
		return w, false
	}
	return w, true
}
