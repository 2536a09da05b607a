package events

// ReleaseEndedType is the detail type of the event that Sluice sends when a
// release has ended: once, under the release's own id, by Settle or, when
// Settle died after it had written the outcome, by whoever sends its outbox.
const ReleaseEndedType = "Sluice Release Ended"

// ReleaseEndedDetail is the detail of a Sluice Release Ended event.
type ReleaseEndedDetail struct {
	Namespace   string `json:"namespace"`
	Application string `json:"application"`
	Release     string `json:"release"`  // id of the release record
	Revision    string `json:"revision"` // what was to run; empty when nothing could be read
	Outcome     string `json:"outcome"`  // Succeeded, FailedClean or FailedDirty
	Reason      string `json:"reason"`   // one word, a closed set: see internal/flink
	Message     string `json:"message"`  // a sentence for the person on call
	Record      string `json:"record"`   // s3 URI of the full record
}

// ReleaseEnded is the pattern that subscribers use. With no outcome it matches all.
func ReleaseEnded(outcomes ...string) Pattern {
	p := Pattern{Source: []string{Source}, DetailType: []string{ReleaseEndedType}}
	if len(outcomes) > 0 {
		p.Detail = map[string]any{"outcome": outcomes}
	}
	return p
}
