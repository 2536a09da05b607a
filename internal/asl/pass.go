package asl

// passState hands its input on, or its Output.
type passState struct{ common }

func parsePass(f *fields, c common, _ map[string]bool) state {
	f.readAssign(&c)
	f.readOutput(&c)
	f.readTransition(&c)
	return &passState{c}
}

func (s *passState) run(v *visit) (exit, *Error) {
	return v.settle(ending{output: s.output, assign: s.assign, otherwise: v.input, next: s.next})
}
