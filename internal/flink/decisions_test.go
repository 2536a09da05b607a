package flink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestRollbackChoosesTheStateByWhatTheFailedVersionMadeDurable(t *testing.T) {
	stop := &flink.Snapshot{Path: stopPath}
	none, some := &flink.Checkpoints{}, &flink.Checkpoints{Completed: 4, Latest: "s3://data/chk-4"}
	auto := flink.RollbackRule{Mode: flink.Automatic, RestoreFrom: flink.Auto}
	pre := flink.RollbackRule{Mode: flink.Automatic, RestoreFrom: flink.PreUpgrade}
	latest := flink.RollbackRule{Mode: flink.Automatic, RestoreFrom: flink.Latest}
	refuse := flink.RollbackRule{Mode: flink.Automatic, RestoreFrom: flink.Auto, Replay: flink.ReplayRefuse}
	newest, saved, ran := flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9}, &flink.Snapshot{Path: "s3://data/saved"}, time.Unix(1, 0)
	tried := func(k ...flink.RestoreKind) []flink.RestoreKind { return k }
	cases := map[string]struct {
		c      flink.RollbackCase
		action flink.RollbackAction
		kind   flink.RestoreKind
		path   string
	}{
		"nothing ran before":                                 {flink.RollbackCase{Applied: true, Rule: auto}, flink.TakeAway, "", ""},
		"nothing ran before, and rollback is manual":         {flink.RollbackCase{Applied: true, Rule: flink.RollbackRule{Mode: flink.Manual}}, flink.Hold, "", ""},
		"it never answered":                                  {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"it made nothing durable":                            {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"it made checkpoints":                                {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: auto}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"it ended by itself, with checkpoints":               {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Gone: true, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/chk-4"},
		"and they could not be restored":                     {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Gone: true, Rule: auto, Tried: tried(flink.RestoreSnapshot)}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"it went astray, after a stop":                       {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Astray: true, RanSince: ran, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"it went astray, with insurance":                     {flink.RollbackCase{HasPrevious: true, Applied: true, Insurance: saved, Failed: some, Astray: true, RanSince: ran, ByRecord: true, Newest: newest, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/saved"},
		"it went astray, and a checkpoint is known":          {flink.RollbackCase{HasPrevious: true, Applied: true, Failed: some, Astray: true, RanSince: ran, ByRecord: true, Newest: newest, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/chk-9"},
		"it went astray, and nothing is known":               {flink.RollbackCase{HasPrevious: true, Applied: true, Failed: some, Astray: true, RanSince: ran, Rule: auto}, flink.Hold, "", ""},
		"it ended unseen, with checkpoints":                  {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, CannotHalt: true, Gone: true, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/chk-4"},
		"it ran, and has to stand still first":               {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Seen: true, Rule: auto}, flink.Halt, "", ""},
		"it could not be brought to a standstill":            {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, CannotHalt: true, Rule: auto}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"replay is refused, and would be needed":             {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: refuse, Tried: tried(flink.RestoreLatest)}, flink.Hold, "", ""},
		"replay is refused, and is not needed":               {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: refuse}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"its checkpoints could not be restored":              {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: auto, Tried: tried(flink.RestoreLatest)}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"nothing could be restored":                          {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: auto, Tried: tried(flink.RestoreLatest, flink.RestoreSnapshot)}, flink.Hold, "", ""},
		"the exact state could not be restored":              {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Rule: auto, Tried: tried(flink.RestoreSnapshot)}, flink.Hold, "", ""},
		"the policy wants the state before":                  {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: pre}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"the policy wants the newest, there is one":          {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: latest}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"the policy wants the newest, none is there":         {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Rule: latest}, flink.Hold, "", ""},
		"the newest failed, and it was all that was allowed": {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Still: true, Rule: latest, Tried: tried(flink.RestoreLatest)}, flink.Hold, "", ""},
		"no state is recorded":                               {flink.RollbackCase{HasPrevious: true, Applied: true, Failed: none, Rule: auto}, flink.Hold, "", ""},
		"it was stopped and never applied":                   {flink.RollbackCase{HasPrevious: true, Stop: stop, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"the stop did not complete":                          {flink.RollbackCase{HasPrevious: true, Rule: auto}, flink.BringBack, flink.RestoreHeld, ""},
		"last-state, it restored and made nothing":           {flink.RollbackCase{HasPrevious: true, Applied: true, Mode: flink.ModeLastState, Restored: "s3://data/chk-1", Failed: none, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/chk-1"},
		"last-state, it never restored":                      {flink.RollbackCase{HasPrevious: true, Applied: true, ByRecord: true, Newest: newest, Rule: auto}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-9"},
		"last-state, it took the record with it":             {flink.RollbackCase{HasPrevious: true, Applied: true, ByRecord: true, NoRecord: true, Newest: newest, Insurance: stop, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"last-state, record gone and no insurance":           {flink.RollbackCase{HasPrevious: true, Applied: true, ByRecord: true, NoRecord: true, Newest: newest, Rule: auto}, flink.Hold, "", ""},
		"last-state, record gone, replay refused":            {flink.RollbackCase{HasPrevious: true, Applied: true, ByRecord: true, NoRecord: true, Newest: newest, Insurance: stop, Rule: refuse}, flink.Hold, "", ""},
		"it was suspended, and is called off at once":        {flink.RollbackCase{HasPrevious: true, Suspended: stop, Rule: auto}, flink.Rest, flink.RestoreSnapshot, stopPath},
		"it was suspended, and runs by now":                  {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: stop, Failed: some, Rule: auto}, flink.Halt, "", ""},
		"it was suspended, and has made checkpoints":         {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: stop, Failed: some, Still: true, Rule: auto}, flink.Rest, flink.RestoreSnapshot, "s3://data/chk-4"},
		"it was suspended, the chosen state did not do":      {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: stop, Failed: some, Still: true, Empty: true, Rule: auto}, flink.Rest, flink.RestoreSnapshot, stopPath},
		"it was suspended, and what was started has ended":   {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: stop, NoRecord: true, Rule: auto}, flink.Rest, flink.RestoreSnapshot, stopPath},
		"it was suspended, and cannot be again":              {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: stop, CannotHalt: true, Rule: auto}, flink.Hold, "", ""},
		"it was suspended by the record alone":               {flink.RollbackCase{HasPrevious: true, Applied: true, Suspended: &flink.Snapshot{}, Still: true, Rule: auto}, flink.Rest, flink.RestoreLatest, ""},
		"a batch job had finished before":                    {flink.RollbackCase{HasPrevious: true, Applied: true, Finished: true, Mode: flink.ModeStateless, Rule: auto}, flink.Hold, "", ""},
		"a batch job had finished, nothing was started":      {flink.RollbackCase{HasPrevious: true, Finished: true, Mode: flink.ModeStateless, Rule: auto}, flink.Rest, "", ""},
		"somebody's change saved it":                         {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Saved: saved, Edited: true, Still: true, Rule: auto}, flink.BringBack, flink.RestoreSnapshot, "s3://data/saved"},
		"and the state from then could not be restored":      {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Saved: saved, Edited: true, Still: true, Rule: auto, Tried: tried(flink.RestoreSnapshot)}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"somebody's change, and checkpoints after it":        {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: some, Saved: saved, Edited: true, Still: true, Rule: auto}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"somebody's change, the policy wants the one before": {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Saved: saved, Edited: true, Still: true, Rule: pre}, flink.BringBack, flink.RestoreSnapshot, stopPath},
		"somebody's change, and nobody knows what it made":   {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Edited: true, Still: true, RanSince: ran, Rule: refuse}, flink.Hold, "", ""},
		"last-state, it made checkpoints":                    {flink.RollbackCase{HasPrevious: true, Applied: true, Mode: flink.ModeLastState, Restored: "s3://data/chk-1", Failed: some, Still: true, Rule: auto}, flink.BringBack, flink.RestoreLatest, "s3://data/chk-4"},
		"stateless":                                          {flink.RollbackCase{HasPrevious: true, Applied: true, Mode: flink.ModeStateless, Failed: some, Still: true, Rule: auto}, flink.BringBack, flink.RestoreNothing, ""},
		"rollback is manual":                                 {flink.RollbackCase{HasPrevious: true, Applied: true, Stop: stop, Failed: none, Rule: flink.RollbackRule{Mode: flink.Manual}}, flink.Hold, "", ""},
		"manual, and a stop that failed is still undone":     {flink.RollbackCase{HasPrevious: true, Rule: flink.RollbackRule{Mode: flink.Manual}}, flink.BringBack, flink.RestoreHeld, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := flink.DecideRollback(c.c)
			if d.Action != c.action || d.Restore.Kind != c.kind || d.Restore.Path != c.path || d.Message == "" {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestARollbackByTheRecordAsksHowNewTheCheckpointHasToBe(t *testing.T) {
	d := flink.DecideRollback(flink.RollbackCase{HasPrevious: true, Applied: true, ByRecord: true, Newest: flink.Restore{Kind: flink.RestoreLatest, Path: "s3://data/chk-9", AtLeast: 9},
		Rule: flink.RollbackRule{Mode: flink.Automatic, RestoreFrom: flink.Auto}})
	if d.Restore.Kind != flink.RestoreLatest || d.Restore.AtLeast != 9 {
		t.Errorf("got %+v", d)
	}
}

func TestThePlanFollowsFromWhatIsThere(t *testing.T) {
	running := good()
	running.Spec.Revision = "old"
	with := func(change func(*flink.Observation)) flink.Observation {
		o := running
		change(&o)
		return o
	}
	suspended := with(func(o *flink.Observation) {
		o.Spec.Run, o.Status.Lifecycle, o.Status.Savepoint.Path = flink.Suspended, "SUSPENDED", stopPath
	})
	stopping := with(func(o *flink.Observation) {
		o.Spec.Run, o.Status.Savepoint.Path, o.Status.SavepointTrigger = flink.Suspended, "s3://data/of-last-week", "UPGRADE"
	})
	ended := with(func(o *flink.Observation) { o.Job.State, o.Job.Checkpoints.Latest = "FAILED", "s3://data/chk-3" })
	byRecord := with(func(o *flink.Observation) {
		o.Spec.Run, o.Status.Lifecycle, o.Record = flink.Suspended, "SUSPENDED", flink.RecordFacts{Known: true, LatestID: 9}
		o.Status.Savepoint.Path, o.Status.SavepointTrigger = "s3://data/of-last-week", "UPGRADE"
	})
	noDirectory := flink.Revision{ID: "old"}
	asks := func(mode, fallback string) flink.Revision {
		return flink.Revision{ID: "new", Manifest: map[string]any{"spec": map[string]any{"job": map[string]any{"upgradeMode": mode},
			"flinkConfiguration": map[string]any{flink.FallbackKey: fallback}}}}
	}
	failing := with(func(o *flink.Observation) { o.Job.State = "RESTARTING"; o.Job.Checkpoints.Latest = "s3://data/chk-3" })
	noCheckpoint := with(func(o *flink.Observation) { o.Job.Checkpoints = flink.Checkpoints{} })
	undone := func(change func(*flink.Situation)) flink.Situation {
		s := flink.Situation{Current: "old", Applied: "new", Running: flink.Revision{ID: "new", Manifest: highlyAvailable}, Revision: flink.Revision{ID: "old"}, Change: flink.Change{Kind: flink.Rollback},
			Observation: with(func(o *flink.Observation) {
				o.Spec.Revision, o.Job.Reachable, o.Job.Checkpoints = "new", false, flink.Checkpoints{}
			})}
		change(&s)
		return s
	}
	cases := map[string]struct {
		s      flink.Situation
		first  flink.Step
		reason flink.Reason
		kind   flink.RestoreKind
	}{
		"first deployment":                                             {flink.Situation{}, flink.StepApply, "", flink.RestoreNothing},
		"the resource was deleted":                                     {flink.Situation{Current: "old"}, flink.StepSettle, flink.ResourceGone, ""},
		"the resource is being deleted":                                {flink.Situation{Current: "old", Observation: with(func(o *flink.Observation) { o.Spec.Deleting = true })}, flink.StepSettle, flink.ResourceGone, ""},
		"somebody else's resource":                                     {flink.Situation{Observation: with(func(o *flink.Observation) { o.Spec.Release = "" })}, flink.StepSettle, flink.NotOurs, ""},
		"an upgrade":                                                   {flink.Situation{Current: "old", Observation: running}, flink.StepTakeSavepoint, "", flink.RestoreHeld},
		"an upgrade with a young savepoint":                            {flink.Situation{Current: "old", Observation: running, FreshState: true}, flink.StepStop, "", flink.RestoreHeld},
		"the same runs already":                                        {flink.Situation{Current: "old", Revision: flink.Revision{ID: "old"}, Observation: running}, flink.StepSettle, flink.AlreadyRunning, ""},
		"Flink does not answer":                                        {flink.Situation{Current: "old", Observation: with(func(o *flink.Observation) { o.Job.Reachable = false })}, flink.StepSettle, flink.JobNotRunning, ""},
		"the job restarts":                                             {flink.Situation{Current: "old", Observation: with(func(o *flink.Observation) { o.Job.State = "RESTARTING" })}, flink.StepSettle, flink.JobNotRunning, ""},
		"suspended with the recorded savepoint":                        {flink.Situation{Current: "old", Observation: suspended, Down: &flink.Snapshot{Path: stopPath}}, flink.StepApply, "", flink.RestoreSnapshot},
		"suspended with an unknown savepoint":                          {flink.Situation{Current: "old", Observation: suspended, Down: &flink.Snapshot{Path: "s3://x/y"}}, flink.StepSettle, flink.JobNotRunning, ""},
		"an earlier release died after the stop":                       {flink.Situation{Current: "old", Down: &flink.Snapshot{Path: stopPath}}, flink.StepApply, "", flink.RestoreSnapshot},
		"last-state":                                                   {flink.Situation{Current: "old", Running: noDirectory, Observation: running, Revision: asks("last-state", "")}, flink.StepApply, "", flink.RestoreLatest},
		"last-state of a failing job":                                  {flink.Situation{Current: "old", Observation: failing, Revision: asks("last-state", "")}, flink.StepApply, "", flink.RestoreLatest},
		"last-state, and no checkpoint is known":                       {flink.Situation{Current: "old", Observation: noCheckpoint, Revision: asks("last-state", "")}, flink.StepSettle, flink.JobNotRunning, ""},
		"stateless":                                                    {flink.Situation{Current: "old", Observation: failing, Revision: asks("stateless", "")}, flink.StepApply, "", flink.RestoreNothing},
		"savepoint of a failing job, fallback allowed":                 {flink.Situation{Current: "old", Observation: failing, Revision: asks("savepoint", "true")}, flink.StepApply, "", flink.RestoreLatest},
		"savepoint of a failing job, fallback off":                     {flink.Situation{Current: "old", Observation: failing, Revision: asks("savepoint", "false")}, flink.StepSettle, flink.JobNotRunning, ""},
		"suspended on purpose, and the resource is gone":               {flink.Situation{Current: "old", Suspended: &flink.Snapshot{Path: stopPath}}, flink.StepSettle, flink.JobSuspended, ""},
		"and it is to be resumed":                                      {flink.Situation{Current: "old", Suspended: &flink.Snapshot{Path: stopPath}, Change: flink.Change{Kind: flink.Resume}}, flink.StepApply, "", flink.RestoreSnapshot},
		"it says suspended and runs":                                   {flink.Situation{Current: "old", Observation: stopping}, flink.StepTakeSavepoint, "", flink.RestoreHeld},
		"it says suspended and runs, and is to be deleted":             {flink.Situation{Current: "old", Observation: stopping, Change: flink.Change{Kind: flink.Delete}}, flink.StepStop, "", flink.RestoreHeld},
		"suspended without a savepoint, after one of an older stop":    {flink.Situation{Current: "old", Observation: byRecord}, flink.StepApply, "", flink.RestoreLatest},
		"suspended without a state of a known path, to be deleted":     {flink.Situation{Current: "old", Observation: byRecord, Change: flink.Change{Kind: flink.Delete}}, flink.StepSettle, flink.JobNotRunning, ""},
		"restart of a job that has ended":                              {flink.Situation{Current: "old", Observation: ended, Change: flink.Change{Kind: flink.Restart}}, flink.StepApply, "", flink.RestoreSnapshot},
		"the same bytes, and the job has ended":                        {flink.Situation{Current: "old", Revision: flink.Revision{ID: "old"}, Observation: ended}, flink.StepSettle, flink.JobNotRunning, ""},
		"a resource of ours that names no revision":                    {flink.Situation{Observation: running}, flink.StepSettle, flink.NotOurs, ""},
		"an upgrade of what names no directory for savepoints":         {flink.Situation{Current: "old", Running: noDirectory, Observation: running}, flink.StepStop, "", flink.RestoreHeld},
		"suspended, nothing recorded":                                  {flink.Situation{Current: "old", Observation: suspended}, flink.StepSettle, flink.JobNotRunning, ""},
		"what a dead release applied never ran, and the stop is known": {undone(func(s *flink.Situation) { s.Down = &flink.Snapshot{Path: stopPath} }), flink.StepApply, "", flink.RestoreSnapshot},
		"what a dead release applied never ran, and there is a record": {undone(func(s *flink.Situation) { s.Observation.Record = flink.RecordFacts{Known: true, LatestID: 7} }), flink.StepApply, "", flink.RestoreLatest},
		"what a dead release applied never ran, stop and record known": {undone(func(s *flink.Situation) {
			s.Down, s.Observation.Record = &flink.Snapshot{Path: stopPath}, flink.RecordFacts{Known: true, LatestID: 7}
		}), flink.StepApply, "", flink.RestoreLatest},
		"and the operator has not come to it": {undone(func(s *flink.Situation) {
			s.Down, s.Observation.Record = &flink.Snapshot{Path: stopPath}, flink.RecordFacts{Known: true, LatestID: 7}
			s.Observation.Status.ObservedGeneration--
		}), flink.StepApply, "", flink.RestoreSnapshot},
		"what a dead release applied never ran, and nothing is known": {undone(func(*flink.Situation) {}), flink.StepSettle, flink.JobNotRunning, ""},
		"what a dead release applied has completed checkpoints": {undone(func(s *flink.Situation) {
			s.Down, s.Observation.Job.Checkpoints.Latest = &flink.Snapshot{Path: stopPath}, "s3://data/chk-3"
		}), flink.StepApply, "", flink.RestoreLatest},
		"what a dead release applied runs": {undone(func(s *flink.Situation) { s.Down, s.Observation.Job = &flink.Snapshot{Path: stopPath}, running.Job }), flink.StepTakeSavepoint, "", flink.RestoreHeld},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.s.Change.Kind == "" {
				c.s.Change.Kind = flink.Upgrade
			}
			if c.s.Current != "" && c.s.Running.ID == "" {
				c.s.Running = flink.Revision{ID: c.s.Current, Manifest: map[string]any{"spec": map[string]any{"flinkConfiguration": map[string]any{"state.savepoints.dir": "s3://data/sp", "high-availability.type": "kubernetes"}}}}
			}
			p := flink.DecidePlan(c.s)
			if p.First != c.first || p.Reason != c.reason || p.Restore.Kind != c.kind || p.Message == "" {
				t.Errorf("got %+v", p)
			}
			if p.Reason == "" && p.Undo == "" {
				t.Error("a plan that does something has to say how it is undone")
			}
		})
	}
}

func TestKeysOutsideTheLayoutAreToldTheLayout(t *testing.T) {
	for _, key := range []string{"x.jar", "a/x.jar", "a/b/c/x.jar", "A/b/x.jar", "a/b_c/x.jar", "a/b/x.txt", "a/b/.jar", "a//x.jar", "/b/x.jar",
		"a/" + strings.Repeat("b", 46) + "/x.jar", "../b/x.jar"} {
		if _, err := flink.ParseKey(key); flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), "<namespace>/<application>/") {
			t.Errorf("%q: %v", key, err)
		}
	}
	a, err := flink.ParseKey("team-a/fraud/fraud-2.1.jar")
	if err != nil || a.Kind != flink.Jar || a.File != "fraud-2.1.jar" || a.Key() != "team-a/fraud/fraud-2.1.jar" {
		t.Errorf("got %+v, %v", a, err)
	}
	if m, err := flink.ParseKey("team-a/fraud/application.yaml"); err != nil || m.Kind != flink.Manifest {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestARevisionIsNamedByContentAlone(t *testing.T) {
	name := func(manifest map[string]any, jar flink.PinnedJar) string {
		r, err := flink.NewRevision(manifest, jar)
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	m := map[string]any{"a": int64(1), "b": "x"}
	base := name(m, flink.PinnedJar{SHA256: "s", File: "v1.jar"})
	if name(map[string]any{"b": "x", "a": int64(1)}, flink.PinnedJar{SHA256: "s", File: "other.jar"}) != base {
		t.Error("order of fields or the file's name changed the revision")
	}
	if name(m, flink.PinnedJar{SHA256: "t"}) == base || name(map[string]any{"a": int64(2), "b": "x"}, flink.PinnedJar{SHA256: "s"}) == base {
		t.Error("other content has the same name")
	}
}
