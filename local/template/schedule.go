package template

import (
	"fmt"
	"slices"
)

func readSchedule(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		Name, ScheduleExpression, ScheduleExpressionTimezone, State string

		FlexibleTimeWindow struct{ Mode string }
		Target             struct {
			Arn, RoleArn, Input string
			DeadLetterConfig    struct{ Arn string }
			RetryPolicy         retryPolicy
		}
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	switch {
	case p.FlexibleTimeWindow.Mode != "OFF":
		return fmt.Errorf("the FlexibleTimeWindow %q is not understood here: only OFF is", p.FlexibleTimeWindow.Mode)
	case !slices.Contains([]string{"", "UTC", "Etc/UTC"}, p.ScheduleExpressionTimezone): // the last is the CDK's
		return fmt.Errorf("the time zone %s is not understood here: only UTC is", p.ScheduleExpressionTimezone)
	case !slices.Contains([]string{"", "ENABLED", "DISABLED"}, p.State):
		return fmt.Errorf("the state %s is not understood here", p.State)
	}
	input := p.Target.Input
	if input == "" {
		input = "{}"
	}
	to := ruleTarget{Id: id.Name, Arn: p.Target.Arn, RetryPolicy: p.Target.RetryPolicy}
	to.DeadLetterConfig.Arn = p.Target.DeadLetterConfig.Arn
	s.Schedules = append(s.Schedules, Schedule{ID: id, Expression: p.ScheduleExpression, Enabled: p.State != "DISABLED", Input: input, Target: to.target()})
	return nil
}
