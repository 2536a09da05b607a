package asl

// succeedState ends the execution, or the branch or iteration it stands in.
type succeedState struct{ common }

func parseSucceed(f *fields, c common, _ map[string]bool) state {
	f.readOutput(&c)
	return &succeedState{c}
}

func (s *succeedState) run(v *visit) (exit, *Error) {
	return v.settle(ending{output: s.output, otherwise: v.input})
}
