package ledger

import "github.com/sluice-flink/sluice/internal/flink"

// Fork is one side of a fork: it stands in the documents of both applications
// and names the other one. While it stands, the snapshot is not removed.
type Fork struct {
	Application flink.Application `json:"application"`
	Snapshot    string            `json:"snapshot"` // path
	Release     string            `json:"release"`  // that made the fork
}

// KeepFor remembers that another application begins with a snapshot of this
// one; the same fork again is remembered once.
func (d *Document) KeepFor(f Fork) {
	d.LetGo(f)
	d.Forks = append(d.Forks, f)
}

// LetGo forgets a fork, and leaves one that another release has made since.
func (d *Document) LetGo(f Fork) {
	var kept []Fork
	for _, known := range d.Forks {
		if known.Application != f.Application || known.Release != f.Release {
			kept = append(kept, known)
		}
	}
	d.Forks = kept
}
