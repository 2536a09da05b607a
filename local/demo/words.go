package demo

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// notes reads the timeline out of what a state returned.
func notes(output json.RawMessage) []string {
	var r struct{ Timeline []ledger.Moment }
	if json.Unmarshal(output, &r) != nil {
		return nil
	}
	lines := make([]string, len(r.Timeline))
	for i, m := range r.Timeline {
		lines[i] = m.Note
	}
	return lines
}

// describe says in a line what the operator and Flink show.
func describe(o flink.Observation) string {
	if !o.Exists {
		return "there is no FlinkDeployment yet"
	}
	text := fmt.Sprintf("operator: %s, JobManager %s; ", orNothing(o.Status.Lifecycle), orNothing(o.Status.JobManager))
	switch j := o.Job; {
	case !j.Reachable:
		return text + "Flink does not answer"
	case j.ID == "":
		return text + "Flink answers and has no job"
	default:
		return text + fmt.Sprintf("Flink: %s, %d of %d tasks, %d checkpoints", j.State, j.TasksRunning, j.Tasks, j.Checkpoints.Completed)
	}
}

func orNothing(s string) string {
	if s == "" {
		return "nothing yet"
	}
	return s
}

// indentRest puts a margin before every line but the first.
func indentRest(text, margin string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+margin)
}
