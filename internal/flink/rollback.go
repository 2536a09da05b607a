package flink

import (
	"fmt"
	"time"
)

// RollbackAction is what is to be done about a version that failed.
type RollbackAction string

// The rollback actions.
const (
	BringBack RollbackAction = "BringBack" // apply the previous revision with Restore
	TakeAway  RollbackAction = "TakeAway"  // there is no previous revision: remove what was deployed
	Hold      RollbackAction = "Hold"      // touch nothing more and call somebody
	Halt      RollbackAction = "Halt"      // first bring the failed version to a standstill, then decide
	Rest      RollbackAction = "Rest"      // nothing ran before, and nothing shall: with Restore it could be started again
)

// RollbackCase is what a rollback is decided from.
type RollbackCase struct {
	HasPrevious bool         // a revision ran before
	Applied     bool         // the new revision was written to the cluster
	Suspended   *Snapshot    // the job was suspended before, with this state; its path is empty where only the high-availability record knows it
	Finished    bool         // the previous revision was a batch job that had done its work
	Missing     bool         // there is no resource any more
	Mode        UpgradeMode  // of the previous revision
	Stop        *Snapshot    // the savepoint that the previous revision was stopped with, once recorded
	Restored    string       // state that the failed version was seen to have restored; empty when it never did
	Failed      *Checkpoints // newest that is known of the failed version; nil when it never answered
	Seen        bool         // Flink answers for the failed version at this moment, so Failed is what there is
	Still       bool         // the failed version processes nothing any more, so Failed is final
	Gone        bool         // the failed job came to its end by itself, and its high-availability record with it
	CannotHalt  bool         // it was to be brought to a standstill and did not come to one
	Hidden      bool         // Flink does not answer for the failed version, and nothing says that it could not start: it may have run unseen
	RanSince    time.Time    // when the failed version was first seen running with all tasks; zero when it never was
	Insurance   *Snapshot    // a savepoint from shortly before, when there was no stop with one
	ByRecord    bool         // the failed version was to go on by the high-availability record
	Newest      Restore      // ByRecord: the newest checkpoint that was known of the previous version
	NoRecord    bool         // there is no high-availability record any more: the failed job came to its end, or to none
	Saved       *Snapshot    // the savepoint with which a change by somebody else had the operator stop the failed version; it started anew from there
	Edited      bool         // somebody else changed the resource while the failed version was watched
	Astray      bool         // the failed version was seen not to have gone on from the state that it was to go on from
	Empty       bool         // the failed version's state does not go on from the previous one's: it started empty, or from a chosen state
	CameBack    bool         // the previous revision was seen to have restored what was tried last, and is unhealthy all the same
	Rule        RollbackRule
	Tried       []RestoreKind // restores this rollback has tried already, oldest first
}

// RollbackDecision is what to do, and in words why and what it costs.
type RollbackDecision struct {
	Action  RollbackAction `json:"action"`
	Restore Restore        `json:"restore"`
	Message string         `json:"message"`
	Replays *Interval      `json:"replays,omitempty"` // what is, or may be, processed twice
}

// Interval is a time from which records are processed a second time. An end
// that is not known is zero.
type Interval struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// String says it in words.
func (i Interval) String() string {
	said := func(t time.Time, otherwise string) string {
		if t.IsZero() {
			return otherwise
		}
		return t.UTC().Format("15:04:05")
	}
	return "from " + said(i.From, "the state restored") + " to " + said(i.To, "the failed version's end")
}

// DecideRollback chooses the state the previous revision gets back. The failed
// version has to stand still first: until then it may complete one checkpoint
// more. Nothing durable since the restore: the stop savepoint is exact.
// Something durable: its sinks may have committed, so its own newest state
// comes first, and the stop savepoint only when that cannot be restored. A
// policy that refuses replay holds wherever something would be processed twice.
func DecideRollback(c RollbackCase) RollbackDecision {
	d := c.decide()
	if d.Action == BringBack && d.Replays != nil && c.Rule.Replay == ReplayRefuse {
		return RollbackDecision{Action: Hold, Message: "the policy refuses to process anything twice, and the way back would: " + d.Message + ". The failed version was left as it is, stopped if it could be: choose a state by sluice redeploy"}
	}
	return d
}

