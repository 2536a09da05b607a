package statemachines_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

var update = flag.Bool("update", false, "write the scenarios' want anew")

// TestScenarios runs every testdata/*.txtar: the embedded machine with the real
// handlers. script is what happens, want what is seen: read a changed want.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	rotations, err := filepath.Glob("testdata/rotate/*.txtar")
	must(t, err)
	files = append(files, rotations...)
	if len(files) == 0 {
		t.Fatal("there are no scenarios")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { scenario(t, file) })
	}
}

func scenario(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	must(t, err)
	s := &stage{world: newWorld(t), files: map[string][]byte{}}
	s.perform(t, file, a)
}

// perform plays an archive's script, line by line, and holds what was seen
// against what it says.
func (s *stage) perform(t *testing.T, file string, a *txtar.Archive) {
	t.Helper()
	for _, f := range a.Files {
		s.files[f.Name] = f.Data
	}
	for lines := bufio.NewScanner(bytes.NewReader(s.files["script"])); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 0 && words[0] != "#" {
			s.play(words)
		}
	}
	if *update {
		for i := range a.Files {
			if a.Files[i].Name == "want" {
				a.Files[i].Data = []byte(s.seen.String())
			}
		}
		must(t, os.WriteFile(file, txtar.Format(a), 0o644))
		return
	}
	if diff := cmp.Diff(string(s.files["want"]), s.seen.String()); diff != "" {
		t.Errorf("-want +seen:\n%s", diff)
	}
}

// stage plays a script.
type stage struct {
	*world
	files map[string][]byte
	last  []byte                    // newest event
	depth int                       // runs within runs
	also  func(words []string) bool // commands of another machine; false: it knows no such command
	seen  strings.Builder

	tickAt time.Time // the newest tick
}

// play runs one line:
//
//	manifest [FILE|MODE]   upload application.yaml (the usual one, that file, or the usual one in that upgrade mode; +fallback allows it) and run the machine for its event
//	drop FILE [BEHAVIOUR]  upload a jar (or a file of the archive) and run the machine for its event
//	put KEY                upload a file under a key as it is
//	again                  deliver the newest event once more
//	wait DURATION          let time pass
//	cut-off / reach        Flink's REST API goes away, comes back
//	delete                 somebody deletes the resource
//	kill-taskmanager       a node is lost
//	suspend-outside        somebody suspends the resource with kubectl
//	states                 the states that the ledger knows, and with which the job is suspended
//	records                what is kept of every release until now
//	fail-job               the job comes to its end by itself, beyond Flink's restart strategy
//	break-revision FILE BEHAVIOUR  a jar that was good behaves so from now on
//	break-savepoints       every savepoint fails; mend-savepoints
//	resume                 the circuit is closed
//	forget                 the ledger forgets what ran
//	fail STATE CODE [N]    the next N calls (one) of that state's function fail with that code (or error name of Lambda's)
//	abort STATE            the execution is stopped when it comes to that state's function
//	during STATE COMMAND   the command happens before that state's function is called next
//	after STATE COMMAND    the command happens once that state's function has returned
//	ask CHANGE [KEY=VALUE] somebody asks for a change, and the machine runs for its event
//	forks NAME...          who began with whose snapshot
//	approve / deny         somebody answers for the change that waits
//	outside [OWNER]        somebody else deploys an application of this name, and OWNER keeps it
//	bundle FILE            upload a file of the archive for a dry run, below _plan/
//	store KEY FILE         a file of the archive lies under that key from now on
//	twin FILE              upload a jar in the second of the upload before
//	cancel-pending         somebody calls off what waits for the release in flight
//	deliver                what was sent to start a release does so
//	abort-now              the execution that runs is stopped
//	say-dead               Step Functions says of every execution that it has ended
//	break-sender           nothing can be sent; mend-sender
//	recover [died]         the recover machine runs as its schedule has it, or for the event of the execution that died last
//	(and those of rotate_test.go)
func (s *stage) play(words []string) {
	fmt.Fprintf(&s.seen, "> %s\n", strings.Join(words, " "))
	if s.also != nil && s.also(words) {
		return
	}
	switch words[0] {
	case "manifest":
		body := []byte(manifestYAML)
		if len(words) > 1 {
			body = s.manifest(words[1])
		}
		s.deliver(s.put(app.ManifestKey(), body))
	case "drop":
		s.deliver(s.put(app.String()+"/"+words[1], s.body(words)))
	case "put":
		s.deliver(s.put(words[1], s.files[words[1]]))
	case "ask":
		s.deliver(s.ask(words[1], words[2:]))
	case "store":
		s.artifacts.Put(artifactBucket, words[1], s.files[words[2]], s.clock.Now())
	case "twin":
		s.sameSecond = true
		s.deliver(s.put(app.String()+"/"+words[1], s.body(words)))
	case "cancel-pending":
		d, _, err := s.ledger.Document(s.t.Context(), app)
		must(s.t, err)
		s.deliver(s.ask("Cancel", []string{"release=" + d.Pending.ID}))
	case "again":
		s.deliver(s.last)
	case "recover":
		s.recover(len(words) > 1)
	default:
		s.disturb(words)
	}
}

// manifest is a file of the archive, or the usual one in another upgrade mode.
func (s *stage) manifest(name string) []byte {
	if body, ok := s.files[name]; ok {
		return body
	}
	mode, fallback, _ := strings.Cut(name, "+")
	text := strings.Replace(manifestYAML, "upgradeMode: savepoint", "upgradeMode: "+mode, 1)
	if fallback != "" {
		text = strings.Replace(text, "  flinkConfiguration:\n", "  flinkConfiguration:\n    "+flink.FallbackKey+": \"true\"\n", 1)
	}
	return []byte(text)
}

