//go:build agree

package agree

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// Settings in the environment: the Makefile documents them.
const (
	envScenes = "SCENES"       // names, with commas; rotating: a handful of today's
	envAtOnce = "AT_ONCE"      // how many scenarios run at the same time
	envWithin = "WITHIN"       // a duration after which no scenario is begun any more; those left are named
	envUpdate = "AGREE_UPDATE" // 1: write what is seen into the files
)

func TestRealPartsShowWhatTheScenariosSay(t *testing.T) {
	chosen, began := chosen(t), time.Now()
	within := time.Hour
	if d, err := time.ParseDuration(os.Getenv(envWithin)); err == nil {
		within = d
	}
	places := 3
	if n, err := strconv.Atoi(os.Getenv(envAtOnce)); err == nil {
		places = n
	}
	var teams []string
	for n := range places {
		teams = append(teams, fmt.Sprintf("agree-%d", n+1))
	}
	l, err := laptop.Start(t.Context(), laptop.Options{Dir: t.TempDir(), Fresh: true, Teams: teams, Out: os.Stdout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		keepLogs(t, l)
		if err := l.Close(false); err != nil {
			t.Error(err)
		}
	})
	queue := make(chan Scenario, len(chosen))
	for _, s := range chosen {
		queue <- s
	}
	close(queue)
	for _, team := range teams {
		t.Run(team, func(t *testing.T) {
			t.Parallel()
			for s := range queue {
				t.Run(s.Name, func(t *testing.T) {
					if time.Since(began) > within {
						t.Skipf("not run: %s were over, see %s", within, envWithin)
					}
					runReal(t, l, s, flink.Application{Namespace: team, Name: s.Name})
				})
			}
		})
	}
}

func runReal(t *testing.T, l *laptop.Laptop, s Scenario, app flink.Application) {
	p, err := newReal(l, app)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	trace, err := Run(t.Context(), p, s)
	t.Logf("%s took %s", s.Name, time.Since(began).Round(time.Second))
	if err != nil {
		t.Errorf("%v\n%s", err, trace)
	}
	if err := p.clear(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("clear %s away: %v", app, err)
	}
	if diff := cmp.Diff(strings.Split(s.Trace, "\n"), strings.Split(trace, "\n")); diff != "" {
		if os.Getenv(envUpdate) == "1" && !t.Failed() {
			if err := s.Write(trace); err != nil {
				t.Error(err)
			}
			t.Logf("written anew:\n%s", trace)
			return
		}
		t.Errorf("%s\nreal parts (+) showed something else than the file says (-):\n%s", s.Shows, diff)
	}
}

// chosen are the scenarios that SCENES names, or all.
func chosen(t *testing.T) []Scenario {
	all, err := Scenarios("testdata")
	if err != nil {
		t.Fatal(err)
	}
	switch names := os.Getenv(envScenes); names {
	case "":
		return all
	case "rotating":
		return rotating(all, time.Now())
	default:
		var some []Scenario
		for _, name := range strings.Split(names, ",") {
			i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == strings.TrimSpace(name) })
			if i < 0 {
				t.Fatalf("there is no scenario %q", name)
			}
			some = append(some, all[i])
		}
		return some
	}
}

// keepLogs saves the operator's and the pods' logs of a failed run.
func keepLogs(t *testing.T, l *laptop.Laptop) {
	dir := os.Getenv("AGREE_LOGS")
	if dir == "" {
		return
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(l.Where.Kubeconfig))); err != nil {
		t.Logf("keep the logs: %v", err)
	}
}
