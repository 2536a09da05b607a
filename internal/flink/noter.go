package flink

// Noter is what a Target can be besides: it tells what of a revision's manifest
// it writes otherwise than it stands there, or leaves out, a sentence each. It
// asks nobody; a manifest that cannot be written has no notes, and Apply says why.
type Noter interface {
	Notes(d Desired) []string
}
