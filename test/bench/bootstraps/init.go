package bootstraps

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/functions"
)

// kubeconfig names a cluster that is not there: a function's start asks it nothing.
const kubeconfig = `{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],
"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"token":"t"}}]}`

// environment is one in which every function starts.
func environment(dir string) ([]string, error) {
	file := filepath.Join(dir, "kubeconfig")
	env := []string{"PATH=/usr/bin:/bin", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s", "_HANDLER=bootstrap",
		functions.EnvArtifacts + "=artifacts", functions.EnvLedger + "=ledger", functions.EnvEventBus + "=bus",
		functions.EnvMachine + "=arn:aws:states:us-east-1:000000000000:stateMachine:release",
		functions.EnvEscalations + "=arn:aws:sns:us-east-1:000000000000:escalations", functions.EnvMetrics + "=Sluice/bench",
		functions.EnvOperator + "=apache", functions.EnvPlaceholders + "={}", functions.EnvKubeconfig + "=" + file}
	return env, os.WriteFile(file, []byte(kubeconfig), 0o600)
}

// startsWithin is a limit for a program that hangs, not a measure.
const startsWithin = time.Minute

// initTime starts a bootstrap and ends it when it asks for its first invocation.
func initTime(ctx context.Context, program string, env []string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	asked, once := make(chan time.Time, 1), sync.Once{}
	server := &http.Server{ReadHeaderTimeout: startsWithin, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/runtime/invocation/next") {
			http.Error(w, "only the next invocation can be asked for here", http.StatusNotFound)
			return
		}
		once.Do(func() { asked <- time.Now() })
		<-r.Context().Done()
	})}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { _ = server.Close() }()
	var printed bytes.Buffer
	c := exec.CommandContext(ctx, program)
	c.Env = append(slices.Clone(env), "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	c.Stdout, c.Stderr = &printed, &printed
	began := time.Now()
	if err := c.Start(); err != nil {
		return 0, err
	}
	var how error // it ended; known once ended is closed
	ended := make(chan struct{})
	go func() {
		how = c.Wait()
		close(ended)
	}()
	select {
	case at := <-asked:
		cancel()
		<-ended
		return at.Sub(began), nil
	case <-ended:
		return 0, fmt.Errorf("it ended before it asked for an invocation (%w)\n%s", how, printed.String())
	}
}
