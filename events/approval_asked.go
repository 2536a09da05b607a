package events

// ApprovalAskedType is the detail type of the event that Sluice sends when a
// release waits for somebody's approval. sluice approve and sluice deny answer.
const ApprovalAskedType = "Sluice Approval Asked"

// ApprovalAskedDetail is the detail of a Sluice Approval Asked event.
type ApprovalAskedDetail struct {
	Namespace   string `json:"namespace"`
	Application string `json:"application"`
	Release     string `json:"release"`  // to answer for
	Revision    string `json:"revision"` // what would run
	Plan        string `json:"plan"`     // what would be done, in a sentence
	Expires     string `json:"expires"`  // RFC 3339: no answer by then is a no
}
