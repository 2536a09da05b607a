package figures

import (
	"fmt"

	"github.com/sluice-flink/sluice/infra/cost"
)

// What is asked of it.
const (
	standingGoalAt   = 200 // applications
	maxStanding      = 1.0 // dollars an application and month
	sickHoursOfMonth = 8.0 // of each application, for the tables: something is wrong with one of ninety at any time
)

func standingGoal() Goal {
	each := fleet(standingGoalAt).Sparse().Total() / standingGoalAt
	return Goal{fmt.Sprintf("standing cost of an application and month at %d applications: probe, ticks, metrics and alarms", standingGoalAt),
		fmt.Sprintf("$%.3f", each), fmt.Sprintf("at most $%.0f", maxStanding), each <= maxStanding, "computed"}
}

// standingTable stands beside the cost of a release, where that was measured.
func (r Results) standingTable() string {
	if r.Release.Transitions == 0 {
		return ""
	}
	var rows [][]string
	for _, n := range []int{10, 100, 200, 1000} {
		f := fleet(n)
		for _, design := range []struct {
			name string
			cost cost.Standing
		}{{"sparse, one alarm for all", f.Sparse()}, {"sparse, an alarm each", f.Each()}, {"dense, an alarm each", f.Dense()}} {
			c := design.cost
			row := []string{fmt.Sprint(n), design.name}
			for _, part := range []float64{c.Probe, c.Ticks, c.Reads, c.Requests, c.Metrics, c.Alarms, c.Total()} {
				row = append(row, fmt.Sprintf("%.2f", part))
			}
			rows = append(rows, append(row, fmt.Sprintf("%.3f", c.Total()/float64(n))))
		}
	}
	note := fmt.Sprintf("Computed at list prices of us-east-1 without free tiers (`infra/cost/standing.go`), dollars a month; each application is sick for %.0f hours of it. The first design is the one in the template.", sickHoursOfMonth)
	return table("Standing cost", note, []string{"applications", "design", "probe", "ticks of rotate and recover", "S3 reads of the probe", "PutMetricData", "metrics", "alarms", "all", "an application"}, rows)
}

func fleet(applications int) cost.Fleet {
	return cost.Fleet{Applications: applications, SickHours: sickHoursOfMonth, Prices: list}
}
