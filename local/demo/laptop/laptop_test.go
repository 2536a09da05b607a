package laptop

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/template"
)

func TestTheDoorLetsInWhoKnowsTheKeyAndNobodyElse(t *testing.T) {
	var got []events.Event
	d, err := openDoor("secret", func(bus string, e events.Event) error {
		if bus != "default" {
			t.Errorf("the event came on bus %q", bus)
		}
		if e.Source == "aws.refused" {
			return errors.New("not this one")
		}
		got = append(got, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	e := events.Event{Source: "aws.s3", DetailType: "Object Created", Detail: []byte(`{}`)}
	if err := (whereabouts.Whereabouts{Door: d.URL(), SecretKey: "secret"}).Send(t.Context(), e); err != nil {
		t.Error(err)
	}
	if err := (whereabouts.Whereabouts{Door: d.URL(), SecretKey: "guess"}).Send(t.Context(), e); err == nil || !strings.Contains(err.Error(), "secret key") {
		t.Errorf("with another key: %v", err)
	}
	e.Source = "aws.refused"
	if err := (whereabouts.Whereabouts{Door: d.URL(), SecretKey: "secret"}).Send(t.Context(), e); err == nil || !strings.Contains(err.Error(), "not this one") {
		t.Errorf("what the bus refuses: %v", err)
	}
	if len(got) != 1 || got[0].Source != "aws.s3" {
		t.Errorf("the bus got %+v", got)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL(), bytes.NewReader([]byte("no event")))
	r.Header.Set("Authorization", "Bearer secret")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("what is no event is answered by %s", answer.Status)
	}
}

func TestADirectoryServesOneProcessAndIsLeftAloneByTheOther(t *testing.T) {
	dir := t.TempDir()
	first := &Laptop{dir: dir}
	if err := first.prepareDir(Options{}); err != nil {
		t.Fatal(err)
	}
	if err := whereabouts.Write(dir, whereabouts.Whereabouts{Process: 1}); err != nil {
		t.Fatal(err)
	}
	second := &Laptop{dir: dir}
	if err := second.prepareDir(Options{Fresh: true}); err == nil || !strings.Contains(err.Error(), "another sluice runs in "+dir) {
		t.Errorf("got %v", err)
	}
	if err := second.Close(false); err != nil {
		t.Error(err)
	}
	if _, err := whereabouts.Read(dir); err != nil {
		t.Errorf("the second took away what the first had written: %v", err)
	}
	if err := first.Close(false); err != nil {
		t.Error(err)
	}
}

func TestFreshRemovesWhatAnEarlierPlaneLeftAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{planeDir, kubeDir, "mine"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "x"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	l := &Laptop{dir: dir}
	if err := l.prepareDir(Options{Fresh: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(true) })
	for name, want := range map[string]bool{planeDir: false, kubeDir: false, "mine": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v", name, err == nil)
		}
	}
}

func TestTheTemplateTakesOurParameters(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", templateFile))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	stack, err := parsed.Resolve(template.Place{Account: "000000000000", Region: "us-east-1", Partition: "aws", Stack: "Sluice"}, parameters())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ArtifactsBucketName", "LedgerBucketName", "EventBusName", "ReleaseMachineArn"} {
		if stack.Outputs[name] == "" {
			t.Errorf("the output %s, which describe uses, is not there", name)
		}
	}
}
