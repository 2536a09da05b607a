package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAnIntervalIsThatOfTheSignTest(t *testing.T) {
	// The places are those of published tables of the sign test at 95 %.
	cases := map[int]struct{ low, high float64 }{6: {1, 6}, 8: {1, 8}, 9: {2, 8}, 15: {4, 12}, 20: {6, 15}, 25: {8, 18}, 100: {40, 61}}
	for n, want := range cases {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(n - i)
		}
		s := Of(values)
		if !s.Bounded || s.Low != want.low || s.High != want.high || s.Median != float64(n+1)/2 || s.N != n {
			t.Errorf("%d values: %+v, want %v", n, s, want)
		}
		if values[0] != float64(n) {
			t.Error("the values were sorted in place")
		}
	}
}

func TestFewValuesHaveExtremesAndNoBound(t *testing.T) {
	if s := Of([]float64{3, 1, 2, 9}); s.Bounded || s.Low != 1 || s.High != 9 || s.Median != 2.5 {
		t.Errorf("%+v", s)
	}
	if s := Of(nil); s.N != 0 || !math.IsNaN(s.Median) || s.Bounded {
		t.Errorf("%+v", s)
	}
}

func TestAnIntervalHoldsTheMedianAsOftenAsItSays(t *testing.T) {
	random, held := rand.New(rand.NewPCG(1, 2)), 0
	const rounds = 4000
	for range rounds {
		values := make([]float64, 15)
		for i := range values {
			values[i] = random.ExpFloat64() // its median is ln 2
		}
		if s := Of(values); s.Low <= math.Ln2 && math.Ln2 <= s.High {
			held++
		}
	}
	if share := float64(held) / rounds; share < Confidence-0.01 {
		t.Errorf("%.3f of the intervals held the median", share)
	}
}

func TestOneRuinedValueMovesTheIntervalByOnePlace(t *testing.T) {
	values := []float64{10, 11, 12, 13, 14, 15, 16, 17, 18}
	values[8] = 1e9
	if s := Of(values); s.Median != 14 || s.Low != 11 || s.High != 17 {
		t.Errorf("%+v", s)
	}
}
