package sim

// Violation is a rule that did not hold.
type Violation struct {
	Rule    string
	Message string
}

func (v Violation) String() string { return v.Rule + ": " + v.Message }

// rule says what is wrong, or nothing.
type rule struct {
	name string
	ask  func() string
}

// check asks the rules in order; the first that does not hold ends the world.
func (w *world) check(rules []rule) {
	if w.broken != nil {
		return
	}
	for _, r := range rules {
		if message := r.ask(); message != "" {
			w.broken = &Violation{r.name, message}
			w.journal.say("", "VIOLATION of %s", w.broken)
			return
		}
	}
}

// stepRules are asked after every call to the outside, about what is new since.
func (w *world) stepRules() []rule {
	var rules []rule
	j := &w.journal
	for ; j.looked < len(j.changes); j.looked++ {
		j.changes[j.looked].Document = j.document
		rules = append(rules, changeRules(j, j.looked)...)
	}
	if j.step != nil {
		rules = append(rules, documentRules(j, *j.step)...)
		rules = append(rules, incidentRules(j, *j.step)...)
		rules = append(rules, recoveryRules(j, *j.step)...)
		j.step = nil
	}
	if id := j.written; id != "" {
		rules = append(rules, recordRules(j, id)...)
		j.written = ""
	}
	if id := j.told; id != "" {
		rules = append(rules, incidentRecordRules(j, id)...)
		j.told = ""
	}
	if path := j.removed; path != "" {
		rules = append(rules, rule{"SnapshotsAreKept", func() string { return snapshotsAreKept(j, path) }})
		j.removed = ""
	}
	return rules
}
