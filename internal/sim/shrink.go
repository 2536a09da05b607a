package sim

import "slices"

// Shrink takes parts out of a schedule for as long as the same rule is broken
// without them.
func Shrink(parts Parts, s Schedule, m Mutant) Schedule {
	first := Run(parts, s, m, false).Violation
	if first == nil {
		return s
	}
	for {
		shorter, found := shorten(s, func(try Schedule) bool {
			v := Run(parts, try, m, false).Violation
			return v != nil && v.Rule == first.Rule
		})
		if !found {
			return s
		}
		s = shorter
	}
}

// shorten finds one part that is not needed.
func shorten(s Schedule, broken func(Schedule) bool) (Schedule, bool) {
	for _, try := range shorterOnes(s) {
		if broken(try) {
			return try, true
		}
	}
	return s, false
}

func shorterOnes(s Schedule) []Schedule {
	var all []Schedule
	for i := range s.Faults {
		try := s
		try.Faults = slices.Delete(slices.Clone(s.Faults), i, i+1)
		all = append(all, try)
	}
	for i, u := range s.Events {
		try := s
		try.Events = slices.Delete(slices.Clone(s.Events), i, i+1)
		all = append(all, try)
		for n := range u.Arrive {
			if len(u.Arrive) > 1 {
				try.Events = slices.Clone(s.Events)
				try.Events[i].Arrive = slices.Delete(slices.Clone(u.Arrive), n, n+1)
				all = append(all, try)
			}
		}
	}
	return all
}
