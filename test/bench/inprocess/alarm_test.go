package inprocess

import "testing"

func TestEveryAlarmIsAskedForAndActedOnInThatOrder(t *testing.T) {
	a, err := MeasureAlarm(t.Context(), "", 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Acted) != 3 {
		t.Fatalf("%+v", a)
	}
	for i := range a.Acted {
		if a.Asked[i] <= 0 || a.Acted[i] <= a.Asked[i] {
			t.Errorf("asked for after %s, acted on after %s", a.Asked[i], a.Acted[i])
		}
	}
}
