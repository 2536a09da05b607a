package savepoint

import (
	"context"
	"errors"
	"path"
	"regexp"
	"sort"
	"strings"
	"time"
)

// Bounds of one survey. What lies beyond is not looked at, and it says so.
const (
	maxSurveyed = 1_000_000 // objects
	maxStrays   = 10_000
)

// Search says what a survey takes for known, and how far it goes.
type Search struct {
	Known  []string               // paths of the known savepoints
	Most   int                    // objects that are looked at; 0: a million
	Others func(name string) bool // whether a directory of this name right below the root shows that others keep savepoints there too: then the survey ends; nil: none does
}

// Survey is what lies below a directory and belongs to no known savepoint.
type Survey struct {
	Strays  []Stray `json:"strays,omitempty"` // by path
	Known   int     `json:"known"`            // known savepoints that were seen
	Partial bool    `json:"partial"`          // there is more than is looked at
	Shared  bool    `json:"shared,omitempty"` // others keep savepoints there too: what is a stray cannot be told, and nothing is
}

// Stray is a directory that nobody knows of.
type Stray struct {
	Path   string    `json:"path"` // s3://…
	Kind   StrayKind `json:"kind"`
	Files  int       `json:"files"`
	Size   int64     `json:"size"`   // bytes
	Oldest time.Time `json:"oldest"` // when its first file was written
	Newest time.Time `json:"newest"` // when its last file was: recent is perhaps not done yet
}

// StrayKind says what a stray seems to be.
type StrayKind string

// The kinds of stray.
const (
	StraySavepoint   StrayKind = "Savepoint"   // it has a _metadata: it can be adopted or removed
	StrayUnfinished  StrayKind = "Unfinished"  // it has none: being written, never finished, or half removed
	StrayCheckpoints StrayKind = "Checkpoints" // Flink's own, not to be removed
	StrayFiles       StrayKind = "Files"       // files in the directory itself
)

// savepointDir is how Flink names the directory of a savepoint
// (AbstractFsCheckpointStorageAccess.initializeLocationForSavepoint).
var savepointDir = regexp.MustCompile(`^savepoint-[0-9a-f]{6}-[0-9a-f]{12}$`)

// Strays surveys what lies below root, the directory of an application's
// savepoints, and tells of all but the known savepoints. It reads listings only.
func (s Store) Strays(ctx context.Context, root string, search Search) (Survey, error) {
	dir, err := ParseLocation(root)
	if err != nil {
		return Survey{}, err
	}
	groups := map[whose]*Stray{}
	var survey Survey
	seen := 0
	err = s.walk(ctx, dir, func(page []Object) error {
		for _, o := range page {
			if search.others(dir, o) {
				survey.Shared = true
				return errEnough
			}
			if seen++; seen > search.most() {
				survey.Partial = true
				return errEnough
			}
			survey.Partial = survey.Partial || !group(groups, dir, o)
		}
		return nil
	})
	switch {
	case survey.Shared:
		return Survey{Shared: true}, nil
	case err != nil && !errors.Is(err, errEnough):
		return Survey{}, err
	}
	survey.Strays, survey.Known = sift(groups, search.known())
	return survey, nil
}

func (s Search) most() int {
	if s.Most > 0 {
		return min(s.Most, maxSurveyed)
	}
	return maxSurveyed
}

func (s Search) others(root Location, o Object) bool {
	if s.Others == nil {
		return false
	}
	name, _, nested := strings.Cut(strings.TrimPrefix(o.Key, root.prefix()), "/")
	return nested && s.Others(name)
}

// known is by URI; what is no path on S3 cannot be met there.
func (s Search) known() map[string]bool {
	paths := map[string]bool{}
	for _, k := range s.Known {
		if l, err := ParsePath(k); err == nil {
			paths[l.String()] = true
		}
	}
	return paths
}

var errEnough = errors.New("enough was seen")

// group counts an object to the directory it belongs to. It says false when
// there are too many directories.
func group(groups map[whose]*Stray, root Location, o Object) bool {
	if isMarker(o) {
		return true
	}
	w := owner(root, o.Key)
	g := groups[w]
	if g == nil {
		if len(groups) >= maxStrays {
			return false
		}
		g = &Stray{Path: w.at, Kind: w.kind, Oldest: o.Modified, Newest: o.Modified}
		groups[w] = g
	}
	if w.kind == StrayUnfinished && (Location{root.Bucket, o.Key}).String() == w.at+"/"+metadataFile {
		g.Kind = StraySavepoint
	}
	g.Files, g.Size = g.Files+1, g.Size+o.Size
	if o.Modified.Before(g.Oldest) {
		g.Oldest = o.Modified
	}
	if o.Modified.After(g.Newest) {
		g.Newest = o.Modified
	}
	return true
}

// isMarker says whether an object only stands for a directory, as Flink's
// file systems for S3 write them.
func isMarker(o Object) bool {
	return o.Size == 0 && (strings.HasSuffix(o.Key, "/") || strings.HasSuffix(o.Key, "_$folder$"))
}

// whose is what an object belongs to.
type whose struct {
	at   string // s3://…
	kind StrayKind
}

// owner is the directory that an object belongs to: the nearest one that is
// named as a savepoint, the job's whose checkpoint it is, or the one it lies in.
func owner(root Location, key string) whose {
	segments := strings.Split(strings.TrimPrefix(key, root.prefix()), "/")
	for i, s := range segments[:len(segments)-1] {
		upTo := root.child(path.Join(segments[:i+1]...))
		switch {
		case checkpointDir.MatchString(s) && i == 0:
			return whose{root.String(), StrayCheckpoints}
		case checkpointDir.MatchString(s):
			return whose{root.child(path.Join(segments[:i]...)).String(), StrayCheckpoints}
		case savepointDir.MatchString(s):
			return whose{upTo.String(), StrayUnfinished}
		}
	}
	if len(segments) == 1 {
		return whose{root.String(), StrayFiles}
	}
	return whose{root.child(path.Join(segments[:len(segments)-1]...)).String(), StrayUnfinished}
}

// sift takes out what is known, and counts the known that were seen.
func sift(groups map[whose]*Stray, known map[string]bool) ([]Stray, int) {
	var strays []Stray
	seen := map[string]bool{}
	for w, g := range groups {
		if at := knownAbove(w.at, known); at != "" {
			seen[at] = true
			continue
		}
		strays = append(strays, *g)
	}
	sort.Slice(strays, func(i, j int) bool {
		return strays[i].Path < strays[j].Path || strays[i].Path == strays[j].Path && strays[i].Kind < strays[j].Kind
	})
	return strays, len(seen)
}

// knownAbove is the known savepoint that a path is or lies in, or "".
func knownAbove(p string, known map[string]bool) string {
	for ; strings.Count(p, "/") > 2; p = p[:strings.LastIndexByte(p, '/')] {
		if known[p] {
			return p
		}
	}
	return ""
}
