package savepoint

import (
	"fmt"
	"io"
)

// magic begins every _metadata (Checkpoints.HEADER_MAGIC_NUMBER in Flink).
const magic = 0x4960672d

// masterMagic begins every master state.
const masterMagic = 0xc96b1696

// The formats that are read, and the Flink that first wrote them.
const (
	oldestVersion     = 2 // 1.3 (and 1.8 for what is still restored)
	coordinatorsSince = 3 // 1.11: coordinators, finished subtasks, channel state
	propertiesSince   = 4 // 1.15: properties at the end
	namesSince        = 5 // 2.0: names and uids of operators
	mergedSince       = 6 // 2.1: channel state has types
	newestVersion     = 6
)

// Read reads a _metadata. It reads no more than 256 MiB and keeps no bytes of
// state. Errors are flink.Error: Invalid with ErrDamaged or ErrUnsupported in
// the chain, or whatever the source failed with.
//
// The format is that of Flink's MetadataV2Serializer to MetadataV6Serializer;
// nothing in it but its structure tells damage: there is no checksum.
func Read(r io.Reader) (Metadata, error) { return readAll(newInput(r)) }

// readLean reads the same and keeps no subtasks, for who only asks what it is.
func readLean(r io.Reader) (Metadata, error) {
	in := newInput(r)
	in.lean = true
	return readAll(in)
}

func readAll(in *input) (Metadata, error) {
	m := in.metadata()
	if in.err == nil {
		in.end()
	}
	if in.err != nil {
		return Metadata{}, in.err
	}
	return m, nil
}

func (in *input) metadata() Metadata {
	if head := uint32(in.int()); head != magic { //nolint:gosec // the same four bytes
		in.damaged("it begins with %08x and a _metadata with %08x", head, magic)
	}
	m := Metadata{Version: in.int(), MasterStates: []MasterState{}, Operators: []Operator{}}
	if m.Version < oldestVersion || m.Version > newestVersion {
		in.unsupported("its format is version %d; versions %d to %d are read", m.Version, oldestVersion, newestVersion)
	}
	if m.CheckpointID = in.long(); m.CheckpointID < 0 {
		in.damaged("the checkpoint's id is %d", m.CheckpointID)
	}
	for i, n := 0, in.count("master states"); in.more(i, n) && in.counted(); i++ {
		m.MasterStates = append(m.MasterStates, in.masterState())
	}
	n := in.count("operators")
	if n > maxOperators {
		in.unsupported("it has %d operators; at most %d are read", n, maxOperators)
	}
	for i := 0; in.more(i, n); i++ {
		m.Operators = append(m.Operators, in.operator(m.Version))
	}
	if m.Version >= propertiesSince && in.err == nil {
		m.Properties = in.properties()
	}
	return m
}

// end makes sure that nothing follows.
func (in *input) end() {
	if _, err := in.r.ReadByte(); err == nil {
		in.damaged("something follows its end")
	} else if err != io.EOF {
		in.broken(err)
	}
}

func (in *input) masterState() MasterState {
	if head := uint32(in.int()); head != masterMagic { //nolint:gosec // the same four bytes
		in.damaged("a master state begins with %08x instead of %08x", head, uint32(masterMagic))
	}
	length := int64(in.count("bytes of a master state"))
	from := in.at
	s := MasterState{Version: in.int(), Name: in.text()}
	s.Size = in.blob("a master state")
	if in.err == nil && in.at-from != length {
		in.damaged("a master state has %d bytes and says %d", in.at-from, length)
	}
	return s
}

func (in *input) operator(version int) Operator {
	o := Operator{Coordinator: -1, Subtasks: []Subtask{}}
	if version >= namesSince {
		o.Name, o.UID = in.text(), in.text()
	}
	lower, upper := in.long(), in.long()
	o.ID = fmt.Sprintf("%016x%016x", uint64(lower), uint64(upper)) //nolint:gosec // the same bits
	o.Parallelism, o.MaxParallelism = in.int(), in.int()
	if in.err == nil && (o.Parallelism < 1 || o.Parallelism > o.MaxParallelism || o.MaxParallelism > maxKeyGroups) {
		in.damaged("an operator of parallelism %d and maximum parallelism %d", o.Parallelism, o.MaxParallelism)
	}
	if version < coordinatorsSince {
		in.int() // the length of its chain until Flink 1.3
	} else if c := in.stream(0); c.Place == Inline {
		o.Coordinator = c.Size
	} else if c.Place != Nowhere {
		in.damaged("a coordinator's state that lies in a file")
	}
	in.subtasks(&o, version)
	return o
}

// subtasks reads the subtasks of an operator; a negative number of them says
// that all had finished.
func (in *input) subtasks(o *Operator, version int) {
	n := in.int()
	if n < 0 && version >= coordinatorsSince {
		if o.Finished = true; o.Coordinator >= 0 {
			in.damaged("a finished operator whose coordinator has state")
		}
		return
	}
	if n < 0 || n > o.Parallelism {
		in.damaged("an operator of parallelism %d has %d subtasks", o.Parallelism, n)
	}
	for i := 0; in.more(i, n) && in.counted(); i++ {
		s := Subtask{Index: in.int(), Handles: []Handle{}}
		if s.Index < 0 && version >= coordinatorsSince {
			s.Index, s.Finished = -s.Index-1, true
		}
		if s.Index < 0 || s.Index >= o.Parallelism {
			in.damaged("subtask %d of an operator of parallelism %d", s.Index, o.Parallelism)
		}
		if !s.Finished {
			in.subtask(&s, version)
		}
		if !in.lean {
			o.Subtasks = append(o.Subtasks, s)
		}
	}
}

func (in *input) subtask(s *Subtask, version int) {
	if version < coordinatorsSince {
		in.long() // how long it took, until Flink 1.3
		if n := in.int(); n > 0 {
			in.unsupported("it holds state of Flink 1.1 or older, which no Flink of today restores")
		}
	}
	keep := func(part Part) func(Handle) {
		return func(h Handle) {
			if h.Part = part; in.counted() && !in.lean {
				s.Handles = append(s.Handles, h)
			}
		}
	}
	for _, part := range []Part{ManagedOperator, RawOperator} {
		if in.int() != 0 {
			in.operatorState(keep(part))
		}
	}
	in.keyed(0, keep(ManagedKeyed))
	in.keyed(0, keep(RawKeyed))
	if version >= coordinatorsSince {
		in.channels(version, keep(InputChannels))
		in.channels(version, keep(OutputChannels))
	}
}
