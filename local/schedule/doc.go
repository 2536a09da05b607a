// Package schedule is Amazon EventBridge Scheduler on one machine: it says when
// a schedule is due and with which payload.
//
// It knows the expressions rate(…) and cron(…) in UTC and the context
// attributes that a payload may name. It does not know what a target is: it
// hands the payload to a Fire function. One-time schedules, time zones,
// flexible windows, and start and end dates are refused by name.
//
// A schedule does not run while the process does not: what was due then is not
// made up. A rate is counted from Run, where the service's begins at once.
//
// Start with Parse and Run.
package schedule
