package savepoint

// The types of handle in the file (MetadataV2V3SerializerBase in Flink). One
// number space serves streams, operator state and keyed state.
const (
	typeNull = iota
	typeBytes
	typeFile
	typeKeyGroups
	typePartitionable
	typeIncremental
	typeRelativeFile
	typeSavepointKeyGroups
	typeChangelog
	typeChangelogInMemory
	typeChangelogFile
	typeIncrementalV2
	typeKeyGroupsV2
	typeChangelogFileV2
	typeChangelogV2
	typeSegment
	typeEmptySegment
	typePartitionableSegment
)

// stream reads a handle of bytes: where they lie and how many they are.
func (in *input) stream(depth int) Handle {
	switch t := in.byte(); t {
	case typeNull, typeEmptySegment:
		return Handle{Place: Nowhere}
	case typeBytes:
		in.text() // a name that nobody uses
		return Handle{Place: Inline, Size: in.blob("state")}
	case typeFile:
		return in.named(Handle{Place: Absolute, Size: in.size("a file"), File: in.text()})
	case typeRelativeFile:
		return in.named(Handle{Place: Relative, File: in.text(), Size: in.size("a file")})
	case typeKeyGroups:
		if depth >= maxDepth {
			in.damaged("more than %d handles within each other", maxDepth)
			return Handle{}
		}
		in.keyGroupOffsets()
		return in.stream(depth + 1)
	case typeSegment:
		h := Handle{Place: Segment, From: in.size("a segment's beginning"), Size: in.size("a segment")}
		if h.From+h.Size < h.From {
			in.damaged("a segment that ends beyond every file")
		}
		in.scope()
		h.File = in.text()
		in.text() // the logical file's id
		return in.named(h)
	default:
		in.unsupported("a handle of bytes of the unknown type %d", t)
		return Handle{}
	}
}

// named makes sure that a file has a name.
func (in *input) named(h Handle) Handle {
	if in.err == nil && h.File == "" {
		in.damaged("a file without a name")
	}
	return h
}

// scope reads who owns a segment (CheckpointedStateScope: exclusive, shared).
func (in *input) scope() {
	if s := in.int(); s < 0 || s > 1 {
		in.unsupported("a segment of the unknown scope %d", s)
	}
}

// keyGroups reads a range of key groups: the first and how many.
func (in *input) keyGroups() (first, n int) {
	first, n = in.int(), in.int()
	if first < 0 || n < 0 || n > maxKeyGroups || first > maxKeyGroups {
		in.damaged("%d key groups from %d on", n, first)
	}
	return first, n
}

func (in *input) keyGroupOffsets() (first, n int) {
	first, n = in.keyGroups()
	in.skip(int64(n) * 8)
	return first, n
}

// operatorState reads state that is split by elements of lists.
func (in *input) operatorState(keep func(Handle)) {
	t := in.byte()
	switch t {
	case typeNull:
		return
	case typePartitionable, typePartitionableSegment:
	default:
		in.unsupported("a handle of operator state of the unknown type %d", t)
	}
	for i, n := 0, in.count("states of an operator"); in.more(i, n); i++ {
		in.text() // the state's name
		if mode := in.byte(); mode > 2 {
			in.unsupported("operator state of the unknown mode %d", mode)
		}
		in.skip(int64(in.count("offsets")) * 8)
	}
	if t == typePartitionableSegment {
		in.text() // the task's directory
		in.text() // the shared directory
		in.byte() // whether it is empty
	}
	h := in.stream(0)
	h.Kind = OperatorState
	in.keep(h, keep)
}

// keep hands a handle on that refers to something.
func (in *input) keep(h Handle, keep func(Handle)) {
	if in.err == nil && h.Place != Nowhere {
		keep(h)
	}
}

// channels reads what was under way between subtasks (unaligned checkpoints).
func (in *input) channels(version int, keep func(Handle)) {
	for i, n := 0, in.count("channels"); in.more(i, n); i++ {
		if version < mergedSince || in.channelType() {
			in.channel(keep)
		} else {
			in.mergedChannels(keep)
		}
	}
}

// channelType says whether it is one channel; otherwise it is several in one.
func (in *input) channelType() bool {
	t := in.byte()
	if t < 1 || t > 4 {
		in.unsupported("channel state of the unknown type %d", t)
	}
	return t < 3
}

func (in *input) channel(keep func(Handle)) {
	in.skip(3 * 4) // subtask, gate or partition, channel or subpartition
	in.skip(int64(in.count("offsets")) * 8)
	in.size("channel state")
	in.channelStream(keep)
}

func (in *input) mergedChannels(keep func(Handle)) {
	in.skip(4) // subtask
	in.size("channel state")
	in.channelStream(keep)
	in.blob("channel offsets")
}

func (in *input) channelStream(keep func(Handle)) {
	h := in.stream(0)
	h.Kind = ChannelState
	in.keep(h, keep)
}
