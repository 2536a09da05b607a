package events

import (
	"encoding/json"
	"fmt"
)

// ChangeRequestedType is the detail type of the event that asks for a change of
// an application other than an upgrade. The command sluice sends it to the
// plane's own bus; the release machine reads it.
const ChangeRequestedType = "Sluice Change Requested"

// ChangeRequestedDetail is the detail of a Sluice Change Requested event.
type ChangeRequestedDetail struct {
	Request      string `json:"request"` // chosen by who asks, 8 to 64 letters, digits or '-': the same request twice is one change
	Namespace    string `json:"namespace"`
	Application  string `json:"application"`
	Change       string `json:"change"` // Upgrade (dry run only), Restart, Rollback, Redeploy, Scale, Suspend, Resume, Delete, Adopt, Fork or Cancel
	By           string `json:"by,omitempty"`
	Why          string `json:"why,omitempty"`
	Automatic    bool   `json:"automatic,omitempty"`    // no person asked
	Revision     string `json:"revision,omitempty"`     // Rollback, Redeploy, Fork
	Source       string `json:"source,omitempty"`       // Fork: namespace/application whose snapshot it is
	Snapshot     string `json:"snapshot,omitempty"`     // Redeploy, Fork: URI; Fork: or the snapshot's id
	Parallelism  int    `json:"parallelism,omitempty"`  // Scale
	AbandonState bool   `json:"abandonState,omitempty"` // Suspend, Delete: even if no savepoint can be taken
	Release      string `json:"release,omitempty"`      // Cancel
	DryRun       bool   `json:"dryRun,omitempty"`       // make the plan and change nothing
	Prefix       string `json:"prefix,omitempty"`       // Upgrade: where in the artifact bucket the files to be planned with lie
}

// ChangeRequested reads the detail; false when the event is another's.
func ChangeRequested(e Event) (ChangeRequestedDetail, bool, error) {
	if e.Source != Source || e.DetailType != ChangeRequestedType {
		return ChangeRequestedDetail{}, false, nil
	}
	var d ChangeRequestedDetail
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return ChangeRequestedDetail{}, true, fmt.Errorf("the detail of %s is not of its form: %w", ChangeRequestedType, err)
	}
	return d, true, nil
}

// ChangesRequested is the pattern of the rule that starts the release machine.
func ChangesRequested() Pattern {
	return Pattern{Source: []string{Source}, DetailType: []string{ChangeRequestedType}}
}