func (s *stage) disturb(words []string) {
	switch words[0] {
	case "wait":
		d, err := time.ParseDuration(words[1])
		must(s.t, err)
		must(s.t, s.clock.Sleep(s.t.Context(), d))
	case "cut-off":
		s.target.CutOff(app, "connection refused")
	case "reach":
		s.target.CutOff(app, "")
	case "delete":
		s.target.DeleteOutside(app)
	case "break-savepoints":
		s.target.BreakSavepoints(app, "java.io.IOException: disk full")
	case "mend-savepoints":
		s.target.BreakSavepoints(app, "")
	case "approve", "deny":
		s.answer(words[0] == "approve")
	case "outside":
		theirs, err := flink.NewRevision(map[string]any{"apiVersion": "flink.apache.org/v1beta1", "kind": "FlinkDeployment", "spec": map[string]any{"job": map[string]any{"upgradeMode": "savepoint", "jarURI": "local:///opt/job.jar"},
			"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://data/team-a/counter/savepoints"}}}, flink.PinnedJar{})
		must(s.t, err)
		s.target.CreateOutside(app, theirs)
		s.target.Keep(app, strings.Join(words[1:], " "))
	case "bundle":
		s.artifacts.Put(artifactBucket, "_plan/"+app.String()+"/x/"+words[1], s.body(words), s.clock.Now())
	case "forks":
		s.forks(words[1:])
	case "suspend-outside":
		s.target.SuspendOutside(app)
	case "records":
		s.records()
	case "states":
		s.states()
	case "fail-job":
		s.target.FailJob(app)
	case "break-revision":
		s.jar(words[1], targettest.Behaviours()[words[2]])
	case "kill-taskmanager":
		s.target.KillTaskManager(app)
	case "resume":
		_, err := ledger.Update(s.t.Context(), s.ledger, app, func(d *ledger.Document) error { d.Circuit = nil; return nil })
		must(s.t, err)
	case "forget":
		_, err := ledger.Update(s.t.Context(), s.ledger, app, func(d *ledger.Document) error { d.Forget(); return nil })
		must(s.t, err)
	case "abort-now":
		s.abort()
	case "say-dead":
		for arn, e := range s.executions {
			s.executions[arn] = task.Execution{Status: "ABORTED", Input: e.Input}
		}
	case "break-sender", "mend-sender":
		s.mute = words[0] == "break-sender"
	case "deliver":
		sent := s.sent
		s.sent = nil
		for _, m := range sent {
			if m.Kind == ledger.StartRelease {
				s.name = m.Name
				s.deliver(m.Payload)
			}
		}
	default:
		if !s.rotates(words) {
			s.plan(words)
		}
	}
}

// plan arranges what happens in the middle of the next run.
func (s *stage) plan(words []string) {
	times := 1
	if len(words) == 4 && words[0] == "fail" {
		must(s.t, json.Unmarshal([]byte(words[3]), &times))
	}
	switch words[0] {
	case "fail":
		s.before = func(state string) error {
			if state != words[1] || times == 0 {
				return nil
			}
			times--
			if strings.Contains(words[2], ".") { // Lambda's own: the function died
				return &asl.Error{Name: words[2], Cause: "planted"}
			}
			return flink.Errorf(flink.Code(words[2]), "call", "planted")
		}
	case "abort":
		s.before = func(state string) error {
			if state == words[1] {
				s.before = nil
				s.abort()
			}
			return nil
		}
	case "after":
		s.after = func(state string) {
			if state == words[1] {
				s.after = nil
				s.play(words[2:])
			}
		}
	case "during":
		earlier, done := s.before, false
		s.before = func(state string) error {
			if earlier != nil {
				if err := earlier(state); err != nil {
					return err
				}
			}
			if state == words[1] && !done {
				done = true
				s.play(words[2:])
			}
			return nil
		}
	default:
		s.t.Fatalf("no command %q", words[0])
	}
}

func (s *stage) body(words []string) []byte {
	if body, ok := s.files[words[1]]; ok {
		return body
	}
	behaviour := "good"
	if len(words) > 2 {
		behaviour = words[2]
	}
	if behaviour == "no-entry-class" {
		return jartest.WithoutEntryClass(words[1])
	}
	b, ok := targettest.Behaviours()[behaviour]
	if !ok {
		s.t.Fatalf("no behaviour %q", behaviour)
	}
	return s.jar(words[1], b)
}

// deliver runs the machine and tells what was seen.
func (s *stage) deliver(event []byte) {
	s.last = event
	s.depth++
	starts := len(s.target.Starts())
	result, r := s.run(event)
	if s.depth--; s.depth == 0 {
		s.before, s.after = nil, nil // what was arranged for this run is over
	}
	fmt.Fprintf(&s.seen, "%s %s\n", result.Status, strings.Join(path(result.Path), " "))
	if result.Status == "FAILED" {
		fmt.Fprintf(&s.seen, "  error: %s\n", result.Error)
	}
	s.tell(r)
	for _, start := range s.target.Starts()[starts:] {
		fmt.Fprintf(&s.seen, "  started %s from %s, exact: %v\n", start.Revision, short(start.From), start.Exact())
	}
	d, _, err := s.ledger.Document(s.t.Context(), subject(r))
	must(s.t, err)
	fmt.Fprintf(&s.seen, "  ledger: current %q, fence %d, leased %v, circuit open %v\n", d.Current, d.Fence, d.Lease != nil, d.Circuit != nil)
}
