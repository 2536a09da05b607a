package sim

import (
	"fmt"
	"time"
)

// soon uploads a manifest, and jars that do so, two minutes apart.
func soon(manifest string, versions ...string) Schedule {
	s := Schedule{Seed: 1, Events: []Event{{ID: "u0", Key: app.ManifestKey(), Version: manifest, Arrive: []time.Duration{0}}}}
	for n, version := range versions {
		s.Events = append(s.Events, Event{ID: fmt.Sprintf("u%d", n+1), At: 5*time.Second + time.Duration(n)*2*time.Minute,
			Key: fmt.Sprintf("%s/v%d.jar", app, n+1), Version: version, Arrive: []time.Duration{0}})
	}
	return s
}

// crowded has a manifest and then a jar come while a release is in flight.
func crowded() Schedule {
	s := soon("plain", "good", "good", "good")
	s.Events[2].At, s.Events[2].Key, s.Events[2].Version = 12*time.Second, app.ManifestKey(), "other"
	s.Events[3].At = 20 * time.Second
	return s
}

func (s Schedule) with(f Fault) Schedule {
	s.Faults = append(s.Faults[:len(s.Faults):len(s.Faults)], f)
	return s
}

// overwritten has one key written twice, before there is a manifest.
func overwritten() Schedule {
	ms := time.Millisecond
	key := app.String() + "/job.jar"
	return Schedule{Seed: 5748, Events: []Event{
		{ID: "u3", At: 221735 * ms, Key: key, Version: "good", Arrive: []time.Duration{37 * ms, 5 * ms, 154 * ms, 91 * ms}},
		{ID: "u4", At: 221945 * ms, Key: key, Version: "restart-loop", Arrive: []time.Duration{182 * ms}}}}
}

// hung has the second version's apply hang until its own release has brought
// the first one back and has ended.
func hung() Schedule {
	return soon("plain", "good", "restart-loop").with(Fault{Kind: Stall, Of: "u2", Call: "target.Apply", Nth: 2, For: 9 * time.Minute})
}

// applied has the first release stopped after its version runs, the resource
// deleted by hand, and another version uploaded when the lease has run out.
func applied() Schedule {
	s := soon("plain", "good", "good").with(Fault{Kind: StopAt, Of: "u1", Call: "target.Observe", Nth: 6}).with(Fault{Kind: DeleteOutside, At: 70 * time.Second})
	s.Events[2].At = 30 * time.Minute
	return s
}

// edited has somebody edit the resource while a version that never completes a
// checkpoint is watched.
func edited() Schedule {
	return soon("plain", "good", "never-checkpoints").with(Fault{Kind: EditOutside, At: 205 * time.Second})
}
