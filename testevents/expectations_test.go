package testevents

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// bucket is the artifact bucket of the files, machine the release machine.
const (
	bucket  = "sluice-artifacts"
	machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-eventplane-release"
)

// expectation is what has to come of one file.
type expectation struct {
	matches  bool               // the rule that starts a release takes it
	key      string             // of an Object Created event
	version  string             // of the object; empty when the bucket is not versioned
	artifact flink.ArtifactKind // empty: the key is outside the layout
	outcome  string             // of a Sluice Release Ended event
	change   flink.ChangeKind   // of a Sluice Change Requested event
	status   string             // of a Step Functions Execution Status Change event
	died     bool               // the rule that starts the machine that recovers takes it
	alarm    alarm              // of an alarm's event
}

// alarm is what has to be read in an alarm's event.
type alarm struct {
	name, state string
	starts      bool   // the rule that starts a remediation takes it
	application string // that its dimensions or its tags name
	series      bool
	triggers    string
}

// expectations of every file. A file that neither is created nor ended is of a
// type nobody reads.
var expectations = map[string]expectation{
	"object-created.jar.json":                 {matches: true, key: "team-a/fraud/fraud-2.1.jar", version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", artifact: flink.Jar},
	"object-created.manifest.json":            {matches: true, key: "team-a/fraud/application.yaml", version: "X3nUjqTf1bqWmY6mG3Z3bM2cJ0mQyXzD", artifact: flink.Manifest},
	"object-created.multipart.json":           {matches: true, key: "team-a/fraud/fraud-2.2.jar", version: "uhggCJ2_B6gU2JaXWXebnXFDstO0ID6G", artifact: flink.Jar},
	"object-created.copied.json":              {matches: true, key: "team-a/fraud/fraud-2.0.jar", version: "L4kqtJlcpXroDTDmpUMLUo0n8vQyYk1a", artifact: flink.Jar},
	"object-created.unversioned.json":         {matches: true, key: "team-a/fraud/fraud-2.1.jar", artifact: flink.Jar},
	"object-created.special-characters.json":  {matches: true, key: "team-a/fraud/fraud 2.1+hotfix ü.jar", version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", artifact: flink.Jar},
	"object-created.outside-layout.json":      {matches: true, key: "fraud.jar", version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"},
	"object-created.other-file.json":          {key: "team-a/fraud/README.md", version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"},
	"object-created.other-bucket.json":        {key: "team-a/fraud/fraud-2.1.jar", version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", artifact: flink.Jar},
	"object-deleted.jar.json":                 {},
	"change-requested.fork.json":              {change: flink.Fork},
	"change-requested.rollback.json":          {change: flink.Rollback},
	"change-requested.scale-automatic.json":   {change: flink.Scale},
	"change-requested.delete.json":            {change: flink.Delete},
	"change-requested.cancel.json":            {change: flink.Cancel},
	"change-requested.plan-of-an-upload.json": {change: flink.Upgrade},
	"release-ended.succeeded.json":            {outcome: "Succeeded"},
	"release-ended.failed-clean.json":         {outcome: "FailedClean"},
	"release-ended.failed-dirty.json":         {outcome: "FailedDirty"},

	"execution-status-change.aborted.json":                      {status: "ABORTED", died: true},
	"execution-status-change.failed.json":                       {status: "FAILED", died: true},
	"execution-status-change.timed-out.json":                    {status: "TIMED_OUT", died: true},
	"execution-status-change.succeeded.json":                    {status: "SUCCEEDED"},
	"execution-status-change.other-machine.json":                {status: "FAILED"},
	"alarm-state-changed.metric.json":                           {alarm: alarm{name: "fraud-restarts", state: "ALARM", starts: true, application: "team-a/fraud"}},
	"alarm-state-changed.ok.json":                               {alarm: alarm{name: "fraud-restarts", state: "OK", application: "team-a/fraud"}},
	"alarm-state-changed.insufficient-data.json":                {alarm: alarm{name: "fraud-restarts", state: "INSUFFICIENT_DATA", application: "team-a/fraud"}},
	"alarm-state-changed.math.json":                             {alarm: alarm{name: "fraud-failing", state: "ALARM", starts: true, application: "team-a/fraud"}},
	"alarm-state-changed.composite.json":                        {alarm: alarm{name: "fraud-all", state: "ALARM", starts: true, triggers: "fraud-restarts"}},
	"alarm-state-changed.suppressed.json":                       {alarm: alarm{name: "fraud-all", state: "ALARM", starts: true}},
	"alarm-state-changed.muted.json":                            {alarm: alarm{name: "fraud-restarts", state: "ALARM", starts: true, application: "team-a/fraud"}},
	"alarm-state-changed.tagged.json":                           {alarm: alarm{name: "orders-lag", state: "ALARM", starts: true, application: "team-a/fraud"}},
	"alarm-state-changed.nobodys.json":                          {alarm: alarm{name: "ServerCpuTooHigh", state: "ALARM", starts: true}},
	"alarm-state-changed.many-series.json":                      {alarm: alarm{name: "sluice-eventplane-failure-restarts", state: "ALARM", starts: true}},
	"alarm-contributor-state-changed.series.json":               {alarm: alarm{name: "sluice-eventplane-failure-restarts", state: "ALARM", starts: true, application: "team-a/fraud", series: true}},
	"alarm-contributor-state-changed.another-installation.json": {alarm: alarm{name: "sluice-staging-failure-restarts", state: "ALARM", starts: true, application: "team-a/fraud", series: true}},
	"alarm-contributor-state-changed.snapshot-age.json":         {alarm: alarm{name: "sluice-eventplane-snapshot-age", state: "ALARM", starts: true, application: "team-a/fraud", series: true}},
	"alarm-contributor-state-changed.ok.json":                   {alarm: alarm{name: "sluice-eventplane-failure-restarts", state: "OK", application: "team-a/fraud", series: true}},
}

func TestEveryFileHasOneExpectationAndAName(t *testing.T) {
	files, err := fs.Glob(FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\.json$`)
	for _, file := range files {
		if _, known := expectations[file]; !known {
			t.Errorf("%s has no line in the table", file)
		}
		if !name.MatchString(file) {
			t.Errorf("%s is not named <detail-type>.<case>.json", file)
		}
	}
	if len(files) != len(expectations) {
		t.Errorf("%d files and %d expectations", len(files), len(expectations))
	}
}

func TestEveryFileIsReadAndMatchedAsExpected(t *testing.T) {
	for file, want := range expectations {
		t.Run(file, func(t *testing.T) {
			event := read(t, file)
			if got := matches(t, events.NewArtifact(bucket), event); got != want.matches {
				t.Errorf("the rule's answer is %v, want %v", got, want.matches)
			}
			if want.outcome != "" {
				checkEnded(t, event, want.outcome)
			}
			checkCreated(t, event, want)
			checkRequested(t, event, want)
			checkExecution(t, event, want)
			checkAlarm(t, event, want.alarm)
		})
	}
}

func read(t *testing.T, file string) events.Event {
	t.Helper()
	b, err := FS.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	event, err := events.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if event.Version != "0" || event.ID == "" || event.Account == "" || event.Region == "" || event.Time.IsZero() {
		t.Errorf("EventBridge would have filled in the envelope: %+v", event)
	}
	return event
}

func checkCreated(t *testing.T, event events.Event, want expectation) {
	t.Helper()
	detail, ok, err := events.ObjectCreated(event)
	if err != nil || ok != (want.key != "") {
		t.Fatalf("read as an Object Created event: %v, %v", ok, err)
	}
	if detail.Object.Key != want.key || detail.Object.VersionID != want.version {
		t.Errorf("key %q version %q, want %q %q", detail.Object.Key, detail.Object.VersionID, want.key, want.version)
	}
	if !ok {
		return
	}
	if detail.Object.Size <= 0 || detail.Object.ETag == "" || detail.Object.Sequencer == "" || detail.Reason == "" {
		t.Errorf("S3 would have filled in the object: %+v", detail)
	}
	artifact, err := flink.ParseKey(detail.Object.Key)
	if artifact.Kind != want.artifact || (err != nil) != (want.artifact == "") {
		t.Errorf("the key is of an artifact of kind %q (%v), want %q", artifact.Kind, err, want.artifact)
	}
}

func checkEnded(t *testing.T, event events.Event, outcome string) {
	t.Helper()
	var detail events.ReleaseEndedDetail
	if err := json.Unmarshal(event.Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if event.DetailType != events.ReleaseEndedType || detail.Outcome != outcome {
		t.Errorf("%s with outcome %q, want %q", event.DetailType, detail.Outcome, outcome)
	}
	if detail.Namespace == "" || detail.Application == "" || detail.Release == "" || detail.Reason == "" || detail.Message == "" || detail.Record == "" {
		t.Errorf("a field is empty: %+v", detail)
	}
	for _, o := range []string{"Succeeded", "FailedClean", "FailedDirty"} {
		if got := matches(t, events.ReleaseEnded(o), event); got != (o == outcome) {
			t.Errorf("the subscriber of %s gets it: %v", o, got)
		}
	}
}

func checkRequested(t *testing.T, event events.Event, want expectation) {
	t.Helper()
	if got := matches(t, events.ChangesRequested(), event); got != (want.change != "") {
		t.Errorf("the rule for changes answers %v", got)
	}
	detail, ok, err := events.ChangeRequested(event)
	if err != nil || ok != (want.change != "") {
		t.Fatalf("read as a request: %v, %v", ok, err)
	}
	if detail.Change != string(want.change) || ok && (detail.Request == "" || detail.Namespace == "" || detail.Application == "" || detail.By == "") {
		t.Errorf("got %+v", detail)
	}
	if prefix := detail.Prefix; prefix != "" && prefix != events.PlanFiles(detail.Namespace, detail.Application, detail.Request) {
		t.Errorf("the files lie below %s", prefix)
	}
}

func checkExecution(t *testing.T, event events.Event, want expectation) {
	t.Helper()
	if got := matches(t, events.ExecutionsDied(machine), event); got != want.died {
		t.Errorf("the rule for executions that died answers %v", got)
	}
	detail, ok, err := events.ExecutionChanged(event)
	if err != nil || ok != (want.status != "") {
		t.Fatalf("read as a change of an execution's status: %v, %v", ok, err)
	}
	if detail.Status != want.status {
		t.Errorf("got %+v", detail)
	}
	if !ok {
		return
	}
	if detail.StartDate == 0 || detail.StopDate == nil || detail.Name == "" {
		t.Errorf("Step Functions would have filled in the execution: %+v", detail)
	}
	if _, err := events.Parse([]byte(detail.Input)); err != nil {
		t.Errorf("its input, which was an event: %v", err)
	}
}

func checkAlarm(t *testing.T, event events.Event, want alarm) {
	t.Helper()
	if got := matches(t, events.AlarmsRaised(), event); got != want.starts {
		t.Errorf("the rule for alarms answers %v", got)
	}
	d, ok, err := events.AlarmStateChanged(event)
	if err != nil || ok != (want.name != "") {
		t.Fatalf("read as an alarm's event: %v, %v", ok, err)
	}
	if !ok {
		return
	}
	application := d.Tags["sluice:application"]
	if dimensions := d.Dimensions(); dimensions["Application"] != "" {
		application = dimensions["Namespace"] + "/" + dimensions["Application"]
	}
	got := alarm{name: d.AlarmName, state: d.State.Value, starts: want.starts, application: application, series: d.Contributor != nil, triggers: strings.Join(d.Triggers(), " ")}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if at := d.At(event); d.State.Timestamp == "" || at.Equal(event.Time) || event.Time.Sub(at).Abs() > 5*time.Second {
		t.Errorf("the state began at %s, and the event is of %s", at, event.Time)
	}
	if d.Contributor == nil && d.PreviousState == nil || len(event.Resources) != 1 || !strings.HasSuffix(event.Resources[0], ":alarm:"+d.AlarmName) {
		t.Errorf("CloudWatch would have filled it in: %+v", event)
	}
}
