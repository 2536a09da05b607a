package local_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestAClosedPlaneLeavesNoGoroutine(t *testing.T) {
	for range 2 {
		t.Run("plane", func(t *testing.T) {
			a := &admitted{}
			p, ended := start(t, t.TempDir(), template, a.build)
			drop(t, p, "team/app/app-1.0.jar")
			<-ended
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for left := leftOver(); len(left) > 0; left = leftOver() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
		}
	}
}

// stacks returns every goroutine's stack, without the number and state of the goroutine.
func stacks() []string {
	buffer := make([]byte, 4<<20)
	var all []string
	for text := range strings.SplitSeq(string(buffer[:runtime.Stack(buffer, true)]), "\n\n") {
		_, stack, _ := strings.Cut(text, "\n")
		all = append(all, stack)
	}
	return all
}

// leftOver are the goroutines that the tests do not run themselves. Two of the
// HTTP library's do not count: its clock runs once per process for ever, and the
// cleaner of a server's idle workers notices within ten seconds that it is over.
func leftOver() []string {
	var left []string
	for _, stack := range stacks() {
		if !strings.Contains(stack, "testing.") && !strings.Contains(stack, "fasthttp.updateServerDate") && !strings.Contains(stack, "fasthttp.(*workerPool).Start") {
			left = append(left, stack)
		}
	}
	return left
}
