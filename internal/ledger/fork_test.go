package ledger

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAForkIsLetGoByTheReleaseThatMadeItAlone(t *testing.T) {
	var d Document
	fork := Fork{Application: flink.Application{Namespace: "a", Name: "trial"}, Snapshot: "s3://d/sp-1", Release: "r1"}
	d.KeepFor(fork)
	d.KeepFor(fork)
	if len(d.Forks) != 1 {
		t.Errorf("kept twice: %+v", d.Forks)
	}
	later := fork
	later.Release = "r2"
	d.KeepFor(later)
	d.LetGo(fork)
	if len(d.Forks) != 1 || d.Forks[0] != later {
		t.Errorf("let go of another's: %+v", d.Forks)
	}
	d.LetGo(later)
	if d.Forks != nil {
		t.Errorf("left: %+v", d.Forks)
	}
}
