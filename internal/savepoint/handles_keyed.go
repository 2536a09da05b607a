package savepoint

// keyed reads a handle of keyed state, and those within it.
func (in *input) keyed(depth int, keep func(Handle)) {
	if depth >= maxDepth {
		in.damaged("more than %d handles within each other", maxDepth)
	}
	if in.err != nil {
		return
	}
	switch t := in.byte(); t {
	case typeNull:
	case typeKeyGroups, typeKeyGroupsV2, typeSavepointKeyGroups:
		in.keyGroupState(t, keep)
	case typeIncremental, typeIncrementalV2:
		in.incremental(t == typeIncrementalV2, keep)
	case typeChangelog, typeChangelogV2:
		in.changelog(t == typeChangelogV2, depth, keep)
	case typeChangelogInMemory:
		in.changelogInMemory(keep)
	case typeChangelogFile, typeChangelogFileV2:
		in.changelogFiles(t == typeChangelogFileV2, keep)
	default:
		in.unsupported("a handle of keyed state of the unknown type %d", t)
	}
}

// keyGroupState is one file with all key groups, written in full.
func (in *input) keyGroupState(t byte, keep func(Handle)) {
	first, n := in.keyGroupOffsets()
	h := in.stream(0)
	h.Kind = KeyGroupState
	if t == typeSavepointKeyGroups {
		h.Kind = SavepointKeyGroups
	}
	if t == typeKeyGroupsV2 {
		in.text() // the handle's id
	}
	h.FirstKeyGroup, h.KeyGroups = first, n
	in.keep(h, keep)
}

// incremental is a list of RocksDB's own files.
func (in *input) incremental(v2 bool, keep func(Handle)) {
	in.long() // checkpoint id
	in.text() // backend id
	first, n := in.keyGroups()
	if v2 {
		in.long() // bytes that this checkpoint added; -1 when nobody knows
	}
	within := func(h Handle, k Kind) {
		h.Kind, h.FirstKeyGroup, h.KeyGroups = k, first, n
		in.keep(h, keep)
	}
	within(in.stream(0), IncrementalMetadata)
	for _, kind := range []Kind{IncrementalShared, IncrementalPrivate} {
		for i, count := 0, in.count("files"); in.more(i, count); i++ {
			in.text() // its name in RocksDB
			within(in.stream(0), kind)
		}
	}
	if v2 {
		in.text() // the handle's id
	}
}

// changelog is state in full, and the changes since.
func (in *input) changelog(v2 bool, depth int, keep func(Handle)) {
	in.keyGroups()
	in.long() // bytes that this checkpoint added
	for range 2 {
		for i, n := 0, in.count("handles of a changelog"); in.more(i, n); i++ {
			in.keyed(depth+1, keep)
		}
	}
	in.long() // materialization id
	if v2 {
		in.long() // checkpoint id
	}
	in.text() // the handle's id
}

func (in *input) changelogInMemory(keep func(Handle)) {
	h := Handle{Kind: ChangelogInMemory, Place: Inline}
	h.FirstKeyGroup, h.KeyGroups = in.keyGroups()
	in.skip(2 * 8) // from, to
	for i, n := 0, in.count("changes"); in.more(i, n); i++ {
		in.int() // key group
		h.Size += in.blob("a change")
	}
	in.text() // the handle's id
	in.keep(h, keep)
}

func (in *input) changelogFiles(v2 bool, keep func(Handle)) {
	first, groups := in.keyGroups()
	for i, n := 0, in.count("files of a changelog"); in.more(i, n); i++ {
		in.long() // where the changes begin
		h := in.stream(0)
		h.Kind, h.FirstKeyGroup, h.KeyGroups = ChangelogFile, first, groups
		in.keep(h, keep)
	}
	in.long() // bytes in all
	in.long() // bytes that this checkpoint added
	in.text() // the handle's id
	if v2 {
		in.text() // the storage's name
	}
}
