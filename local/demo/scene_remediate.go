package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// Remediate is the scene of a job that an alarm repairs.
const Remediate = "remediate"

// hurried makes the sample reach the number that its fifth version fails at
// within a minute or two, and gives it a policy for alarms.
var hurried = []string{
	`--rate, "50"`, `--rate, "1000"`,
	"  bakeTime: 15s\n", "  bakeTime: 15s\n  remediation: {steps: [Restart, Rollback, Escalate], cooldown: 5m, rollbackWindow: 2h}\n",
}

const (
	failsWithin   = 6 * time.Minute  // from the release of the fifth version to its first failure: 100,000 numbers at 1,000 a second, and slow machines
	alarmedWithin = 8 * time.Minute  // from the first failure to an incident: the alarm wants two bad minutes of three
	endedWithin   = 20 * time.Minute // from the incident to its end: a restart, a rollback, and quiet minutes
)

// remediate tells how an alarm repairs a job. Nobody touches it after the second upload.
func (s *stage) remediate(ctx context.Context) error {
	if err := s.uploadHurried(ctx); err != nil {
		return err
	}
	var released []ledger.Record
	for i, a := range []act{
		{story: "The first version. It starts empty and counts 1,000 numbers a second.", file: "counter-v1.jar", upload: "counter-v1.jar"},
		{story: "A version that is well and stays well for a while, so its release succeeds: at the number 100,000 it fails, and again after every restart.", file: "counter-v5-poisoned.jar", upload: "counter-v5.jar"},
	} {
		s.say("%d. %s", i+1, a.story)
		r, err := s.dropped(ctx, a)
		if err != nil {
			return err
		}
		released = append(released, r)
	}
	s.say("3. Nobody does anything from here on.")
	id, err := s.awaitIncident(ctx)
	if err != nil {
		return err
	}
	record, err := s.followIncident(ctx, id)
	if err != nil {
		return err
	}
	s.say("What the record says\n")
	s.line("%s", indent(incidentText(record), "  "))
	faults := checkIncident(record)
	after, err := s.look(ctx)
	if err != nil {
		return err
	}
	if after.document.Current != released[0].Revision {
		faults = append(faults, fmt.Sprintf("revision %s runs, and %s has to, which is v1", after.document.Current, released[0].Revision))
	}
	whole, err := s.proveRepair(ctx)
	if err != nil {
		return err
	}
	for _, f := range faults {
		s.line("  NOT AS IT HAS TO BE: %s", f)
	}
	if len(faults) > 0 || !whole {
		return errNotSeen
	}
	s.say("Everything was seen that has to be.")
	return nil
}

func (s *stage) uploadHurried(ctx context.Context) error {
	s.say("0. The manifest, in a hurry: 1,000 numbers a second, and a policy that says what an alarm may do.")
	body, err := read(s.manifest, 0)
	if err != nil {
		return err
	}
	changed, err := edited(string(body), hurried...)
	if err != nil {
		return err
	}
	return s.writeManifest(ctx, counter, changed)
}

// dropped uploads a jar and returns the record of its release, which has to succeed.
func (s *stage) dropped(ctx context.Context, a act) (ledger.Record, error) {
	u, err := s.upload(ctx, filepath.Join(s.jobs, a.file), 0, a.upload)
	if err != nil {
		return ledger.Record{}, err
	}
	r, err := s.follow(ctx, u)
	if err != nil {
		return r, err
	}
	s.line("  %s, %s: %s", r.Outcome, r.Reason, indentRest(r.Message, "  "))
	if r.Outcome != flink.Succeeded {
		return r, fmt.Errorf("the release of %s ended %s, %s and has to succeed", a.upload, r.Outcome, r.Reason)
	}
	return r, nil
}

