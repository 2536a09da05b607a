package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// startPlane starts a plane in a process of its own and returns its directory.
func startPlane(t *testing.T) string {
	t.Helper()
	if _, err := jsonata.Find(); err != nil {
		t.Skip(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	child := exec.Command(self) // it ends when its input does
	child.Env = append(os.Environ(), planeDir+"="+dir)
	var log bytes.Buffer
	child.Stderr = &log
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := child.Wait(); err != nil || t.Failed() {
			t.Errorf("the plane ended: %v\n%s", err, log.String())
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the plane did not start: %q, %v", line, err)
	}
	return dir
}

// there runs a command on the plane.
func there(t *testing.T, dir string, args ...string) (int, string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{out: &out, err: &errs, env: func(string) string { return "" }, poll: 20 * time.Millisecond}
	p.open = p.openInstallation
	code := p.run(t.Context(), append(args, "--dir", dir))
	return code, out.String(), errs.String()
}

const approvalText = `---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec: {approval: {required: true, expires: 24h}}
`

// drop uploads a file as team-a/fraud's.
func drop(t *testing.T, w whereabouts.Whereabouts, name, text string) {
	t.Helper()
	key := "team-a/fraud/" + name
	_, err := w.Objects().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &w.Artifacts, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
}

// parkedRelease waits until a change waits for approval with its token.
func parkedRelease(t *testing.T, s ledger.Store, other string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		d, _, err := s.Document(ctx, fraud)
		if err != nil {
			t.Fatal(err)
		}
		if d.Parked != nil && d.Parked.Token != "" && d.Parked.ID != other {
			return d.Parked.ID
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			t.Fatal("nothing waits for approval")
		}
	}
}

// releasesOf are the releases that ended for that reason.
func releasesOf(t *testing.T, s ledger.Store, reason flink.Reason) []ledger.Record {
	t.Helper()
	all, err := newestRecords(t.Context(), s, []flink.Application{fraud}, newestLooked)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(r ledger.Record) bool { return r.Reason != reason })
}

// recorded waits for a release's record.
func recorded(t *testing.T, s ledger.Store, id string) ledger.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if r, err := s.Record(ctx, fraud, id); err == nil {
			return r
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			t.Fatalf("release %s has no record", id)
		}
	}
}

func TestChangesOnAPlaneFromTheCommandToTheRecord(t *testing.T) {
	dir := startPlane(t)
	w, err := whereabouts.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	i, err := openLocal(w)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("a change that is asked for is carried out and told", func(t *testing.T) {
		code, out, errs := there(t, dir, "restart", "team-a/fraud", "--by", "ann@laptop", "--why", "it hangs", "--request", "request-1")
		if code != exitWell || errs != "" || !strings.Contains(out, "Restart by ann@laptop: it hangs") || !strings.Contains(out, "Succeeded, Released") {
			t.Errorf("exit %d, %s%s", code, out, errs)
		}
		if again, second, _ := there(t, dir, "restart", "team-a/fraud", "--by", "bob", "--request", "request-1"); again != code || second != out {
			t.Errorf("the same request again: exit %d, %s", again, second)
		}
	})
	t.Run("a change that cannot be asked for so is told why", func(t *testing.T) {
		code, out, _ := there(t, dir, "rollback", "team-a/fraud", "--to", "the-last-one")
		if code != exitFault || !strings.Contains(out, "RequestInvalid") || !strings.Contains(out, "12 hexadecimal digits") {
			t.Errorf("exit %d, %s", code, out)
		}
	})

	drop(t, w, "application.yaml", strings.ReplaceAll(manifestText, "${DATA_BUCKET}", "demo-data")+approvalText)
	for pauses := 0; len(releasesOf(t, i.Ledger, "NoJarYet")) == 0; pauses++ { // else jar and manifest may each find the other
		if pauses > 1000 || pause(t.Context(), 20*time.Millisecond) != nil {
			t.Fatal("the manifest alone has no outcome")
		}
	}
	drop(t, w, "fraud-1.jar", "one")
	first := parkedRelease(t, i.Ledger, "")
	t.Run("an upload that needs approval waits, says so, and goes on when it is approved", func(t *testing.T) {
		if _, status, _ := there(t, dir, "status", "team-a/fraud"); !strings.Contains(status, "sluice approve "+first) || !strings.Contains(status, "stopped with a savepoint") {
			t.Errorf("status says\n%s", status)
		}
		if code, _, errs := there(t, dir, "approve", first, "--by", "bob@laptop", "--why", "looked at it"); code != exitWell {
			t.Fatalf("exit %d, %s", code, errs)
		}
		r := recorded(t, i.Ledger, first)
		if r.Outcome != "Succeeded" || r.Approval == nil || !r.Approval.Approved || r.Approval.By != "bob@laptop" {
			t.Errorf("got %s %s: %s, %+v", r.Outcome, r.Reason, r.Message, r.Approval)
		}
	})
	second := ""
	t.Run("one that is denied ends at once", func(t *testing.T) {
		drop(t, w, "fraud-2.jar", "two")
		second = parkedRelease(t, i.Ledger, first)
		if code, _, errs := there(t, dir, "deny", "team-a/fraud", "--by", "bob@laptop", "--why", "not before the fair"); code != exitWell {
			t.Fatalf("exit %d, %s", code, errs)
		}
		if r := recorded(t, i.Ledger, second); r.Reason != "Denied" || !strings.Contains(r.Message, "not before the fair") {
			t.Errorf("got %s %s: %s", r.Outcome, r.Reason, r.Message)
		}
	})
	t.Run("one that is called off while it waits ends at once", func(t *testing.T) {
		drop(t, w, "fraud-3.jar", "three")
		third := parkedRelease(t, i.Ledger, second)
		if code, out, errs := there(t, dir, "cancel", third, "--why", "the wrong jar"); code != exitWell {
			t.Fatalf("exit %d, %s%s", code, out, errs)
		}
		if r := recorded(t, i.Ledger, third); r.Reason != "Cancelled" || !strings.Contains(r.Message, "the wrong jar") {
			t.Errorf("got %s %s: %s", r.Outcome, r.Reason, r.Message)
		}
	})
	t.Run("a plan is made of files that start nothing", func(t *testing.T) {
		jar := write(t, t.TempDir(), "fraud-4.jar", "four")
		code, out, errs := there(t, dir, "plan", "team-a/fraud", "--jar", jar)
		if code != exitWell || !strings.Contains(out, "would do this; nothing was changed") {
			t.Errorf("exit %d, %s%s", code, out, errs)
		}
		if _, releases, _ := there(t, dir, "releases"); strings.Contains(releases, "KeyOutsideLayout") {
			t.Errorf("the files started a release:\n%s", releases)
		}
	})
}
