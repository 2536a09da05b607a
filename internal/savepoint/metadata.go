package savepoint

import "github.com/sluice-flink/sluice/internal/flink"

// Metadata is what a _metadata file says.
type Metadata struct {
	Version      int           `json:"version"` // of the file's format: 2 to 6
	CheckpointID int64         `json:"checkpointId"`
	Properties   *Properties   `json:"properties,omitempty"` // nil before format 4 (Flink 1.15)
	MasterStates []MasterState `json:"masterStates"`
	Operators    []Operator    `json:"operators"`
}

// Properties say what kind of snapshot it is, in Flink's own words.
type Properties struct {
	Savepoint bool   `json:"savepoint"`        // false: a checkpoint
	Type      string `json:"type"`             // such as "Savepoint", "Suspend Savepoint", "Checkpoint"
	Format    string `json:"format,omitempty"` // CANONICAL or NATIVE; savepoints only
}

// MasterState is state of a hook of the JobManager. Its bytes are skipped.
type MasterState struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Size    int64  `json:"size"` // bytes
}

// Operator is the state of one operator.
type Operator struct {
	ID             string    `json:"id"`             // 32 hexadecimal digits
	Name           string    `json:"name,omitempty"` // since format 5
	UID            string    `json:"uid,omitempty"`  // since format 5
	Parallelism    int       `json:"parallelism"`
	MaxParallelism int       `json:"maxParallelism"`
	Coordinator    int64     `json:"coordinator"` // bytes of its coordinator's state; -1: none
	Finished       bool      `json:"finished"`    // all of its subtasks had finished
	Subtasks       []Subtask `json:"subtasks"`
}

// Subtask is the state of one subtask.
type Subtask struct {
	Index    int      `json:"index"`
	Finished bool     `json:"finished"`
	Handles  []Handle `json:"handles"`
}

// Handle is one piece of state and where it lies.
type Handle struct {
	Part          Part  `json:"part"`
	Kind          Kind  `json:"kind"`
	FirstKeyGroup int   `json:"firstKeyGroup"`
	KeyGroups     int   `json:"keyGroups"` // 0: not keyed state
	Place         Place `json:"place"`
	// File is as Flink wrote it: a name relative to the savepoint, or a URI. Empty for what lies in _metadata itself.
	File string `json:"file,omitempty"`
	From int64  `json:"from"` // first byte of a segment
	Size int64  `json:"size"` // bytes, as Flink counted them
}

// Part says which state of a subtask a handle belongs to.
type Part string

// The parts.
const (
	ManagedOperator Part = "managed operator"
	RawOperator     Part = "raw operator"
	ManagedKeyed    Part = "managed keyed"
	RawKeyed        Part = "raw keyed"
	InputChannels   Part = "input channels"
	OutputChannels  Part = "output channels"
)

// Kind says what a handle is.
type Kind string

// The kinds of handle.
const (
	OperatorState       Kind = "operator state"
	KeyGroupState       Kind = "key groups"
	SavepointKeyGroups  Kind = "savepoint key groups" // of a canonical savepoint
	IncrementalMetadata Kind = "incremental metadata" // RocksDB: names its files
	IncrementalShared   Kind = "incremental shared"   // RocksDB: files that several checkpoints may refer to
	IncrementalPrivate  Kind = "incremental private"
	ChangelogInMemory   Kind = "changelog in memory"
	ChangelogFile       Kind = "changelog file"
	ChannelState        Kind = "channel state"
)

// Place says where the bytes of a handle lie.
type Place string

// The places.
const (
	Inline   Place = "inline"   // in _metadata
	Relative Place = "relative" // a file in the savepoint's own directory
	Absolute Place = "absolute" // a file anywhere
	Segment  Place = "segment"  // a part of a file anywhere (merged files, since Flink 1.20)
	Nowhere  Place = "nowhere"  // no bytes
)

// File is a file that handles refer to.
type File struct {
	Name     string `json:"name"`     // relative to the savepoint, or a URI
	Relative bool   `json:"relative"` // to the savepoint's directory
	Size     int64  `json:"size"`     // bytes
	AtLeast  bool   `json:"atLeast"`  // it may be larger: a merged or compressed file
}

// Handles calls yield for every handle, until it says false. (An iter.Seq.)
func (m Metadata) Handles(yield func(Handle) bool) {
	for _, o := range m.Operators {
		for _, s := range o.Subtasks {
			for _, h := range s.Handles {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// Files lists every file that is referred to, each once, in the order in which
// they are first named. Two sizes for one file are damage.
func (m Metadata) Files() ([]File, error) {
	at, files := map[string]int{}, []File(nil)
	for h := range m.Handles {
		if h.File == "" {
			continue
		}
		f := h.file()
		i, known := at[f.Name]
		switch {
		case !known:
			at[f.Name] = len(files)
			files = append(files, f)
		case files[i].AtLeast:
			files[i].Size = max(files[i].Size, f.Size)
		case files[i].Size != f.Size:
			return nil, flink.Errorf(flink.Invalid, readOp, "%w: it gives the file %q %d bytes in one place and %d in another", ErrDamaged, f.Name, files[i].Size, f.Size)
		}
	}
	return files, nil
}

// file is the file of a handle. The changelog counts bytes before it packs
// them, so that its sizes are no sizes of files (OutputStreamWithPos in
// Flink's flink-dstl-dfs).
func (h Handle) file() File {
	f := File{Name: h.File, Relative: h.Place == Relative, Size: h.Size}
	switch {
	case h.Kind == ChangelogFile:
		f.Size, f.AtLeast = 0, true
	case h.Place == Segment:
		f.Size, f.AtLeast = h.From+h.Size, true
	}
	return f
}
