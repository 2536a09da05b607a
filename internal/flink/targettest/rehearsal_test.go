package targettest_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

func TestTheModelRehearses(t *testing.T) {
	targettest.RunRehearser(t, func(t *testing.T) targettest.RehearserFixture {
		w := newWorld(t, targettest.Options{})
		w.Plant(w.next.Jar.SHA256, targettest.Behaviour{Unmappable: true})
		f := targettest.Fixture{Target: w.Model, Application: app, First: w.first, Next: w.next, Savepoints: w.savepointsIn, Wait: w.wait}
		return targettest.RehearserFixture{Fixture: f, Rehearser: w.Model}
	})
}
