package lint

// distributed holds a distributed Map against what it does by default: ten
// thousand executions at once, all of them stopped by the first that fails.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
func (c *checker) distributed(s *state) {
	if s.ItemProcessor == nil || !readScope(s.ItemProcessor).isolated {
		return
	}
	if s.fields["MaxConcurrency"] == nil {
		c.add(RuleConcurrency, s.name, "MaxConcurrency", "is missing: without it up to 10,000 executions run at once")
	}
	if s.fields["ToleratedFailurePercentage"] == nil && s.fields["ToleratedFailureCount"] == nil {
		c.add(RuleTolerance, s.name, "ToleratedFailurePercentage", "is missing: without it the first item that fails stops all the others")
	}
	if s.fields["ItemReader"] == nil {
		return
	}
	if len(s.Retry) == 0 {
		c.add(RuleRetry, s.name, "Retry", "is missing: an ItemReader calls S3, so say that States.ItemReaderFailed may pass by itself")
	}
	if len(s.Catch) == 0 {
		c.add(RuleCatch, s.name, "Catch", "is missing: say where the execution goes when the items cannot be read")
	}
}
