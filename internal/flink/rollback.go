package flink

// RollbackAction is what is to be done about a version that failed.
type RollbackAction string

// The rollback actions.
const (
	BringBack RollbackAction = "BringBack" // apply the previous revision with Restore
	TakeAway  RollbackAction = "TakeAway"  // there is no previous revision: remove what was deployed
	Hold      RollbackAction = "Hold"      // touch nothing more and call somebody
)

// RollbackCase is what a rollback is decided from.
type RollbackCase struct {
	HasPrevious bool         // a revision ran before
	Applied     bool         // the new revision was written to the cluster
	Mode        UpgradeMode  // of the previous revision
	Stop        *Snapshot    // the savepoint that the previous revision was stopped with, once recorded
	Restored    string       // state that the failed version was seen to have restored; empty when it never did
	Failed      *Checkpoints // newest that was seen of the failed version; nil when it never answered
	Seen        bool         // Flink answers for the failed version at this moment, so Failed is what there is
	Insurance   *Snapshot    // a savepoint from shortly before, when there was no stop with one
	ByRecord    bool         // the failed version was to go on by the high-availability record
	Empty       bool         // the failed version was to start empty: its state does not go on from the previous one's
	CameBack    bool         // the previous revision was seen to have restored what was tried last, and is unhealthy all the same
	Rule        RollbackRule
	Tried       []RestoreKind // restores this rollback has tried already, oldest first
}

// RollbackDecision is what to do, and in words why and what it costs.
type RollbackDecision struct {
	Action  RollbackAction `json:"action"`
	Restore Restore        `json:"restore"`
	Message string         `json:"message"`
}

// DecideRollback chooses the state the previous revision gets back. Nothing
// durable since the restore: the stop savepoint is exact. Something durable:
// its sinks may have committed, so its own newest state comes first, and the
// stop savepoint only when that cannot be restored.
func DecideRollback(c RollbackCase) RollbackDecision {
	switch {
	case !c.HasPrevious:
		return RollbackDecision{Action: TakeAway, Message: "there is no previous version: the failed one is removed, its logs and savepoints stay"}
	case c.Applied && c.Rule.Mode == Manual:
		return RollbackDecision{Action: Hold, Message: "the policy asks for manual rollback: the failed version was left as it is"}
	case len(c.Tried) == 0:
		return firstRestore(c)
	case c.Tried[len(c.Tried)-1] == RestoreLatest && !c.CameBack && c.Base() != "" && c.Rule.RestoreFrom == Auto:
		if c.Stop == nil && c.Restored == "" {
			return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()},
				"the newest checkpoint could not be restored, so a savepoint from shortly before the upgrade is: what was committed after it is processed a second time"}
		}
		return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()},
			"the failed version's own state could not be restored, so the state from before the upgrade is: what the failed version committed since is processed a second time"}
	}
	if c.CameBack {
		return RollbackDecision{Action: Hold, Message: "the previous version came back with its state and is not healthy: somebody has to look"}
	}
	return RollbackDecision{Action: Hold, Message: "the previous version did not come back with any state there is: somebody has to look"}
}

// Base is the state from before the upgrade: the savepoint of the stop; where
// there was none, the checkpoint that the failed version began with; or, where
// it never began, the insurance savepoint, after which some records are processed again.
func (c RollbackCase) Base() string {
	if c.Stop != nil {
		return c.Stop.Path
	}
	if c.Restored == "" && c.Insurance != nil {
		return c.Insurance.Path
	}
	return c.Restored
}

func firstRestore(c RollbackCase) RollbackDecision {
	made := c.Failed != nil && c.Failed.Completed > 0
	switch {
	case !c.Applied:
		return undoStop(c)
	case c.Empty && c.Base() != "":
		return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()}, "the failed version started empty: the previous one goes on from its own state from before the upgrade"}
	case c.Mode == ModeStateless && c.Stop == nil:
		return RollbackDecision{BringBack, Restore{Kind: RestoreNothing}, "the manifest says stateless: the previous version starts empty"}
	case c.Rule.RestoreFrom == Latest && !made:
		return RollbackDecision{Action: Hold, Message: "the policy asks for the failed version's newest checkpoint, and it made none"}
	case c.Rule.RestoreFrom != PreUpgrade && made:
		return RollbackDecision{BringBack, Restore{Kind: RestoreLatest, Path: c.Failed.Latest, AtLeast: c.Failed.LatestID},
			"the failed version had completed checkpoints, and its sinks may have committed: its newest state goes on under the previous version, so nothing is processed twice"}
	case c.Restored == "" && c.Stop == nil && c.ByRecord:
		return RollbackDecision{BringBack, Restore{Kind: RestoreLatest},
			"the failed version never restored anything: the high-availability record still holds the previous version's newest checkpoint"}
	case c.Base() == "":
		return RollbackDecision{Action: Hold, Message: "no state from before the upgrade is recorded: somebody has to look"}
	case made:
		return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()},
			"the policy asks for the state from before the upgrade: what the failed version committed since is processed a second time"}
	}
	if !c.Seen {
		return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()},
			"Flink does not answer for the failed version, and no completed checkpoint of it was seen: the state from before the upgrade is restored; should it have committed anything, that is processed a second time"}
	}
	return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Base()},
		"the failed version made nothing durable: the state from before the upgrade is exact"}
}

// undoStop resumes the previous version after a stop that failed, or an apply that never took effect.
func undoStop(c RollbackCase) RollbackDecision {
	if c.Stop != nil {
		return RollbackDecision{BringBack, Restore{Kind: RestoreSnapshot, Path: c.Stop.Path}, "the new version was never applied: the previous one goes on from the savepoint it stopped with"}
	}
	return RollbackDecision{BringBack, Restore{Kind: RestoreHeld}, "the stop did not complete: the previous version goes on"}
}