func (c RollbackCase) decide() RollbackDecision {
	switch {
	case c.Applied && c.Rule.Mode == Manual:
		return RollbackDecision{Action: Hold, Message: "the policy asks for manual rollback: the failed version was left as it is"}
	case c.HasPrevious && c.Suspended != nil:
		return c.rest()
	case c.HasPrevious && c.Finished && !c.Applied:
		return RollbackDecision{Action: Rest, Message: "the batch job that was there had finished, and nothing was started"}
	case c.HasPrevious && c.Finished:
		return RollbackDecision{Action: Hold, Message: "the previous version is a batch job that had finished: to run it again would do its work twice. The failed version was left as it is"}
	case !c.HasPrevious:
		return RollbackDecision{Action: TakeAway, Message: "there is no previous version: the failed one is removed, its logs and savepoints stay"}
	case c.mayStillCommit():
		return RollbackDecision{Action: Halt, Message: "the failed version is brought to a standstill, so that nothing it commits is missed"}
	case len(c.Tried) == 0:
		return firstRestore(c)
	case c.triedNewest() && !c.CameBack && c.Base() != "" && c.Rule.RestoreFrom == Auto:
		return c.fallBack()
	}
	if c.CameBack {
		return RollbackDecision{Action: Hold, Message: "the previous version came back with its state and is not healthy: somebody has to look"}
	}
	return RollbackDecision{Action: Hold, Message: "the previous version did not come back with any state there is: somebody has to look"}
}

// rest leaves a job suspended that was so before the release: a version that
// was not to run yet, or whose resumption failed, is not started by undoing that.
func (c RollbackCase) rest() RollbackDecision {
	newest := c.completed() && !c.Empty && c.Rule.RestoreFrom != PreUpgrade
	d := RollbackDecision{Action: Rest, Restore: Restore{Kind: RestoreSnapshot, Path: c.Suspended.Path}, Message: "the job is suspended, as it was before, with the state from then"}
	if newest {
		d.Restore.Path, d.Message = c.Failed.Latest, "the job is suspended, as it was before; the version that was started had completed checkpoints, and its newest state is what the job goes on from"
	}
	if d.Restore.Path == "" {
		d.Restore.Kind = RestoreLatest // only the record knows it
	}
	switch known := d.Restore.Path != ""; {
	case !c.Applied:
		d.Restore, d.Message = Restore{Kind: RestoreSnapshot, Path: c.Suspended.Path}, "nothing was started: the job stays suspended, as it was"
	case c.Still:
	case c.Missing && known:
		d.Message += ". Its resource is gone, and made again when it is resumed"
	case c.NoRecord && known:
		d.Message += ". What was started had ended: its resource is removed, and made again when the job is resumed"
	case c.NoRecord, c.Missing, c.CannotHalt:
		return RollbackDecision{Action: Hold, Message: "the job had been suspended before, and could not be brought back to that: it may run"}
	default:
		return RollbackDecision{Action: Halt, Message: "the job was suspended before, and is so again"}
	}
	if c.made() && !newest {
		d.Message += "; what was committed since is processed a second time once it is resumed"
		d.Replays = &Interval{From: c.Suspended.Taken, To: c.committedUntil()}
	}
	return d
}

// committedUntil is when the failed version last completed a checkpoint; zero when that is not known.
func (c RollbackCase) committedUntil() time.Time {
	if c.Failed == nil {
		return time.Time{}
	}
	return c.Failed.LatestAt
}

// mayStillCommit: it was seen running and nobody has stopped it yet. One that
// never ran has nothing to commit.
func (c RollbackCase) mayStillCommit() bool {
	ran := !c.RanSince.IsZero() || c.made()
	if c.Mode == ModeStateless && c.Stop == nil || c.Empty || c.Astray {
		return false // what it made durable decides nothing
	}
	return c.Applied && len(c.Tried) == 0 && ran && !c.Still && !c.CannotHalt
}

// triedNewest tells whether what was tried last was the failed version's newest state.
func (c RollbackCase) triedNewest() bool {
	byPath := c.made() && (c.Gone || !c.completed())
	return c.Tried[len(c.Tried)-1] == RestoreLatest || byPath && len(c.Tried) == 1
}

// made: it made something durable, and its sinks may have committed.
func (c RollbackCase) made() bool { return c.completed() || c.Saved != nil }

