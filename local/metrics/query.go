package metrics

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// query is a Metrics Insights query that yields one series for each value of
// the dimensions.
type query struct {
	namespace, metric, statistic string
	dimensions                   []string
}

// queryForm is the one form that is understood. It groups by the dimensions it
// selects by, and says which series come first, as a multi-series alarm has to.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
var queryForm = regexp.MustCompile(`^SELECT (MAX|MIN|SUM|AVG)\((\w+)\) FROM SCHEMA\("([^"]+)", ([\w, ]+)\) GROUP BY ([\w, ]+) ORDER BY (MAX|MIN|SUM|AVG)\(\) DESC$`)

var statisticOf = map[string]string{"MAX": maximum, "MIN": minimum, "SUM": sum, "AVG": average}

func parseQuery(text string) (query, error) {
	parts := queryForm.FindStringSubmatch(text)
	if parts == nil || parts[4] != parts[5] {
		return query{}, fmt.Errorf(`the query %q is not understood here: write SELECT MAX(Metric) FROM SCHEMA("Namespace", A, B) GROUP BY A, B ORDER BY MAX() DESC`, text)
	}
	q := query{namespace: parts[3], metric: parts[2], statistic: statisticOf[parts[1]]}
	for name := range strings.SplitSeq(parts[4], ",") {
		q.dimensions = append(q.dimensions, strings.TrimSpace(name))
	}
	slices.Sort(q.dimensions)
	return q, nil
}
