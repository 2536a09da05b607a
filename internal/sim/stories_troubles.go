package sim

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// answering has a policy that does those things about alarms.
func (s Schedule) answering(steps ...flink.RemediationStep) Schedule {
	s.Repairs = steps
	return s
}

// fails has the job end for good.
func (s Schedule) fails(at time.Duration) Schedule { return s.with(Fault{Kind: JobFails, At: at}) }

// alarm goes off, for as long as the job is unwell, unless it says otherwise.
func (s Schedule) alarm(id string, at time.Duration, a Alarm) Schedule {
	a.State = events.AlarmRaised
	s.Events = append(s.Events[:len(s.Events):len(s.Events)], Event{ID: id, At: at, Arrive: []time.Duration{0}, Alarm: &a})
	return s
}

// tick has the timer tick.
func (s Schedule) tick(id string, at time.Duration) Schedule {
	s.Rotates = true
	s.Events = append(s.Events[:len(s.Events):len(s.Events)], Event{ID: id, At: at, Arrive: []time.Duration{0}, Tick: &Tick{}})
	return s
}

// repaired has a job fail, and an alarm that is called "it".
func repaired() Schedule {
	return soon("plain", "good").answering(flink.StepRestart, flink.StepEscalate).fails(3*time.Minute).alarm("it", 190*time.Second, Alarm{Name: app.Name + "-restarts"})
}

// storm has three alarms go off when a job fails, one of them twice.
func storm() Schedule {
	s := repaired()
	for n, name := range []string{"lag", "age", "restarts"} {
		s = s.alarm(fmt.Sprintf("a%d", n), 191*time.Second+time.Duration(n)*5*time.Second, Alarm{Name: app.Name + "-" + name})
	}
	s.Events[len(s.Events)-1].Arrive = []time.Duration{0, 20 * time.Second}
	return s
}

// everyTenMinutes has a job fail once more than its policy allows to repair it.
func everyTenMinutes() Schedule {
	s := soon("plain", "good").answering(flink.StepRestart, flink.StepEscalate)
	for n := range maxPerDay + 2 {
		at := time.Duration(n+1) * 10 * time.Minute
		s = s.fails(at).alarm(fmt.Sprintf("a%d", n), at+10*time.Second, Alarm{Name: app.Name + "-restarts"})
	}
	return s
}

// beyondRepair has a version fail that does not come up again with its state.
func beyondRepair() Schedule {
	return soon("plain", "fails-on-restore").answering(flink.StepRestart, flink.StepEscalate).fails(3*time.Minute).alarm("it", 190*time.Second, Alarm{Name: app.Name + "-restarts"})
}

// toldFiveTimes has the event of an alarm delivered five times, and the last of
// them decided about when its incident is over and another one open.
func toldFiveTimes() Schedule {
	ms := time.Millisecond
	s := soon("before", "good", "good").answering(flink.StepRestart, flink.StepScale, flink.StepSuspend).
		alarm("u4", 215083*ms, Alarm{Name: app.Name + "-restarts"}).alarm("u5", 215389*ms, Alarm{Name: app.Name + "-lag", Of: ByName})
	s.Seed, s.Rotates = 4782, true
	s.Events[1] = Event{ID: "u2", At: 42951 * ms, Key: app.String() + "/job.jar", Version: "good"}
	s.Events[2] = Event{ID: "u3", At: 181142 * ms, Key: app.String() + "/v3.jar", Version: "good"}
	for n, after := range [][]time.Duration{{82}, {46}, {197}, {87, 87, 88, 49, 199}, {198}} {
		s.Events[n].Arrive = nil
		for _, d := range after {
			s.Events[n].Arrive = append(s.Events[n].Arrive, d*ms)
		}
	}
	return s
}

// paused has the timer pause, so that all savepoints but the newest outlive the policy.
func paused() Schedule {
	return soon("plain", "good").tick("t0", 5*time.Minute).tick("t1", 10*time.Minute).tick("late", 25*time.Minute)
}

// takenAway has a first version fail, and be taken away, while an alarm of its
// name is open that the cluster could not be asked about.
func takenAway() Schedule {
	ms := time.Millisecond
	s := soon("plain", "good").answering(flink.StepRestart, flink.StepScale, flink.StepSuspend).with(Fault{Kind: ClusterAway, At: 8488 * ms, For: 359662 * ms}).
		fails(148075*ms).alarm("u3", 261536*ms, Alarm{Name: app.Name + "-restarts", Of: OfNobody})
	s.Seed = 1722
	for n, after := range []time.Duration{51, 64, 27} {
		s.Events[n].Arrive = []time.Duration{after * ms}
	}
	return s
}

// rotated has savepoints taken every five minutes from a job that was restarted
// from one; the last tick is called "it".
func rotated(ticks int) Schedule {
	s := soon("plain", "good").wants("u2", 2*time.Minute, 0, flink.Change{Kind: flink.Restart, By: "ann"})
	for n := range ticks - 1 {
		s = s.tick(fmt.Sprintf("t%d", n), time.Duration(n+1)*5*time.Minute)
	}
	return s.tick("it", time.Duration(ticks)*5*time.Minute)
}

// rotatedMeanwhile has the timer tick while a release is in flight.
func rotatedMeanwhile() Schedule {
	return soon("plain", "good", "good").tick("t0", 125*time.Second+5*time.Second).tick("t1", 5*time.Minute)
}
