package agree

import "time"

// handful is how many scenarios a rotating run has.
const handful = 3

// rotating is a handful that changes from day to day, so that each scenario has
// its turn before any has its second.
func rotating(all []Scenario, now time.Time) []Scenario {
	days := int(now.Unix() / int64(24*time.Hour/time.Second))
	var some []Scenario
	for n := range min(handful, len(all)) {
		some = append(some, all[(days*handful+n)%len(all)])
	}
	return some
}
