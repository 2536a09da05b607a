package sim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/task"
)

// Alarm is an alarm of CloudWatch that changes its state.
type Alarm struct {
	Name  string
	State string        // that it goes to; events.AlarmRaised, or another
	Of    Whose         // how its application is told
	For   time.Duration // how long it is raised, whatever the job does; 0: for as long as the job is unwell
}

// Whose says how an alarm's application is told.
type Whose string

// How an alarm's application is told.
const (
	ByDimensions Whose = ""            // of its metric
	ByTag        Whose = "by its tag"  //
	ByName       Whose = "by its name" // and a pattern of the policy
	OfNobody     Whose = "nobody's"
	OfAnother    Whose = "another's" // an application that nobody knows
)

// ghost is the name of that one.
const ghost = "ghost"

// alarms is CloudWatch, as far as a remediation asks it.
type alarms struct {
	*world
	known map[string]*alarm
}

// alarm is what CloudWatch knows of one.
type alarm struct {
	Alarm
	at    time.Time // of the newest event
	off   bool      // it is raised no more
	since time.Time
}

func newAlarms(w *world) alarms { return alarms{w, map[string]*alarm{}} }

// Alarms implements task.Alarms.
func (a alarms) Alarms(ctx context.Context, names []string) (all []flink.AlarmFacts, err error) {
	err = a.call(ctx, "alarms.Alarms", "", func() error {
		for _, name := range names {
			if k := a.known[name]; k != nil {
				all = append(all, a.evaluate(k))
			}
		}
		return nil
	})
	return all, err
}

// Series implements task.AlarmDetails: there is no multi-series alarm here.
func (a alarms) Series(ctx context.Context, name string) (map[string]flink.AlarmFacts, error) {
	return nil, a.call(ctx, "alarms.Series", name, func() error {
		return flink.Errorf(flink.NotFound, "read the alarm", "there is no multi-series alarm %s", name)
	})
}

// Tags implements task.AlarmDetails.
func (a alarms) Tags(ctx context.Context, arn string) (tags map[string]string, err error) {
	err = a.call(ctx, "alarms.Tags", arn, func() error {
		for _, k := range a.known {
			if k.Of == ByTag && arn == alarmARN(k.Name) {
				tags = map[string]string{task.ApplicationTag: app.String()}
			}
		}
		return nil
	})
	return tags, err
}

func alarmARN(name string) string { return "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:" + name }

// evaluate looks whether what raised it is over.
func (a alarms) evaluate(k *alarm) flink.AlarmFacts {
	f := flink.AlarmFacts{Name: k.Name, State: flink.AlarmState(k.State), Since: k.since, Reason: "Threshold Crossed"}
	if off := a.quiet(k); off != k.off {
		k.off, k.since = off, a.line.now
		f.Since = k.since
	}
	if k.off {
		f.State = flink.AlarmOK
	}
	return f
}

// quiet tells whether what raised an alarm is over.
func (a alarms) quiet(k *alarm) bool {
	switch {
	case a.healed:
		return true
	case k.State != events.AlarmRaised:
		return false
	case k.For > 0:
		return !a.line.now.Before(k.at.Add(k.For))
	}
	return flink.Unwell(a.look(), flink.Revision{}, a.line.now) == ""
}

// goOff has an alarm change its state. CloudWatch tells of it.
func (w *world) goOff(u *asked) {
	a, now := u.Alarm, w.line.now
	w.alarms.known[a.Name] = &alarm{Alarm: *a, at: now, since: now}
	stat := &events.AlarmMetricStat{}
	stat.Metric.Namespace, stat.Metric.Name = "Sluice", "FailureRestarts"
	switch a.Of {
	case ByDimensions:
		stat.Metric.Dimensions = map[string]string{task.NamespaceDimension: app.Namespace, task.ApplicationDimension: app.Name}
	case OfAnother:
		stat.Metric.Dimensions = map[string]string{task.NamespaceDimension: app.Namespace, task.ApplicationDimension: ghost}
	}
	detail := events.AlarmStateChangedDetail{AlarmName: a.Name, Configuration: events.AlarmConfiguration{Metrics: []events.AlarmMetric{{ID: "m1", MetricStat: stat}}},
		State: events.AlarmState{Value: a.State, Reason: "Threshold Crossed", Timestamp: now.Format("2006-01-02T15:04:05.000-0700")}}
	u.event = eventOf(u.ID, events.AlarmSource, events.AlarmStateChangedType, now, detail, alarmARN(a.Name))
	u.release, u.ofTheDay = incidentOf(second(now), u.ID, detail), unknownOf(now, *a)
}

// unknownOf is the name of the one record a day that an alarm has whose
// application nobody knows.
func unknownOf(at time.Time, a Alarm) string {
	of := app
	if a.Of == OfAnother {
		of.Name = ghost
	}
	sum := sha256.Sum256([]byte("unknown\x00" + of.String() + "\x00" + a.Name + "\x00"))
	return at.UTC().Truncate(24*time.Hour).Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:])[:8]
}

// incidentOf is the name that the contract gives the record of an alarm's event.
func incidentOf(at time.Time, event string, d events.AlarmStateChangedDetail) string {
	sum := sha256.Sum256([]byte("alarm\x00" + event + "\x00" + d.AlarmName + "\x00" + d.State.Timestamp))
	return at.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:])[:8]
}
