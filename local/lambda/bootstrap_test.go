package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/local/lambda"
)

// bootstraps is a folder that holds echo/bootstrap.
var bootstraps string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bootstraps-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "echo", "bootstrap"), "./testdata/echo").CombinedOutput()
		if err != nil {
			panic(string(out))
		}
		bootstraps = dir
		return m.Run()
	}())
}

// echo runs the bootstrap testdata/echo with a timeout and an environment.
func echo(t *testing.T, timeout time.Duration, env map[string]string, code string) (*lambda.Service, *bytes.Buffer) {
	t.Helper()
	printed := &bytes.Buffer{}
	f := lambda.Function{ARN: arn, Name: "demo", Code: code, Timeout: timeout, Environment: env}
	s := lambda.New([]lambda.Function{f}, lambda.NewBootstraps(bootstraps, printed), t.Logf)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, printed
}

// said is what the bootstrap answers.
type said struct {
	Process                  int
	Greeting, Home, Function string
	Left                     bool
}

func ask(t *testing.T, s *lambda.Service, do string) (said, *lambda.Failure) {
	t.Helper()
	payload, err := s.Invoke(context.Background(), "demo", []byte(`"`+do+`"`))
	var failure *lambda.Failure
	if err != nil && !errors.As(err, &failure) {
		t.Fatal(err)
	}
	var answer said
	if failure == nil {
		if err := json.Unmarshal(payload, &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer, failure
}

func TestABootstrapSeesItsOwnEnvironmentAndIsKept(t *testing.T) {
	s, _ := echo(t, time.Minute, map[string]string{"GREETING": "hello"}, "echo")
	first, _ := ask(t, s, "")
	if first.Greeting != "hello" || first.Home != "" || first.Function != arn || !first.Left {
		t.Errorf("got %+v", first)
	}
	if second, _ := ask(t, s, ""); second.Process != first.Process {
		t.Errorf("a second process was started")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(first.Process, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process is left: %v", err)
	}
}

func TestABootstrapFailsAsOnAWSAndIsReplacedWhereItHasEnded(t *testing.T) {
	s, _ := echo(t, time.Minute, nil, "echo")
	first, _ := ask(t, s, "")
	cases := []struct {
		do, name, says string
		same           bool // the process goes on
	}{
		{"fail", "Sluice.LeaseLost", "gone", true},
		{"panic", "string", "no way out", false},
		{"exit", "Runtime.ExitError", "exit status 7", false},
	}
	for _, c := range cases {
		_, failure := ask(t, s, c.do)
		if failure == nil || failure.Type != c.name || !strings.Contains(failure.Message, c.says) || !json.Valid(failure.Payload) {
			t.Errorf("%s: got %+v", c.do, failure)
		}
		next, failure := ask(t, s, "")
		if failure != nil || (next.Process == first.Process) != c.same {
			t.Errorf("after %s: process %d, before %d, %v", c.do, next.Process, first.Process, failure)
		}
		first = next
	}
}

func TestABootstrapThatHangsIsKilledAtItsTimeout(t *testing.T) {
	s, _ := echo(t, time.Second, nil, "echo")
	_, failure := ask(t, s, "hang")
	if failure == nil || failure.Type != "Sandbox.Timedout" {
		t.Fatalf("got %+v", failure)
	}
	if _, failure := ask(t, s, ""); failure != nil {
		t.Errorf("the next invocation: %v", failure)
	}
}

func TestABootstrapThatDoesNotStartSaysHowItEnded(t *testing.T) {
	s, printed := echo(t, time.Minute, map[string]string{"BROKEN": "yes"}, "echo")
	_, failure := ask(t, s, "")
	if failure == nil || failure.Type != lambda.ExitError || !strings.Contains(failure.Message, "exit status 3") {
		t.Errorf("got %+v", failure)
	}
	if !strings.Contains(printed.String(), "cannot start") {
		t.Errorf("what it printed is lost: %q", printed)
	}
}

func TestABootstrapThatIsNotThereIsNamed(t *testing.T) {
	s, _ := echo(t, time.Minute, nil, "missing")
	_, failure := ask(t, s, "")
	if failure == nil || !strings.Contains(failure.Message, filepath.Join("missing", "bootstrap")) {
		t.Errorf("got %+v", failure)
	}
}

func TestInvocationsAtTheSameTimeHaveProcessesOfTheirOwn(t *testing.T) {
	s, _ := echo(t, 2*time.Second, nil, "echo")
	hung := make(chan struct{})
	go func() {
		defer close(hung)
		_, _ = s.Invoke(context.Background(), "demo", []byte(`"hang"`))
	}()
	if _, failure := ask(t, s, ""); failure != nil {
		t.Errorf("got %+v", failure)
	}
	<-hung
}
