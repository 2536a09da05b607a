package stats

import (
	"math"
	"slices"
)

// Confidence is the least probability with which an interval holds the median.
const Confidence = 0.95

// Summary is a median and the interval that holds the true one.
type Summary struct {
	N      int
	Median float64 // NaN when there are no values
	// Low and High bound the median with at least Confidence; where there are too
	// few values for that, six are enough, Bounded is false and they are the extremes.
	Low, High float64
	Bounded   bool
}

// Of summarises values, whose order does not count and is left as it is.
func Of(values []float64) Summary {
	n := len(values)
	if n == 0 {
		return Summary{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(values))
	s := Summary{N: n, Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Low: sorted[0], High: sorted[n-1]}
	if k := cut(n); k > 0 {
		s.Low, s.High, s.Bounded = sorted[k-1], sorted[n-k], true
	}
	return s
}

// cut is the largest k for which the k-th smallest and the k-th largest of n
// values enclose the median with Confidence; 0 when there is none. The number of
// values below the median is binomial with one half, whatever the distribution.
func cut(n int) int {
	outside, k := 0.0, 0
	for ; k < n/2; k++ {
		outside += 2 * binomial(n, k)
		if outside > 1-Confidence {
			break
		}
	}
	return k
}

// binomial is the probability of k heads among n throws of a fair coin.
func binomial(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(a - b - c - float64(n)*math.Ln2)
}