// awaitIncident tells of the job's first failure, and waits until an alarm has opened an incident.
func (s *stage) awaitIncident(ctx context.Context) (string, error) {
	began := time.Now()
	failing := ""
	if err := s.until(ctx, failsWithin, "the job did not fail", func() (bool, error) {
		o, err := s.target.Observe(ctx, counter)
		if err != nil {
			return false, nil //nolint:nilerr // a look that failed: there is another
		}
		for _, f := range o.Job.Failures {
			failing = f.Message
		}
		return failing != "", nil
	}); err != nil {
		return "", err
	}
	s.line("  %6.1f s  the job fails: %s", time.Since(began).Seconds(), failing)
	id := ""
	err := s.until(ctx, alarmedWithin, "no alarm opened an incident", func() (bool, error) {
		d, _, err := s.ledger.Document(ctx, counter)
		if err != nil || d.Incident == nil {
			return false, err
		}
		id = d.Incident.ID
		s.line("  %6.1f s  the alarm %s went off: %s", time.Since(began).Seconds(), d.Incident.Alarms[0].Alarm, indentRest(d.Incident.Alarms[0].Reason, "            "))
		return true, nil
	})
	return id, err
}

// followIncident tells of every step as it is taken and as it ends.
func (s *stage) followIncident(ctx context.Context, id string) (ledger.IncidentRecord, error) {
	began, said := time.Now(), map[string]bool{}
	say := func(text string) {
		if !said[text] {
			said[text] = true
			s.line("  %6.1f s  %s", time.Since(began).Seconds(), indentRest(text, "            "))
		}
	}
	var record ledger.IncidentRecord
	err := s.until(ctx, endedWithin, "the incident did not end", func() (bool, error) {
		d, _, err := s.ledger.Document(ctx, counter)
		if err != nil {
			return false, err
		}
		for _, r := range d.Repairs {
			say(fmt.Sprintf("%s, as release %s: %s", r.Step, r.Release, r.Why))
			if r.Outcome != "" {
				say(fmt.Sprintf("%s ended %s: %s", r.Step, r.Outcome, r.Message))
			}
		}
		if d.Incident != nil {
			return false, nil
		}
		record, err = s.ledger.Incident(ctx, counter, id)
		return err == nil, err
	})
	return record, err
}

// until looks again and again until it is done.
func (s *stage) until(ctx context.Context, within time.Duration, otherwise string, look func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("%s within %s", otherwise, within))
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if done, err := look(); done || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func incidentText(r ledger.IncidentRecord) string {
	var lines []string
	lines = append(lines, fmt.Sprintf("%s: %s, %s: %s", r.ID, r.Outcome, r.Check, r.Message))
	for _, m := range r.Timeline {
		lines = append(lines, fmt.Sprintf("%s  %-8s  %s", m.At.UTC().Format(time.TimeOnly), m.State, m.Note))
	}
	return strings.Join(lines, "\n")
}

// checkIncident says where the record is not as the story has to leave it.
func checkIncident(r ledger.IncidentRecord) []string {
	var faults []string
	if r.Outcome != flink.IncidentHelped {
		faults = append(faults, fmt.Sprintf("the incident ended %s and has to end %s", r.Outcome, flink.IncidentHelped))
	}
	var steps []flink.RemediationStep
	for _, s := range r.Steps {
		steps = append(steps, s.Step)
	}
	if want := []flink.RemediationStep{flink.StepRestart, flink.StepRollback}; !slices.Equal(steps, want) {
		faults = append(faults, fmt.Sprintf("the steps were %v and have to be %v", steps, want))
	}
	if n := len(r.Steps); n > 0 && (r.Steps[n-1].Outcome != flink.Succeeded || !r.Steps[n-1].Helped) {
		faults = append(faults, "the last step did not succeed, or is not said to have helped")
	}
	return faults
}

// proveRepair reads the committed output: v1, v5, and v1 again, every number once.
func (s *stage) proveRepair(ctx context.Context) (bool, error) {
	return s.committed(ctx, func(continuity.Stretch) string { return "" }, func(r continuity.Report) (faults []string) {
		var versions []string
		for _, stretch := range r.Stretches {
			versions = append(versions, stretch.Version)
		}
		if !slices.Equal(versions, []string{"v1", "v5", "v1"}) {
			faults = append(faults, fmt.Sprintf("the versions that wrote are %v, and have to be v1, v5 and v1 again", versions))
		}
		if r.Highest <= 100_000 {
			faults = append(faults, fmt.Sprintf("the output ends at %d, before the number that the job failed at", r.Highest))
		}
		return faults
	})
}
