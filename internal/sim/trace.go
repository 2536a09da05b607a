package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// say adds a line to the trace, after what has become of the cluster meanwhile.
func (j *journal) say(who, format string, args ...any) {
	if j.traced {
		j.sayCluster()
		j.add(who, fmt.Sprintf(format, args...))
	}
}

func (j *journal) sayCluster() {
	if now := j.tellCluster(); now != j.cluster {
		j.cluster = now
		j.add("", "  ~ "+now)
	}
}

func (j *journal) add(who, text string) {
	j.lines = append(j.lines, fmt.Sprintf("%12s  %-25s  %s", since(j.line.now), who, text))
}

// call tells of a call. What only looks is told when it fails.
func (j *journal) call(who, op, about string, err error) {
	switch {
	case flink.CodeOf(err) == flink.NotFound:
		j.say(who, "%s %s: there is none", op, about)
	case err != nil:
		j.say(who, "%s %s: %v", op, about, err)
	case op == "target.Observe" && j.traced:
		j.sayCluster()
	case op == "ledger.Get" || op == "target.Observe":
	case j.step != nil:
		j.say(who, "%s document: %s", op, tellStep(j.step.from, j.step.to))
	default:
		j.say(who, "%s %s", op, about)
	}
}

// tellAnswer is what a function decided.
func tellAnswer(out []byte) string {
	var r struct {
		Decision, Outcome, Reason, Check, Skipped, GaveWay string
		Diagnosis                                          flink.Diagnosis
	}
	_ = json.Unmarshal(out, &r) // whatever of these it has
	why := strings.Join(strings.Fields(strings.Join([]string{r.Outcome, r.Reason, r.Check, string(r.Diagnosis.Step), r.Skipped, r.GaveWay}, " ")), " ")
	return strings.TrimSuffix(r.Decision+": "+why, ": ")
}

// tellCluster is what runs, in words that change only when it does.
func (j *journal) tellCluster() string {
	o := j.look()
	if !o.Exists {
		return "no resource"
	}
	text := fmt.Sprintf("%s, %s by %s/%s; operator %s", o.Spec.Revision, o.Spec.Run, o.Spec.Release, o.Spec.Step, cmp.Or(o.Status.Lifecycle, "has not seen it"))
	if o.Status.Error != "" {
		text += " (" + o.Status.Error + ")"
	}
	k := o.Job
	switch {
	case !k.Reachable:
		return text + "; Flink: " + k.Unreachable
	case k.ID == "":
		return text + "; Flink has no job"
	}
	text += fmt.Sprintf("; job %s %d/%d", k.State, k.TasksRunning, k.Tasks)
	if k.Checkpoints.RestoredFrom != "" {
		text += " from " + k.Checkpoints.RestoredFrom
	}
	if k.Checkpoints.Completed > 0 {
		text += ", checkpoints complete"
	}
	if k.Restarts > 0 {
		text += fmt.Sprintf(", restart %d (%s)", k.Restarts, k.Failures[0].Message)
	}
	return text
}

// tellStep is what a write of the ledger document changed.
func tellStep(from, to ledger.Document) string {
	var said []string
	say := func(what string, old, new any) {
		was, is := tellValue(old), tellValue(new)
		if was != is {
			said = append(said, what+" "+is)
		}
	}
	say("lease", from.Lease, to.Lease)
	say("current", from.Current, to.Current)
	say("waiting", from.Pending, to.Pending)
	say("down", from.Down, to.Down)
	say("circuit", from.Circuit, to.Circuit)
	say("incident", from.Incident, to.Incident)
	for _, r := range to.Repairs {
		if !slices.ContainsFunc(from.Repairs, func(o ledger.Repair) bool { return o == r }) {
			said = append(said, fmt.Sprintf("repair %s %s %s", r.Request, r.Step, r.Outcome))
		}
	}
	for _, s := range to.Snapshots {
		if known := from.Snapshot(s.Path); known == nil {
			said = append(said, "knows "+s.Path)
		} else if s.Retiring.IsZero() && !known.Retiring.IsZero() {
			said = append(said, "keeps "+s.Path+" after all")
		} else if !s.Retiring.Equal(known.Retiring) {
			said = append(said, "retires "+s.Path)
		}
	}
	for _, m := range to.Outbox {
		if !slices.ContainsFunc(from.Outbox, func(o ledger.Message) bool { return o.Name == m.Name }) {
			said = append(said, "to send "+m.Name)
		}
	}
	if len(said) == 0 {
		return "renewed"
	}
	return strings.Join(said, ", ")
}

func tellValue(v any) string {
	switch v := v.(type) {
	case *ledger.Lease:
		if v != nil {
			return fmt.Sprintf("%s with fence %d", v.Release, v.Fence)
		}
	case *ledger.Change:
		if v != nil {
			return v.ID
		}
	case *ledger.Incident:
		if v != nil {
			return fmt.Sprintf("%s, joined %d", v.ID, v.Joined)
		}
	case *ledger.Down:
		if v != nil {
			return v.Snapshot.Path
		}
	case *ledger.Circuit:
		if v != nil {
			return "open"
		}
	case string:
		return cmp.Or(v, "nothing")
	}
	return "nothing"
}

var longNames = regexp.MustCompile(`s3://[^ "]*/(savepoint-)[0-9a-f]+-0*([0-9]+)|s3://[^ "]*/(chk-[0-9]+)|(?:releases|revisions)/` + app.String() + `/([^ ]+)\.json`)

// readable puts short names in place of those that nobody can remember: of a
// release the event that asked for it, of a revision its jar.
func (w *world) readable(text string) string {
	pairs := []string{app.String() + "/", ""}
	for id, u := range w.asked {
		if u.release != "" {
			pairs = append(pairs, u.release, u.word()+"("+id+")")
		}
	}
	for revision, jar := range w.journal.revisions {
		pairs = append(pairs, revision, revision[:4]+"("+jar+")")
	}
	text = longNames.ReplaceAllString(text, "$1$2$3$4")
	return strings.NewReplacer(pairs...).Replace(text)
}

// noteRevision remembers a revision's name.
func (j *journal) noteRevision(body []byte) {
	var r flink.Revision
	must(json.Unmarshal(body, &r))
	j.revisions[r.ID] = r.Jar.File
}
