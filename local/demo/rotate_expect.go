package demo

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// rotations is what was seen of the scene's rotations.
type rotations struct {
	before, after   look
	committedBefore int64 // highest number committed before the first savepoint was asked for
	committedAfter  int64 // the same, after the fourth was taken
	all             []ledger.RotationRecord
	twinRestored    string // the path that Flink says the fork restored
	harm            harm
	files           map[string]int // objects that are left of each savepoint, by path
	listing         string         // what sluice snapshots said
}

// checkRotations says where the rotations did not go as the story has to.
func checkRotations(r rotations) []string {
	faults := slices.Concat(checkUntouched(r.before, r.after), r.checkProofs(), r.checkDamage(), r.checkRetired())
	if first := r.path(1); !flink.SamePath(r.twinRestored, first) {
		faults = append(faults, fmt.Sprintf("the fork restored %q and has to restore %s", r.twinRestored, first))
	}
	return faults
}

// path is that of the savepoint that the nth rotation took.
func (r rotations) path(n int) string { return r.all[n-1].Snapshot.Path }

// checkProofs: each savepoint was proven when it was taken, the first one by a restore.
func (r rotations) checkProofs() (faults []string) {
	for i, record := range r.all {
		want := flink.VerifyMetadata
		if i == 0 {
			want = flink.VerifyRestore
		}
		if v := record.Snapshot.Verified; v == nil || !v.Sound || v.Kind != want {
			faults = append(faults, fmt.Sprintf("savepoint %d has to be proven by %s, and its proof is %+v", i+1, want, v))
		}
	}
	return faults
}

// checkDamage: the flipped byte was found once, by the next rotation, with the
// file's name, and nothing else was found.
func (r rotations) checkDamage() (faults []string) {
	for i, record := range r.all {
		found := len(record.Damaged) == 1 && strings.HasPrefix(record.Damaged[0], r.harm.snapshot.Path+" ") && strings.Contains(record.Damaged[0], r.harm.file)
		if has := i+1 == whenFound; has && !found || !has && len(record.Damaged) > 0 {
			faults = append(faults, fmt.Sprintf("rotation %d found %q damaged; a byte of %s was flipped, in %s, before the ninth", i+1, record.Damaged, r.harm.file, r.harm.snapshot.Path))
		}
	}
	if s := r.after.document.Snapshot(r.harm.snapshot.Path); s == nil || s.Sound() {
		faults = append(faults, "the ledger does not say that the savepoint with the flipped byte is damaged")
	}
	if line := r.listed(r.harm.snapshot.Path); !strings.Contains(line, "DAMAGED") {
		faults = append(faults, fmt.Sprintf("sluice snapshots says %q of it", line))
	}
	return faults
}

// checkRetired: the second to fourth are gone with their files, by the tenth
// rotation; all others are there, the first one because the fork needs it.
func (r rotations) checkRetired() (faults []string) {
	for i, record := range r.all {
		var gone []string
		for _, g := range record.Retired {
			gone = append(gone, g.Path)
		}
		var want []string
		if i+1 == whenRetired {
			want = []string{r.path(2), r.path(3), r.path(4)}
		}
		if slices.Sort(gone); !sameElements(gone, want) {
			faults = append(faults, fmt.Sprintf("rotation %d retired %v and has to retire %v", i+1, gone, want))
		}
	}
	for n := 1; n <= len(r.all); n++ {
		p, goes := r.path(n), n > 1 && n <= whenForked
		if known := r.after.document.Snapshot(p) != nil; known == goes || (r.files[p] > 0) == goes {
			faults = append(faults, fmt.Sprintf("of savepoint %d, %s, there are %d files, and the ledger knows of it: %t", n, path.Base(p), r.files[p], known))
		}
	}
	if line := r.listed(r.path(1)); !strings.Contains(line, "stays: the fork "+twin.String()) {
		faults = append(faults, fmt.Sprintf("sluice snapshots says %q of the savepoint that the fork began with", line))
	}
	return faults
}

func sameElements(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// listed is the line of a savepoint in what sluice snapshots said.
func (r rotations) listed(path string) string {
	s := r.after.document.Snapshot(path)
	if s == nil || s.ID == "" {
		return ""
	}
	for line := range strings.Lines(r.listing) {
		if strings.HasPrefix(line, s.ID+" ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// checkTwin: the fork went on from what the counter had counted at the savepoint.
func checkTwin(r rotations, report continuity.Report) []string {
	faults := onlyFirstVersion(report)
	if report.Lines > 0 && (report.First <= r.committedBefore || report.First > r.committedAfter+1) {
		faults = append(faults, fmt.Sprintf("it begins with %d, and has to begin between %d and %d", report.First, r.committedBefore+1, r.committedAfter+1))
	}
	return faults
}

func onlyFirstVersion(report continuity.Report) (faults []string) {
	for _, stretch := range report.Stretches {
		if stretch.Version != "v1" {
			faults = append(faults, stretch.String()+", and v1 is the only version")
		}
	}
	return faults
}
