package secret_test

import (
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/test/stage"
)

// The secrets, each of its own place. None is a word that stands anywhere else.
const (
	inConfiguration = "cfg9-Kq3vXz71"
	inURL           = "url9-Bw8sLm42"
	inArgument      = "arg9-Tn5dRf63"
	inFlag          = "flg9-Hc2yPj84"
	inVariable      = "env9-Zx6gVb15"
	inTaskManager   = "tmg9-Ms4kWe26"
	asAccessKey     = "AKIAQ9PLANTED0KEY123"
	inPlaceholder   = "plc9-Yu7hNa37"
	inJar           = "jar9-Fo1iCt48"
	inEvent         = "evt9-Dg3jSk59"
	inReason        = "rsn9-Lp5lXm60"
	inException     = "exc9-Rv7mBn71"
	inOperator      = "opr9-Wq9nGo82"
	inPod           = "pod9-Jk2pHp93"
	inSavepoint     = "svp9-Ei4qKr04"
	inToken         = "tok9-Ut6rMs15"
	inSignature     = "sig9-Ob8sPt26"
	inEnvironment   = "awssecret9-Az1tQu37"
	inSession       = "awssession9-Sx3uRv48"
)

var planted = []string{inConfiguration, inURL, inArgument, inFlag, inVariable, inTaskManager, asAccessKey, inPlaceholder, inJar, inEvent,
	inReason, inException, inOperator, inPod, inSavepoint, inToken, inSignature, inEnvironment, inSession}

// manifest has a secret wherever teams put one, against all advice.
var manifest = strings.NewReplacer(
	"  flinkConfiguration:\n", `  podTemplate:
    spec:
      containers:
      - name: flink-main-container
        env:
        - {name: DB_PASSWORD, value: `+inVariable+`}
        - {name: LOG_LEVEL, value: info}
  flinkConfiguration:
    s3.secret-key: `+inConfiguration+`
    s3.access-key: `+asAccessKey+`
    orders.url: jdbc:postgresql://etl:`+inURL+`@db:5432/orders
    orders.api-token: ${API_TOKEN}
`,
	"taskManager: {resource: {memory: 1024m, cpu: 0.5}}", "taskManager: {resource: {memory: 1024m, cpu: 0.5}, podTemplate: {spec: {containers: [{name: x, env: [{name: API_TOKEN, value: "+inTaskManager+"}]}]}}}",
	"job: {parallelism: 1,", "job: {args: [--topic, orders, --db-password="+inArgument+", --api-secret, "+inFlag+"], parallelism: 1,",
).Replace(stage.Manifest)

var placeholders = map[string]string{"API_TOKEN": inPlaceholder, "DATA_BUCKET": "data"}

// listen gathers what is printed and logged while the test runs.
func listen(t *testing.T) (heard func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	out, errs, writer := os.Stdout, os.Stderr, log.Writer()
	os.Stdout, os.Stderr = f, f
	log.SetOutput(f)
	t.Cleanup(func() {
		os.Stdout, os.Stderr = out, errs
		log.SetOutput(writer)
		_ = f.Close()
	})
	return func() string {
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

// nothingShows looks through everything that came out, and lies in the ledger.
func nothingShows(t *testing.T, s *stage.Stage, heard string) {
	t.Helper()
	passages := append(s.Passages(), s.Documents()...)
	passages = append(passages, stage.Passage{Where: "what was printed and logged", Text: heard})
	looked := 0
	for _, p := range passages {
		if p.Input || strings.HasPrefix(p.Where, "the object jars/") {
			continue // what was sent and uploaded, as it was
		}
		looked += len(p.Text)
		for _, secret := range planted {
			if at := strings.Index(p.Text, secret); at >= 0 {
				t.Errorf("%s shows %s:\n%.400s", p.Where, secret, p.Text[max(0, at-200):])
			}
		}
	}
	if looked < 1000 {
		t.Errorf("%d bytes were looked through, which proves nothing", looked)
	}
}

// told tells whether any record says this: a text was redacted, not left out.
func told(s *stage.Stage, words string) bool {
	for _, r := range s.Records() {
		if strings.Contains(r.Message, words) {
			return true
		}
		for _, m := range r.Timeline {
			if strings.Contains(m.Note, words) {
				return true
			}
		}
	}
	return false
}

// messages are what the records say, for a test that fails.
func messages(s *stage.Stage) string {
	var all []string
	for _, r := range s.Records() {
		all = append(all, string(r.Outcome)+" "+string(r.Reason)+": "+r.Message)
	}
	return strings.Join(all, "\n")
}
