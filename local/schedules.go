package local

import (
	"context"
	"fmt"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/schedule"
)

// scheduled is a schedule and what it calls.
type scheduled struct {
	schedule.Schedule
	to bus.Target
}

// scheduled reads the stack's enabled schedules.
func (p *Plane) scheduled() ([]scheduled, error) {
	var all []scheduled
	for _, s := range p.stack.Schedules {
		when, err := schedule.Parse(s.Expression)
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %w", s.Logical, err)
		}
		if !s.Enabled {
			continue
		}
		to := bus.Target{ID: s.Name, ARN: s.Target.ARN, Queue: p.queueName(s.Target.DeadLetter), MaxAge: s.Target.MaxAge, Retries: s.Target.Retries}
		all = append(all, scheduled{Schedule: schedule.Schedule{ARN: s.ARN, When: when, Input: s.Input}, to: to})
	}
	return all, nil
}

// run lets the schedules run, and alarms look, until the plane closes.
func (p *Plane) run(all []scheduled) {
	ctx, stop := context.WithCancel(context.Background())
	p.unschedule = stop
	p.schedules.Go(func() { p.metrics.Run(ctx) })
	for _, s := range all {
		p.schedules.Go(func() {
			s.Run(ctx, asl.RealClock{}, func(payload []byte) {
				if err := p.bus.Send(s.ARN, s.to, payload); err != nil {
					p.log.printf("schedule %s was due, and could not call %s: %v", s.ARN, s.to.ARN, err)
				}
			})
		})
	}
}
