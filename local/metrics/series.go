package metrics

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// Datum is one data point of one metric.
type Datum struct {
	Namespace, Name string
	Dimensions      map[string]string
	At              time.Time
	Value           float64
}

// Limits of a data point.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
const (
	maxDimensions = 30
	oldest        = 14 * 24 * time.Hour
	newest        = 2 * time.Hour
)

func (d Datum) check(now time.Time) error {
	switch {
	case d.Namespace == "" || d.Name == "":
		return fmt.Errorf("a data point needs a namespace and a name")
	case len(d.Dimensions) > maxDimensions:
		return fmt.Errorf("metric %s has %d dimensions, at most %d are allowed", d.Name, len(d.Dimensions), maxDimensions)
	case math.IsNaN(d.Value) || math.IsInf(d.Value, 0):
		return fmt.Errorf("the value of metric %s is no number", d.Name)
	case now.Sub(d.At) > oldest || d.At.Sub(now) > newest:
		return fmt.Errorf("the data point of metric %s at %s is too far from now", d.Name, d.At.Format(time.RFC3339))
	}
	return nil
}

// statistics of what was put within a minute.
type statistics struct{ sum, count, min, max float64 }

func (s statistics) with(o statistics) statistics {
	if s.count == 0 {
		return o
	}
	return statistics{s.sum + o.sum, s.count + o.count, min(s.min, o.min), max(s.max, o.max)}
}

func (s statistics) of(name string) float64 {
	switch name {
	case maximum:
		return s.max
	case minimum:
		return s.min
	case sum:
		return s.sum
	case sampleCount:
		return s.count
	}
	return s.sum / s.count
}

// series is one metric: what was put, by minute.
type series struct {
	namespace, name string
	dimensions      map[string]string
	minutes         map[int64]statistics // by seconds since 1970, of the minute's begin
}

func (s *series) add(d Datum) {
	minute := d.At.Unix() / 60 * 60
	s.minutes[minute] = s.minutes[minute].with(statistics{d.Value, 1, d.Value, d.Value})
}

// point is what a statistic says of one period; there is none where no data is.
type point struct {
	at    time.Time // the period's begin
	value float64
	there bool
}

// points gives n whole periods that ended at end at the latest, oldest first.
func (s *series) points(statistic string, period, n int, end time.Time) []point {
	length := int64(period)
	last := end.Unix()/length*length - length
	out := make([]point, n)
	for i := range out {
		begin := last - int64(n-1-i)*length
		var all statistics
		for minute := begin; minute < begin+length; minute += 60 {
			if m, there := s.minutes[minute]; there {
				all = all.with(m)
			}
		}
		out[i] = point{at: time.Unix(begin, 0).UTC(), there: all.count > 0}
		if all.count > 0 {
			out[i].value = all.of(statistic)
		}
	}
	return out
}

// forget drops what no alarm looks at any more, and reports whether nothing is left.
func (s *series) forget(now time.Time) bool {
	before := now.Add(-2 * maxRange * time.Second).Unix()
	maps.DeleteFunc(s.minutes, func(minute int64, _ statistics) bool { return minute < before })
	return len(s.minutes) == 0
}

// keyOf is the identity of a metric: its names and all of its dimensions.
func keyOf(namespace, name string, dimensions map[string]string) string {
	text, err := json.Marshal([]any{namespace, name, dimensions}) // maps are written in order
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(text)
}

// matches tells whether a series is one of a query: the dimensions are those, and no others.
func (q query) matches(s *series) bool {
	return s.namespace == q.namespace && s.name == q.metric && slices.Equal(slices.Sorted(maps.Keys(s.dimensions)), q.dimensions)
}
