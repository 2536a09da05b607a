package task

// A fence grows from step to step within a release, so that a write of an
// earlier step that hung, and comes through when its function is long dead, is
// refused like that of an earlier release.
const stepsOfALease = 1024

// The fences of a release's steps, in the order in which they come.
const (
	saveFence   = 1
	stopFence   = 2
	applyFence  = 3
	removeFence = 4
	haltFence   = 5
	undoFence   = 6 // of the first rollback; each further one is one more
)

// fence is what a step of this release writes under.
func (r *Release) fence(step int) int64 { return r.Fence*stepsOfALease + int64(step) }
