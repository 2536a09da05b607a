package secret_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/stage"
)

// open is a stage on which a first version of the manifest with all its secrets runs.
func open(t *testing.T, l *leaky, o stage.Options) *stage.Stage {
	t.Helper()
	t.Setenv("AWS_SECRET_ACCESS_KEY", inEnvironment)
	t.Setenv("AWS_SESSION_TOKEN", inSession)
	o.Placeholders = placeholders
	o.Target = func(below flink.Target) flink.Target {
		l.Target = below
		return l
	}
	s := stage.New(t, o)
	s.Run(s.Upload(stage.App.ManifestKey(), []byte(manifest)))
	s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}, "X-Build-Token: "+inJar)))
	if r := s.Records(); len(r) < 1 || r[len(r)-1].Outcome != flink.Succeeded && r[0].Outcome != flink.Succeeded {
		t.Fatalf("the first version does not run: %+v", r)
	}
	return s
}

func TestNoReleaseShowsASecret(t *testing.T) {
	for name, c := range map[string]struct {
		target leaky
		second targettest.Behaviour
		says   string // what a record has to say, so that silence is no proof
	}{
		"that succeeds":                          {second: targettest.Behaviour{}, says: "v2.jar runs"},
		"that fails on restore":                  {second: targettest.Behaviour{FailOnRestore: true}, says: "jdbc:postgresql://***@db:5432/orders"},
		"whose state cannot be mapped":           {second: targettest.Behaviour{Unmappable: true}, says: "the previous one runs again"},
		"whose main throws":                      {second: targettest.Behaviour{MainThrows: true}, says: `"s3.secret-key":"***"`},
		"in a restart loop":                      {second: targettest.Behaviour{RestartLoop: true}, says: `{"s3.secret-key":"***"}`},
		"that never checkpoints":                 {second: targettest.Behaviour{NeverCheckpoints: true}, says: "checkpoints"},
		"that the API server refuses":            {target: leaky{refuseDry: true}, says: "denied the request"},
		"that it refuses when it is meant":       {target: leaky{refuse: true}, says: "denied the request"},
		"whose savepoint fails":                  {target: leaky{breakSaves: true}, says: "X-Amz-Signature=***"},
		"while Flink cannot be reached":          {target: leaky{cutOff: true}, says: "Authorization: ***"},
		"while operator and pods are in trouble": {target: leaky{trouble: true}, second: targettest.Behaviour{FailOnRestore: true}, says: "***"},
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			quiet := &leaky{}
			s := open(t, quiet, stage.Options{})
			loud := c.target
			loud.Target = quiet.Target
			*quiet = loud
			s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", c.second, "X-Build-Token: "+inJar)))
			nothingShows(t, s, heard())
			if !told(s, c.says) {
				t.Errorf("no record says %q: %s", c.says, messages(s))
			}
		})
	}
}

func TestNoFaultOfAManifestShowsASecret(t *testing.T) {
	for name, change := range map[string]struct{ from, to string }{
		"a fault beside the secrets":    {"upgradeMode: savepoint", "upgradeMode: sometimes"},
		"a secret of another type":      {"s3.secret-key: " + inConfiguration, "s3.secret-key: !!int " + inConfiguration},
		"a secret as an anchor":         {"s3.secret-key: " + inConfiguration, "s3.secret-key: *" + inConfiguration},
		"a secret in a list":            {"s3.secret-key: " + inConfiguration, "s3.secret-key: [" + inConfiguration + "]"},
		"a secret as a tag":             {"s3.secret-key: " + inConfiguration, "s3.secret-key: !" + inConfiguration + " x"},
		"a filled in value as a number": {"parallelism: 1", "parallelism: ${API_TOKEN}"},
		"an argument as a mapping":      {"--db-password=" + inArgument, "{--db-password: " + inArgument + "}"},
		"a jar behind a signed URL":     {"job: {", "job: {jarURI: \"https://b/j.jar?X-Amz-Signature=" + inSignature + "\", "},
		"credentials in an address":     {"s3://data/team-a/counter/ha", "s3a://" + asAccessKey + ":" + inURL + "@data/team-a/counter/ha"},
		"a syntax error in a secret":    {"s3.secret-key: " + inConfiguration, "s3.secret-key: \"" + inConfiguration},
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			s := open(t, &leaky{}, stage.Options{})
			faulty := strings.Replace(manifest, change.from, change.to, 1)
			if faulty == manifest {
				t.Fatalf("the manifest has no %q", change.from)
			}
			s.Run(s.Upload(stage.App.ManifestKey(), []byte(faulty)))
			nothingShows(t, s, heard())
			if !told(s, "application.yaml") {
				t.Errorf("no record tells the fault: %s", messages(s))
			}
		})
	}
}

