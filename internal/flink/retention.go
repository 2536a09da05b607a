package flink

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Reference is something that needs a snapshot.
type Reference struct {
	Path string `json:"path"`
	By   string `json:"by"` // in words, as in "the running job was restored from it"
}

// Holdings is what retention is decided from: one application's snapshots and
// what refers to them.
type Holdings struct {
	Now         time.Time
	Policy      Snapshots
	Snapshots   []Snapshot
	References  []Reference
	Good        []string // ids of the revisions that run, ran, or may be gone back to: the newest sound snapshot of each is kept
	Directories []string // where the application keeps savepoints; what lies elsewhere is not ours
}

// Retained is what becomes of one snapshot.
type Retained struct {
	Snapshot Snapshot
	Retire   bool
	Why      RetentionReason
	Message  string // for people, a sentence without its end
}

// RetentionReason is why a snapshot stays or goes, in a word.
type RetentionReason string

// Why a snapshot stays.
const (
	Referenced    RetentionReason = "Referenced"    // something needs it
	NewestOfGood  RetentionReason = "NewestOfGood"  // the newest sound one of a revision that may be gone back to
	AmongNewest   RetentionReason = "AmongNewest"   // one of the newest sound ones, of which the policy keeps so many
	Young         RetentionReason = "Young"         // not older than the policy's maxAge
	NotASavepoint RetentionReason = "NotASavepoint" // a checkpoint is Flink's, and may share its files with others
	KeptOnPurpose RetentionReason = "KeptOnPurpose" // somebody adopted it
	NotOwn        RetentionReason = "NotOwn"        // it does not lie where the application keeps its savepoints
)

// Why a snapshot goes.
const (
	TooOld   RetentionReason = "TooOld"   // older than the policy's maxAge, and nothing needs it
	Damaged  RetentionReason = "Damaged"  // the same, of one that is damaged
	HalfGone RetentionReason = "HalfGone" // its removal was begun before
)

// DecideRetention says of every snapshot whether it is retired, in the order in
// which they were given. What was found to be damaged is no reason to let go of
// another, so it does not count towards what is kept; it stays as long as it is
// young, for whoever wants to look at it, or as long as there are too few sound ones.
func DecideRetention(h Holdings) []Retained {
	newest := h.newestSound()
	decided := make([]Retained, 0, len(h.Snapshots))
	for _, s := range h.Snapshots {
		decided = append(decided, h.decide(s, newest))
	}
	return decided
}

func (h Holdings) decide(s Snapshot, newest map[string]Retained) Retained {
	keep := func(why RetentionReason, format string, args ...any) Retained {
		return Retained{Snapshot: s, Why: why, Message: fmt.Sprintf(format, args...)}
	}
	kept, isNewest := newest[canonicalPath(s.Path)]
	switch by := h.referredBy(s); {
	case s.Kind == CheckpointSnapshot || s.Path == "":
		return keep(NotASavepoint, "it is a checkpoint, which is Flink's to remove")
	case !h.own(s):
		return keep(NotOwn, "it does not lie where the application keeps its savepoints")
	case by != "":
		return keep(Referenced, "%s", by)
	case !s.Retiring.IsZero():
		return Retained{s, true, HalfGone, "its removal began at " + s.Retiring.UTC().Format(time.RFC3339)}
	case s.Kind == AdoptedSnapshot:
		return keep(KeptOnPurpose, "somebody adopted it: it stays until somebody removes it")
	case isNewest:
		return kept
	case h.Now.Sub(s.Taken) <= h.Policy.MaxAge:
		return keep(Young, "it is not older than %s", Short(h.Policy.MaxAge))
	case !sound(s):
		return Retained{s, true, Damaged, fmt.Sprintf("it is damaged, and older than %s", Short(h.Policy.MaxAge))}
	}
	return Retained{s, true, TooOld, fmt.Sprintf("it is older than %s, and neither needed nor one of the newest %d", Short(h.Policy.MaxAge), h.keep())}
}

// newestSound are the sound snapshots that stay for being the newest, by path:
// so many as the policy says, and the newest of each good revision. Where there
// are fewer sound ones, the newest damaged ones stay in their place: what found
// the damage may be wrong, and they are all there is.
func (h Holdings) newestSound() map[string]Retained {
	var whole, damaged []Snapshot
	for _, s := range h.Snapshots {
		switch {
		case s.Kind == CheckpointSnapshot || s.Path == "" || !h.own(s) || !s.Retiring.IsZero():
		case sound(s):
			whole = append(whole, s)
		default:
			damaged = append(damaged, s)
		}
	}
	newestFirst(whole)
	newestFirst(damaged)
	newest, seen := map[string]Retained{}, map[string]bool{}
	for i, s := range whole {
		first := !seen[s.Revision]
		seen[s.Revision] = true
		switch {
		case i < h.keep():
			newest[canonicalPath(s.Path)] = Retained{Snapshot: s, Why: AmongNewest, Message: fmt.Sprintf("it is one of the newest %d", h.keep())}
		case first && slices.Contains(h.Good, s.Revision):
			newest[canonicalPath(s.Path)] = Retained{Snapshot: s, Why: NewestOfGood, Message: "it is the newest of revision " + s.Revision + ", which can be gone back to"}
		}
	}
	for _, s := range damaged[:min(len(damaged), max(0, h.keep()-len(whole)))] {
		newest[canonicalPath(s.Path)] = Retained{Snapshot: s, Why: AmongNewest, Message: fmt.Sprintf("it is damaged, but fewer than %d sound ones are left", h.keep())}
	}
	return newest
}

func newestFirst(all []Snapshot) {
	slices.SortStableFunc(all, func(a, b Snapshot) int {
		return cmp.Or(b.Taken.Compare(a.Taken), cmp.Compare(a.Path, b.Path))
	})
}

// keep is how many are kept whatever their age: never none.
func (h Holdings) keep() int { return int(max(1, h.Policy.Keep)) }

func (h Holdings) referredBy(s Snapshot) string {
	for _, r := range h.References {
		if SamePath(r.Path, s.Path) {
			return r.By
		}
	}
	return ""
}

// own tells whether a snapshot lies below a directory of the application's. One
// that is such a directory, or above it, is not: its removal would take all.
func (h Holdings) own(s Snapshot) bool {
	for _, dir := range h.Directories {
		if Below(s.Path, dir) {
			return true
		}
	}
	return false
}

// sound: not known to be damaged.
func sound(s Snapshot) bool { return s.Verified == nil || s.Verified.Sound }

// Sound tells whether a snapshot is not known to be damaged, and not on its way out.
func (s Snapshot) Sound() bool { return sound(s) && s.Retiring.IsZero() }

// Below tells whether a path lies inside a directory, and is not the directory itself.
func Below(path, dir string) bool {
	if dir == "" || strings.Contains(path+"/", "/../") {
		return false // Hadoop's file systems follow it
	}
	p, d := canonicalPath(path), canonicalPath(dir)
	return len(p) > len(d)+1 && strings.HasPrefix(p, d+"/")
}
