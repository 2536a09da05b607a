package manifest

import (
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// policyField is one field of a ReleasePolicy. One of fields, duration, count,
// choice and text says its type; later marks fields of coming versions.
type policyField struct {
	name     string
	about    string // description in the JSON schema
	later    bool
	fields   []policyField
	duration *durationField
	count    func(*flink.Policy) *int64 // a whole number of at least 0
	choice   *choiceField
	text     *textField
}

type durationField struct {
	min, max time.Duration
	into     func(*flink.Policy) *time.Duration
}

type choiceField struct {
	values []string
	set    func(*flink.Policy, string)
}

type textField struct {
	pattern string // regular expression, Go's and JSON schema's
	want    string // what the pattern means
	set     func(*flink.Policy, string)
}

// maxWait bounds each of a policy's two waits: a release and its rollback may
// each take both, and all of it has to end within the timeout of the release
// state machine (24 hours; a test holds it so).
const maxWait = 5 * time.Hour

// policyFields is the spec of a ReleasePolicy. The JSON schema is made from it
// and a test holds it against flink.Policy.
var policyFields = []policyField{
	{name: "artifact", about: "The only jar that may be released with this manifest.", fields: []policyField{
		{name: "key", about: "File name of the jar beside application.yaml.", text: &textField{
			pattern: `^[^/]+\.jar$`, want: "the name of a jar beside application.yaml, as in fraud-2.1.jar",
			set: func(p *flink.Policy, s string) { pin(p).Key = s }}},
		{name: "sha256", about: "SHA-256 of the jar, in lower-case hex.", text: &textField{
			pattern: `^[0-9a-f]{64}$`, want: "64 lower-case hex digits, as sha256sum prints them",
			set: func(p *flink.Policy, s string) { pin(p).SHA256 = s }}},
	}},
	{name: "progressDeadline", about: "How long a release may take from the new version's start to the first moment all checks hold.",
		duration: &durationField{min: time.Second, max: maxWait, into: func(p *flink.Policy) *time.Duration { return &p.ProgressDeadline }}},
	{name: "bakeTime", about: "How long all checks have to hold before the release has succeeded.",
		duration: &durationField{max: maxWait, into: func(p *flink.Policy) *time.Duration { return &p.BakeTime }}},
	{name: "analysis", about: "What healthy means.", fields: []policyField{
		{name: "minCompletedCheckpoints", about: "Checkpoints the new version has to complete.",
			count: func(p *flink.Policy) *int64 { return &p.Analysis.MinCompletedCheckpoints }},
		{name: "maxFailureRestarts", about: "Restarts of the job that are still healthy. Restarts for node loss or rescaling do not count.",
			count: func(p *flink.Policy) *int64 { return &p.Analysis.MaxFailureRestarts }},
		{name: "lagRecovery", later: true},
		{name: "cloudWatchAlarms", later: true},
		{name: "prometheus", later: true},
	}},
	{name: "rollback", about: "What happens to a version that is not healthy.", fields: []policyField{
		{name: "mode", about: "Automatic rolls back; Manual leaves the failed version and calls somebody.", choice: &choiceField{
			values: []string{string(flink.Automatic), string(flink.Manual)},
			set:    func(p *flink.Policy, s string) { p.Rollback.Mode = flink.RollbackMode(s) }}},
		{name: "restoreFrom", about: "Which state a rollback restores.", choice: &choiceField{
			values: []string{string(flink.Auto), string(flink.PreUpgrade), string(flink.Latest)},
			set:    func(p *flink.Policy, s string) { p.Rollback.RestoreFrom = flink.RestoreFrom(s) }}},
		{name: "replay", later: true},
	}},
	{name: "strategy", later: true},
	{name: "approval", later: true},
	{name: "syncWindows", later: true},
	{name: "snapshots", later: true},
	{name: "remediation", later: true},
}

// pin is the policy's artifact pin, made when it is not there.
func pin(p *flink.Policy) *flink.ArtifactPin {
	if p.Artifact == nil {
		p.Artifact = &flink.ArtifactPin{}
	}
	return p.Artifact
}