func (c RollbackCase) completed() bool { return c.Failed != nil && c.Failed.Completed > 0 }

// newest is the newest state that the failed version made.
func (c RollbackCase) newest() Restore {
	switch {
	case !c.completed():
		return Restore{Kind: RestoreSnapshot, Path: c.Saved.Path}
	case c.Gone && c.Failed.Latest != "":
		return Restore{Kind: RestoreSnapshot, Path: c.Failed.Latest} // no record names it any more
	}
	return Restore{Kind: RestoreLatest, Path: c.Failed.Latest, AtLeast: c.Failed.LatestID}
}

// fallBack: the newest checkpoint could not be restored.
func (c RollbackCase) fallBack() RollbackDecision {
	d := c.toBase("the failed version's own state could not be restored, so the state from before the upgrade is: what the failed version committed since is processed a second time")
	if c.Stop == nil && c.Restored == "" {
		d = c.toBase("the newest checkpoint could not be restored, so a savepoint from shortly before the upgrade is: what was committed after it is processed a second time")
	}
	d.Replays = c.sinceBase()
	return d
}

// newestKnown names the newest checkpoint of the previous version, by its path or,
// where only the record told of it, by its number.
func (c RollbackCase) newestKnown() string {
	if c.Newest.Path == "" && c.Newest.AtLeast > 0 {
		return fmt.Sprintf("chk-%d", c.Newest.AtLeast)
	}
	return orNothing(c.Newest.Path)
}

// toBase restores the state from before the upgrade.
func (c RollbackCase) toBase(message string) RollbackDecision {
	return RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreSnapshot, Path: c.Base()}, Message: message}
}

// sinceBase is what a return to the state from before the upgrade processes twice.
func (c RollbackCase) sinceBase() *Interval {
	var i Interval
	switch {
	case c.Stop != nil:
		i.From = c.Stop.Taken
	case c.Restored == "" && c.Insurance != nil:
		i.From = c.Insurance.Taken
	}
	i.To = c.committedUntil()
	return &i
}

// Base is the state from before the upgrade: the savepoint of the stop; where
// there was none, the checkpoint that the failed version began with; or, where
// it never began or began with another, the insurance savepoint, after which some
// records are processed again.
func (c RollbackCase) Base() string {
	switch {
	case c.Stop != nil:
		return c.Stop.Path
	case (c.Restored == "" || c.Empty) && c.Insurance != nil:
		return c.Insurance.Path
	}
	return c.Restored
}

func firstRestore(c RollbackCase) RollbackDecision {
	made := c.made()
	switch {
	case !c.Applied:
		return undoStop(c)
	case c.Astray:
		return c.backFromAstray()
	case c.Empty && c.Base() != "" && c.Stop == nil && c.Insurance == nil:
		return c.toBase("no state of the previous version from before the change is known, so it goes on from the one that was chosen, too: whatever was done since that was taken is processed a second time")
	case c.Empty && c.Base() != "":
		return c.toBase("the failed version's state does not go on from the previous one's: that goes on from its own state from before the change")
	case c.Mode == ModeStateless && c.Stop == nil:
		return RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreNothing}, Message: "the manifest says stateless: the previous version starts empty"}
	case c.Rule.RestoreFrom == Latest && !made:
		return RollbackDecision{Action: Hold, Message: "the policy asks for the failed version's newest checkpoint, and it made none"}
	case c.Rule.RestoreFrom != PreUpgrade && made && !c.completed():
		return RollbackDecision{Action: BringBack, Restore: c.newest(),
			Message: "somebody changed the resource while the failed version ran, and the operator restarted it with a savepoint, with which its sinks have committed: that state goes on under the previous version, so nothing is processed twice"}
	case c.Rule.RestoreFrom != PreUpgrade && made && c.Gone && c.CannotHalt:
		return RollbackDecision{Action: BringBack, Restore: c.newest(), Replays: &Interval{From: c.committedUntil()},
			Message: "the failed version had completed checkpoints, and came to its end while Flink did not answer: the newest of them that is known goes on under the previous version; should it have completed another, what that committed is processed a second time"}
	case c.Rule.RestoreFrom != PreUpgrade && made:
		return RollbackDecision{Action: BringBack, Restore: c.newest(),
			Message: "the failed version had completed checkpoints, and its sinks may have committed: its newest state goes on under the previous version, so nothing is processed twice"}
	case c.Restored == "" && c.Stop == nil && c.ByRecord && c.NoRecord && c.Base() == "":
		return RollbackDecision{Action: Hold, Message: fmt.Sprintf("the failed version was not seen to have restored anything, and the high-availability record is gone with it. No savepoint of the previous version is known; its newest checkpoint was %s when the release was planned, and the last one lies beside it: choose it by sluice redeploy", c.newestKnown())}
	case c.Restored == "" && c.Stop == nil && c.ByRecord && c.NoRecord:
		d := c.toBase("the failed version was not seen to have restored anything, and the high-availability record is gone with it: the previous version goes on from a savepoint from shortly before, and what it did after that is processed a second time")
		d.Replays = c.sinceBase()
		return d
	case c.Restored == "" && c.Stop == nil && c.ByRecord:
		return RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreLatest, Path: c.Newest.Path, AtLeast: c.Newest.AtLeast},
			Message: "the failed version never restored anything: the high-availability record still holds the previous version's newest checkpoint"}
	case c.Base() == "":
		return RollbackDecision{Action: Hold, Message: "no state from before the upgrade is recorded: somebody has to look"}
	case made:
		d := c.toBase("the policy asks for the state from before the upgrade: what the failed version committed since is processed a second time")
		d.Replays = c.sinceBase()
		return d
	}
	return c.exact()
}