func TestNoFileThatIsNoJarShowsASecret(t *testing.T) {
	for name, file := range map[string]string{
		"an environment file": "AWS_SECRET_ACCESS_KEY=" + inEnvironment + "\n",
		"a token":             inToken + "\n",
		"a private key":       "-----BEGIN RSA PRIVATE KEY-----\n" + inToken + "\n-----END RSA PRIVATE KEY-----\n",
		"a page":              "<html>" + inToken,
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			s := open(t, &leaky{}, stage.Options{})
			s.Run(s.Upload(stage.App.String()+"/v2.jar", []byte(file)))
			nothingShows(t, s, heard())
			if !told(s, "it is no jar") {
				t.Errorf("no record tells the fault: %s", messages(s))
			}
		})
	}
}

func TestNoEventShowsASecret(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"in a field that nobody knows": func(e map[string]any) { e["session"] = inEvent },
		"in its resources":             func(e map[string]any) { e["resources"] = []any{inEvent} },
		"in a detail nobody knows":     func(e map[string]any) { e["detail"].(map[string]any)["credentials"] = inEvent },
		"in who asked": func(e map[string]any) {
			d := e["detail"].(map[string]any)
			d["requester"], d["reason"] = asAccessKey, "PutObject?X-Amz-Signature="+inReason
		},
		"that is not read here": func(e map[string]any) { e["detail-type"], e["detail"] = "Other", map[string]any{"password": inEvent} },
		"that is of no form":    func(e map[string]any) { e["detail"] = "password=" + inEvent },
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			s := open(t, &leaky{}, stage.Options{})
			var event map[string]any
			if err := json.Unmarshal(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{})), &event); err != nil {
				t.Fatal(err)
			}
			change(event)
			body, _ := json.Marshal(event)
			s.Run(body)
			nothingShows(t, s, heard())
		})
	}
}

// Ledger, bucket and bus that quote how they were asked.
func TestNoErrorOfAWSShowsASecret(t *testing.T) {
	leak := func(code flink.Code) error { return &flink.Error{Code: code, Op: "write", Err: errors.New(signedURL)} }
	times := 0
	for name, o := range map[string]stage.Options{
		"of the bus": {Send: func(m ledger.Message) error {
			if times++; times < 3 && strings.HasPrefix(m.Name, "ended-") {
				return leak(flink.Unavailable)
			}
			return nil
		}},
		"of the ledger": {Objects: func(o ledger.Objects) ledger.Objects { return &stumbling{Objects: o, err: leak(flink.Refused)} }},
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			s := open(t, &leaky{}, o)
			s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{})))
			nothingShows(t, s, heard())
		})
	}
}

// Prometheus behind a password, which is asked in vain, and an alarm whose reason tells too much.
func TestNoSignalShowsASecret(t *testing.T) {
	const prometheus, alarms = "prometheus: [{query: up, successCondition: \"result > 0\"}]", "cloudWatchAlarms: [latency]"
	for name, c := range map[string]struct{ analysis, says string }{
		"of a query":  {prometheus, "http://***@prometheus:9090"},
		"of an alarm": {alarms, "token=***"},
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			says := &telling{}
			s := open(t, &leaky{}, stage.Options{Signals: task.Signals{Alarms: says, Queries: says}})
			says.now = s.Clock.Now
			s.Run(s.Upload(stage.App.ManifestKey(), []byte(manifest+"  analysis: {"+c.analysis+"}\n")))
			s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{})))
			nothingShows(t, s, heard())
			if !told(s, c.says) {
				t.Errorf("no record says %q: %s", c.says, messages(s))
			}
		})
	}
}

// telling has an alarm that is quiet at first and then raised.
type telling struct {
	now   func() time.Time
	asked int
}

func (a *telling) Alarms(context.Context, []string) ([]flink.AlarmFacts, error) {
	if a.asked++; a.asked < 3 {
		return []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}}, nil
	}
	return []flink.AlarmFacts{{Name: "latency", State: flink.AlarmRaised, Since: a.now(), Reason: "token=" + inToken}}, nil
}

func (*telling) Query(context.Context, string) ([]float64, error) {
	return nil, &flink.Error{Code: flink.Invalid, Op: "ask Prometheus", Err: errors.New(`Get "http://sluice:` + inToken + `@prometheus:9090/api/v1/query": Authorization: Basic ` + inToken)}
}

// stumbling fails to write a revision, once the first is there.
type stumbling struct {
	ledger.Objects
	err  error
	seen bool
}

func (s *stumbling) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	if strings.HasPrefix(key, ledger.RevisionPrefix) {
		if s.seen {
			return s.err
		}
		s.seen = true
	}
	return s.Objects.PutIf(ctx, key, body, v)
}

// What the revision holds is kept on purpose: a rollback writes it back.
func TestTheRevisionHoldsTheManifestAsItIs(t *testing.T) {
	s := open(t, &leaky{}, stage.Options{})
	keys, err := s.Objects.Keys(t.Context(), ledger.RevisionPrefix)
	if err != nil || len(keys) == 0 {
		t.Fatalf("there is no revision: %v", err)
	}
	body, _, err := s.Objects.Get(t.Context(), keys[0])
	for _, secret := range []string{inConfiguration, inVariable, inArgument, inFlag, inPlaceholder, inURL, asAccessKey} {
		if err != nil || !strings.Contains(string(body), secret) {
			t.Errorf("the revision lacks %s: %v", secret, err)
		}
	}
}
