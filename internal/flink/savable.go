package flink

import "fmt"

// NotSavable is why no savepoint is asked of the application now, by timer, in
// words; empty when one can be. It is stricter than a release, which has to go on
// somehow: whatever is under way here will be over at the next time.
func NotSavable(o Observation) string {
	switch {
	case !o.Exists:
		return "there is no resource of it in the cluster"
	case o.Spec.Release == "":
		return "its resource was not made by Sluice: adopt it"
	case o.Spec.Deleting:
		return "its resource is being deleted"
	case o.Spec.Run == Suspended:
		return "it is suspended, by somebody else than Sluice"
	case o.Status.ObservedGeneration < o.Spec.Generation:
		return "the operator has not acted on the newest change of its resource yet"
	case o.Status.Lifecycle != "STABLE" && o.Status.Lifecycle != "DEPLOYED":
		return fmt.Sprintf("the operator says %s: %s", orNothing(o.Status.Lifecycle), orNothing(o.Status.Error))
	}
	return Situation{Observation: o}.notSavable()
}
