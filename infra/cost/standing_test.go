package cost

import (
	"math"
	"testing"

	"github.com/sluice-flink/sluice/infra/prices"
)

func TestTheStandingCostIsThatOfItsParts(t *testing.T) {
	// By hand, for 200 applications of which none is ever sick.
	got := Fleet{Applications: 200, Prices: prices.Usual()}.Sparse()
	want := Standing{
		Probe: 43800 * (0.2e-6 + 1e-6 + (0.5+200.0/32*0.5)*0.25*0.0000133334),
		Ticks: 2920*(1e-6+4*25e-6+0.2e-6+(0.5+200*2*0.03/32)*0.5*0.0000133334+400*0.4e-6+1.2*5e-6) +
			8760*(1e-6+4*25e-6+0.2e-6+(0.5+200*0.03/12)*0.5*0.0000133334+200*0.4e-6/12+1.2*5e-6),
		Reads:    43800 * (200*0.4e-6*1.2 + 1.2*5e-6),
		Requests: 0.438, Metrics: 0.30, Alarms: 0.20,
	}
	for name, pair := range map[string][2]float64{"probe": {got.Probe, want.Probe}, "ticks": {got.Ticks, want.Ticks}, "reads": {got.Reads, want.Reads}, "requests": {got.Requests, want.Requests}, "metrics": {got.Metrics, want.Metrics}, "alarms": {got.Alarms, want.Alarms}} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
}

func TestASickApplicationCostsWhatIsSentOfIt(t *testing.T) {
	well, sick := Fleet{Applications: 1, Prices: prices.Usual()}.Sparse(), Fleet{Applications: 1, SickHours: HoursOfMonth, Prices: prices.Usual()}.Sparse()
	reads := 730 * 12 * (0.4e-6 + 0.03*0.5*0.0000133334) // by each tick of recovery, while the incident is open
	if more := sick.Total() - well.Total(); math.Abs(more-2*(0.30+0.10)-reads) > 1e-9 {
		t.Errorf("it costs %v more", more)
	}
}
