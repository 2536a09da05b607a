package figures

import "testing"

func TestTheDesignOfTheTemplateIsTheCheapest(t *testing.T) {
	for _, n := range []int{10, 100, 1000} {
		f := fleet(n)
		if f.Sparse().Total() >= f.Each().Total() || f.Each().Total() >= f.Dense().Total() {
			t.Errorf("%d applications: %v, %v, %v", n, f.Sparse().Total(), f.Each().Total(), f.Dense().Total())
		}
	}
	if !standingGoal().Met {
		t.Errorf("%+v", standingGoal())
	}
}
