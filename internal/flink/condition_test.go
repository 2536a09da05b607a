package flink_test

import (
	"math"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAConditionHoldsForTheNumbersItNames(t *testing.T) {
	cases := map[string]struct{ yes, no []float64 }{
		"result < 0.01":     {[]float64{0, 0.0099, -1, math.Inf(-1)}, []float64{0.01, 1, math.Inf(1), math.NaN()}},
		"result<=5":         {[]float64{5, 4.9}, []float64{5.1}},
		" result  >  1e3 ":  {[]float64{1000.5}, []float64{1000}},
		"result >= -.5":     {[]float64{-0.5, 0}, []float64{-0.6}},
		"result == 1":       {[]float64{1}, []float64{0, math.NaN()}},
		"result != 0":       {[]float64{1, -1}, []float64{0, math.NaN()}},
		"result < +2.5E-1 ": {[]float64{0.2}, []float64{0.25}},
	}
	for text, c := range cases {
		condition, err := flink.ParseCondition(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for _, n := range c.yes {
			if !condition.Holds(n) {
				t.Errorf("%q does not hold for %v", text, n)
			}
		}
		for _, n := range c.no {
			if condition.Holds(n) {
				t.Errorf("%q holds for %v", text, n)
			}
		}
	}
}

func TestWhatIsNoConditionSaysHowOneLooks(t *testing.T) {
	for _, text := range []string{"", "result", "result < ", "result << 1", "result < abc", "value < 1", "result = 1", "result < 1 and result > 0",
		"result < 1.2.3", "result < 1e999", "result < NaN", "result[0] < 1", "0.01 > result", "result =< 1"} {
		if _, err := flink.ParseCondition(text); err == nil || !strings.Contains(err.Error(), "result < 0.01") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAConditionIsWrittenAsItIsRead(t *testing.T) {
	c, err := flink.ParseCondition("result<=1e-2")
	if err != nil || c.String() != "result <= 0.01" {
		t.Errorf("got %s, %v", c, err)
	}
}
