package statemachines_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// TestRemediationScenarios runs every testdata/remediate/*.txtar: the embedded
// machine with the real handlers, and the release machine for what they ask for.
func TestRemediationScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/remediate/*.txtar")
	must(t, err)
	if len(files) == 0 {
		t.Fatal("there are no scenarios")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { remediation(t, file) })
	}
}

func remediation(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	must(t, err)
	w := newWorld(t)
	s := &ward{remediating: w.remediating(), stage: &stage{world: w, files: map[string][]byte{}}, started: map[string]bool{}}
	s.also = s.own
	w.onSend = s.carryOut
	s.perform(t, file, a)
}

// ward plays a script in which alarms go off.
type ward struct {
	*stage
	*remediating
	raised  []byte          // newest event of an alarm
	silent  bool            // what is asked for is carried out by nobody
	started map[string]bool // executions by their names: none is started twice
}

// carryOut runs the release machine for a change that was asked for.
func (s *ward) carryOut(m ledger.Message) {
	switch m.Kind {
	case ledger.Escalation:
		var c ledger.Call
		must(s.t, json.Unmarshal(m.Payload, &c))
		fmt.Fprintf(&s.seen, "  called: %s\n    %s\n", c.Subject, strings.ReplaceAll(c.Text, "\n", "\n    "))
	case ledger.StartMachine:
		var other ledger.Start
		must(s.t, json.Unmarshal(m.Payload, &other))
		if !strings.HasSuffix(other.Machine, ":remediate") {
			s.t.Fatalf("%s is to be started", other.Machine)
		}
		fmt.Fprintf(&s.seen, "  started again:\n")
		s.raised = other.Input
		s.happen([]string{"alarm-again"})
	case ledger.StartRelease:
		if s.silent || s.started[m.Name] {
			return
		}
		s.started[m.Name] = true
		fmt.Fprintf(&s.seen, "  asked for:\n")
		s.deliver(m.Payload)
	}
}

// own runs one line that is not of releases:
//
//	raise ALARM [OF|-/-]    the alarm goes off, its metric has the dimensions of an application (ours; -/-: of none), and the machine runs for its event
//	set ALARM STATE         CloudWatch says so from now on, and sends nothing
//	follows ALARM           the alarm is raised while the job is unwell, and quiet when it is not
//	remove-alarm ALARM      the alarm is removed
//	tag ALARM APPLICATION   the alarm has the tag
//	alarm-again             the newest event of an alarm comes once more
//	send FILE               the machine runs for a file of the archive
//	nobody-carries-out      what is asked for is carried out by nobody
//	carry-out               what was asked for meanwhile is
//	incidents               what is kept of every alarm until now
//	expire                  nothing was heard for long of the execution that deals with the incident
func (s *ward) own(words []string) bool {
	switch words[0] {
	case "raise", "alarm-again", "send":
		s.happen(words)
	case "set":
		s.set(words[1], flink.AlarmState(words[2]))
	case "follows":
		s.alarms.follows[words[1]] = true
	case "remove-alarm":
		delete(s.alarms.states, words[1])
	case "tag":
		s.alarms.tags["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:"+words[1]] = map[string]string{"sluice:application": words[2]}
	case "nobody-carries-out":
		s.silent = true
	case "carry-out":
		s.silent, s.started = false, map[string]bool{}
		for _, m := range s.sent {
			s.carryOut(m)
		}
	case "incidents":
		s.incidents()
	case "expire":
		_, err := ledger.Update(s.t.Context(), s.ledger, app, func(d *ledger.Document) error { d.Incident.Expires = s.clock.Now(); return nil })
		must(s.t, err)
	default:
		return false
	}
	return true
}

func (s *ward) happen(words []string) {
	switch {
	case words[0] == "send":
		s.raised = s.files[words[1]]
	case words[0] == "raise":
		s.set(words[1], flink.AlarmRaised)
		dimensions := dimensionsOf(app)
		if len(words) > 2 {
			namespace, name, _ := strings.Cut(words[2], "/")
			dimensions = dimensionsOf(flink.Application{Namespace: namespace, Name: name})
		}
		s.raised = s.event(words[1], "ALARM", dimensions)
	}
	began := s.clock.Now()
	s.depth++
	result, r := s.remediate(s.raised)
	if s.depth--; s.depth == 0 {
		s.before, s.after = nil, nil
	}
	fmt.Fprintf(&s.seen, "%s %s\n", result.Status, strings.Join(path(result.Path), " "))
	fmt.Fprintf(&s.seen, "  %s %s, after %s: %s\n", r.Outcome, r.Check, s.clock.Now().Sub(began), strings.SplitN(r.Message, "\n", 2)[0])
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	fmt.Fprintf(&s.seen, "  ledger: incident open %v, %d repairs, circuit open %v\n", d.Incident != nil, len(d.Repairs), d.Circuit != nil)
}

func (s *ward) incidents() {
	for _, a := range []flink.Application{app, ledger.NoApplication} {
		ids, err := s.ledger.Incidents(s.t.Context(), a, 100)
		must(s.t, err)
		for i := len(ids) - 1; i >= 0; i-- {
			r, err := s.ledger.Incident(s.t.Context(), a, ids[i])
			must(s.t, err)
			fmt.Fprintf(&s.seen, "  %s %s %s: %s\n", r.ID, r.Outcome, r.Check, strings.SplitN(r.Message, "\n", 2)[0])
			for _, step := range r.Steps {
				fmt.Fprintf(&s.seen, "    %s %s, helped %v\n", step.Step, step.Outcome, step.Helped)
			}
		}
	}
}
