package savepoint

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Checkpoint is a checkpoint whose _metadata lies where jobs keep theirs.
type Checkpoint struct {
	Path     string // URI of its directory
	JobID    string
	Number   int64
	Complete time.Time // when _metadata was written, which is last
}

// Where Flink puts them: <directory>/<job id>/chk-<number>/_metadata
// (FsCheckpointStorageAccess). Beside them lie shared and taskowned.
var checkpointKey = regexp.MustCompile(`^([0-9a-f]{32})/chk-([0-9]{1,18})/_metadata$`)

// Checkpoints lists the checkpoints below a checkpoint directory, as their keys
// sort. It reads listings only, and steps over the files of the states.
func (s Store) Checkpoints(ctx context.Context, directory string) ([]Checkpoint, error) {
	root, err := ParsePath(directory)
	if err != nil {
		return nil, err
	}
	var all []Checkpoint
	for after := ""; ; {
		page, err := s.Objects.List(ctx, root.Bucket, root.prefix(), after)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Objects {
			if c, is := checkpointAt(root, o); is {
				all = append(all, c)
			}
		}
		if !page.More {
			return all, nil
		}
		if len(page.Objects) == 0 {
			return nil, flink.Errorf(flink.Unavailable, "list "+root.String(), "the store says that more follows and gives nothing")
		}
		after = beyond(root, page.Objects[len(page.Objects)-1].Key)
	}
}

func checkpointAt(root Location, o Object) (Checkpoint, bool) {
	m := checkpointKey.FindStringSubmatch(strings.TrimPrefix(o.Key, root.prefix()))
	if m == nil {
		return Checkpoint{}, false
	}
	number, _ := strconv.ParseInt(m[2], 10, 64) // digits, and few enough
	return Checkpoint{Path: root.child(m[1] + "/chk-" + m[2]).String(), JobID: m[1], Number: number, Complete: o.Modified}, true
}

// beyond is where to go on listing: after the directory shared of a job, which
// may hold all its state, at once.
func beyond(root Location, key string) string {
	parts := strings.Split(strings.TrimPrefix(key, root.prefix()), "/")
	if len(parts) > 2 && parts[1] == "shared" {
		return root.prefix() + parts[0] + "/shared/\U0010FFFF"
	}
	return key
}

// Whole says what keeps the savepoint or checkpoint at a path from being
// restored, by its _metadata and the sizes of the files that it refers to; ""
// when nothing does. The files are not read.
func (s Store) Whole(ctx context.Context, path string) (fault string, err error) {
	c, err := s.Contents(ctx, path)
	if f, is := unreadable(path, err); is {
		return f.String(), nil
	}
	if err != nil {
		return "", err
	}
	if faults := c.Faults(); len(faults) > 0 {
		return faults[0].String(), nil
	}
	return "", nil
}
