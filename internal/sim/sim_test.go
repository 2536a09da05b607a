package sim

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestSurvey(t *testing.T) {
	parts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(os.Getenv("N"))
	show := os.Getenv("SHOW")
	count := map[string][]uint64{}
	ends := map[string]int{}
	from, _ := strconv.Atoi(os.Getenv("FROM"))
	for seed := uint64(from); seed < uint64(from+n); seed++ {
		o := Run(parts, Generate(seed), Mutant{}, false)
		for k, v := range o.Endings {
			ends[k] += v
		}
		if o.Violation != nil {
			count[o.Violation.Rule] = append(count[o.Violation.Rule], seed)
		}
	}
	for k, v := range count {
		s := Shrink(parts, Generate(v[0]), Mutant{})
		o := Run(parts, s, Mutant{}, true)
		fmt.Println("=====", k, len(v), v[:min(len(v), 8)])
		fmt.Println(s.String(), o.Violation)
		if show == k {
			fmt.Println(strings.Join(o.Trace, "\n"))
		}
	}
	fmt.Println(ends)
}
