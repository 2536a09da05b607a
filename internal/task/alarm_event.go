package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// AlarmDetails is what CloudWatch tells of alarms beside their states. Errors are *flink.Error.
type AlarmDetails interface {
	// Series reads the series of a multi-series alarm that are raised now, by their
	// ids; NotFound when there is no such alarm.
	Series(ctx context.Context, alarm string) (map[string]flink.AlarmFacts, error)
	// Tags reads an alarm's tags by its ARN.
	Tags(ctx context.Context, arn string) (map[string]string, error)
}

// ApplicationTag is the tag that names an alarm's application, as namespace/name.
const ApplicationTag = "sluice:application"

// Dimensions that name an application.
const (
	NamespaceDimension   = "Namespace"
	ApplicationDimension = "Application"
	ClusterDimension     = "ClusterName" // as CloudWatch Container Insights has it; may be missing
)

// alarmEvent is an alarm's event that was read.
type alarmEvent struct {
	events.AlarmStateChangedDetail
	arn  string
	at   time.Time
	id   string // of its record, and of the incident that it may open
	kept events.Event
}

// readAlarm reads an event; nil when it is not an alarm's.
func readAlarm(raw []byte) (*alarmEvent, error) {
	e, err := events.Parse(raw)
	if err != nil {
		return nil, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	d, known, err := events.AlarmStateChanged(e)
	if err != nil {
		return nil, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	if !known {
		return nil, nil
	}
	a := &alarmEvent{AlarmStateChangedDetail: d, at: d.At(e), kept: e}
	if len(e.Resources) > 0 {
		a.arn = e.Resources[0]
	}
	sum := sha256.Sum256([]byte("alarm\x00" + e.ID + "\x00" + d.AlarmName + "\x00" + d.State.Timestamp))
	a.id = e.Time.UTC().Format(releaseTime) + "-" + hex.EncodeToString(sum[:])[:8]
	return a, nil
}

// raised is the alarm as the ledger keeps it.
func (a *alarmEvent) raised() ledger.Raised {
	r := ledger.Raised{Alarm: line(a.AlarmName), At: a.at, Reason: line(a.State.Reason)}
	if a.Contributor != nil {
		r.Series = line(a.Contributor.ID)
	}
	return r
}

// objection is why nothing is done about the event, whoever's it is; nil when something may be.
func (a *alarmEvent) objection() *flink.Objection {
	switch {
	case a.State.Value != events.AlarmRaised:
		return &flink.Objection{Check: flink.CheckAlarmRaised, Message: "the alarm went to " + line(a.State.Value) + ": only one that goes to ALARM is dealt with, and an incident that is open looks by itself"}
	case a.Mute != nil:
		return &flink.Objection{Check: flink.CheckNotSilenced, Message: "the alarm is muted by " + line(a.Mute.By)}
	case a.State.SuppressedBy != "":
		return &flink.Objection{Check: flink.CheckNotSilenced, Message: "the alarm's actions are suppressed (" + line(a.State.SuppressedBy) + ")"}
	case a.OfManySeries():
		return &flink.Objection{Check: flink.CheckApplication, Message: "the alarm is of many series: the events of each tell whose it is"}
	}
	return nil
}

// elsewhere says that an alarm is another installation's of this account: on a
// metric that another one sends, or of another cluster. It hears of the alarm, too,
// and records it. The namespace of an installation's metrics ends with its name.
func (a *alarmEvent) elsewhere(c Config) string {
	root, _, own := strings.Cut(c.Metrics, "/")
	for _, s := range a.Subjects() {
		if own && s.Namespace != c.Metrics && strings.HasPrefix(s.Namespace, root+"/") {
			return "the alarm is on a metric of another installation: " + line(s.Namespace)
		}
	}
	if cluster := a.Dimensions()[ClusterDimension]; c.Cluster != "" && cluster != "" && cluster != c.Cluster {
		return "the alarm is of another cluster: " + line(cluster)
	}
	return ""
}

// ownWork names the metric that an alarm is on if it tells of what Sluice could
// not do: no change of a job mends that, and to go back from a good version least.
func (a *alarmEvent) ownWork(c Config) string {
	for _, s := range a.Subjects() {
		if m := flink.Metric(s.Metric); s.Namespace == c.Metrics && (m == flink.MetricSnapshotAge || m == flink.MetricUnobservable) {
			return s.Metric
		}
	}
	return ""
}

// nameOf is the application that dimensions or a tag name; false when they name none.
func nameOf(dimensions, tags map[string]string) (flink.Application, string, bool) {
	app := flink.Application{Namespace: dimensions[NamespaceDimension], Name: dimensions[ApplicationDimension]}
	if app.Validate() == nil {
		return app, "its dimensions", true
	}
	if namespace, name, ok := strings.Cut(tags[ApplicationTag], "/"); ok {
		app = flink.Application{Namespace: namespace, Name: name}
		if app.Validate() == nil {
			return app, "its tag " + ApplicationTag, true
		}
	}
	return flink.Application{}, "", false
}

// owner finds the application of an alarm: by its dimensions, by its tags, by the
// alarms that triggered a composite one, by the names that policies give. An
// objection says that it is nobody's, or several's.
func (t Tasks) owner(ctx context.Context, a *alarmEvent) (app flink.Application, by string, no *flink.Objection, err error) {
	if app, by, ok := nameOf(a.Dimensions(), a.Tags); ok {
		return app, by, nil, nil
	}
	if t.AlarmDetails != nil && a.arn != "" && a.Tags == nil {
		tags, err := t.AlarmDetails.Tags(ctx, a.arn)
		if err = unless(flink.NotFound, err); err != nil {
			return app, "", nil, err
		}
		if app, by, ok := nameOf(nil, tags); ok {
			return app, by, nil, nil
		}
	}
	policies, err := t.answerers(ctx)
	if err != nil {
		return app, "", nil, err
	}
	for _, name := range append([]string{a.AlarmName}, a.Triggers()...) {
		switch found := policies.of(name); len(found) {
		case 0:
		case 1:
			return found[0], "a pattern of its policy, by the name " + name, nil, nil
		default:
			return app, "", &flink.Objection{Check: flink.CheckApplication, Message: "patterns of the policies of " + list(found) + " are all of the alarm " + line(name) + ": give it the tag " + ApplicationTag}, nil
		}
	}
	return app, "", &flink.Objection{Check: flink.CheckApplication, Message: "the alarm is no application's: neither dimensions (" + NamespaceDimension + ", " + ApplicationDimension + ") nor the tag " + ApplicationTag + " nor a policy's remediation.alarms name one"}, nil
}

func list(apps []flink.Application) string {
	const most = 5
	var names []string
	for _, a := range apps[:min(len(apps), most)] {
		names = append(names, a.String())
	}
	if len(apps) > most {
		names = append(names, "others")
	}
	return strings.Join(names, ", ")
}
