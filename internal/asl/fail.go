package asl

// failState ends the execution, or the branch or iteration, with an error.
type failState struct {
	common
	err, cause *template
}

func parseFail(f *fields, c common, _ map[string]bool) state {
	return &failState{common: c, err: f.textTemplate("Error"), cause: f.textTemplate("Cause")}
}

func (s *failState) run(v *visit) (exit, *Error) {
	name, err := v.text(s.err, "Error")
	if err != nil {
		return exit{}, err
	}
	cause, err := v.text(s.cause, "Cause")
	if err != nil {
		return exit{}, err
	}
	return exit{}, &Error{name, cause}
}

// textTemplate reads a field that is a string or an expression.
func (f *fields) textTemplate(name string) *template {
	value := f.template(name)
	if value != nil && value.kind != expression && (value.kind != literal || typeOf(value.literal) != "string") {
		f.fault(name, "must be a string or an expression")
		return nil
	}
	return value
}