// backFromAstray: what the failed version made goes on from nothing that was there
// before, and would lose that.
func (c RollbackCase) backFromAstray() RollbackDecision {
	astray := "the failed version had not gone on from the state that it was to go on from, so what it made is left aside, and what it committed stands beside the rest: "
	d := RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreSnapshot}}
	switch {
	case c.Stop != nil:
		d.Restore.Path, d.Message = c.Stop.Path, astray+"the previous version goes on from the savepoint that it was stopped with"
		return d
	case c.Insurance != nil:
		d.Restore.Path, d.Message = c.Insurance.Path, astray+"the previous version goes on from a savepoint from shortly before, and what it did after that is processed a second time"
		d.Replays = &Interval{From: c.Insurance.Taken, To: c.committedUntil()}
	case c.ByRecord && c.Newest.Path != "":
		d.Restore.Path, d.Message = c.Newest.Path, astray+"the previous version goes on from the newest checkpoint that was known of it, and what it did after that is processed a second time"
		d.Replays = &Interval{To: c.committedUntil()}
	default:
		return RollbackDecision{Action: Hold, Message: astray + "no state of the previous version is known by its path: choose one by sluice redeploy"}
	}
	return d
}

// exact: the failed version completed no checkpoint that anybody knows of.
func (c RollbackCase) exact() RollbackDecision {
	switch {
	case c.Edited && !c.RanSince.IsZero():
		d := c.toBase("the failed version completed no checkpoint that is known. Somebody changed the resource while it was watched, and the operator may have restarted it with a savepoint: the state from before the upgrade is restored; should it have committed anything, that is processed a second time")
		d.Replays = c.sinceBase()
		return d
	case c.RanSince.IsZero() && !c.Hidden:
		return c.toBase("the failed version never ran and made nothing durable: the state from before the upgrade is exact")
	case c.Still || c.Seen:
		return c.toBase(fmt.Sprintf("the failed version completed no checkpoint: the state from before the upgrade is exact. It ran from %s: what sinks that are not transactional wrote since is written a second time, and how much that is cannot be known", c.RanSince.UTC().Format("15:04:05")))
	}
	d := c.toBase("the failed version did not come to a standstill that could be seen, and no completed checkpoint of it is known: the state from before the upgrade is restored; should it have committed anything, that is processed a second time")
	d.Replays = c.sinceBase()
	return d
}

// undoStop resumes the previous version after a stop that failed, or an apply that never took effect.
func undoStop(c RollbackCase) RollbackDecision {
	if c.Stop != nil {
		return RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreSnapshot, Path: c.Stop.Path}, Message: "the new version was never applied: the previous one goes on from the savepoint it stopped with"}
	}
	return RollbackDecision{Action: BringBack, Restore: Restore{Kind: RestoreHeld}, Message: "the stop did not complete: the previous version goes on"}
}
