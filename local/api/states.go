package api

import "github.com/sluice-flink/sluice/local/sfn"

// The shapes below are those of
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html,
// as far as Sluice's functions use them.

func startExecution(o Options) operation {
	type request struct {
		StateMachineArn, Name, TraceHeader string
		Input                              *string
	}
	return call(func(in request) (any, error) {
		input := "{}"
		if in.Input != nil {
			input = *in.Input
		}
		e, err := o.States.Start(in.StateMachineArn, in.Name, []byte(input))
		if err != nil {
			return nil, err
		}
		return map[string]any{"executionArn": e.ARN, "startDate": epoch(e.Started)}, nil
	})
}

func describeExecution(o Options) operation {
	type request struct{ ExecutionArn, IncludedData string }
	return call(func(in request) (any, error) {
		e, err := o.States.Describe(in.ExecutionArn)
		if err != nil {
			return nil, err
		}
		return described(e), nil
	})
}

func described(e sfn.Execution) map[string]any {
	out := summary(e)
	out["input"] = string(e.Input)
	if e.Output != nil {
		out["output"] = string(e.Output)
	}
	if e.Error != "" || e.Cause != "" {
		out["error"], out["cause"] = e.Error, e.Cause
	}
	return out
}

func summary(e sfn.Execution) map[string]any {
	out := map[string]any{"executionArn": e.ARN, "name": e.Name, "stateMachineArn": e.MachineARN, "status": e.Status, "startDate": epoch(e.Started)}
	if stop := epoch(e.Ended); stop != nil {
		out["stopDate"] = stop
	}
	return out
}

// listExecutions answers one page: the newest executions, as many as are asked for.
func listExecutions(o Options) operation {
	type request struct {
		StateMachineArn, StatusFilter string
		MaxResults                    int
	}
	const defaultResults = 100
	return call(func(in request) (any, error) {
		all, err := o.States.List(in.StateMachineArn, in.StatusFilter)
		if err != nil {
			return nil, err
		}
		if in.MaxResults <= 0 {
			in.MaxResults = defaultResults
		}
		list := []map[string]any{}
		for _, e := range all[:min(len(all), in.MaxResults)] {
			list = append(list, summary(e))
		}
		return map[string]any{"executions": list}, nil
	})
}

func stopExecution(o Options) operation {
	type request struct{ ExecutionArn, Error, Cause string }
	return call(func(in request) (any, error) {
		e, err := o.States.Stop(in.ExecutionArn, in.Error, in.Cause)
		if err != nil {
			return nil, err
		}
		stopped := e.Ended
		if stopped.IsZero() { // it is ending
			stopped = o.Now()
		}
		return map[string]any{"stopDate": epoch(stopped)}, nil
	})
}

func sendTaskSuccess(o Options) operation {
	type request struct{ TaskToken, Output string }
	return call(func(in request) (any, error) {
		return struct{}{}, o.States.SendTaskSuccess(in.TaskToken, []byte(in.Output))
	})
}

func sendTaskFailure(o Options) operation {
	type request struct{ TaskToken, Error, Cause string }
	return call(func(in request) (any, error) {
		return struct{}{}, o.States.SendTaskFailure(in.TaskToken, in.Error, in.Cause)
	})
}

func sendTaskHeartbeat(o Options) operation {
	type request struct{ TaskToken string }
	return call(func(in request) (any, error) {
		return struct{}{}, o.States.SendTaskHeartbeat(in.TaskToken)
	})
}
