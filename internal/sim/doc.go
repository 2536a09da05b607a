// Package sim runs releases, repairs and rotations by the thousand in a world
// that goes wrong: the embedded machines, the real tasks and the real ledger over
// a model of operator and Flink, a bus that duplicates, delays and reorders,
// people who interfere, alarms that go off and clear as they like, a timer whose
// clock is wrong, a bucket of states that may not be read, and functions that die
// between any two calls. Executions that die are
// followed by the machine that recovers, as on AWS: started by an event that may be
// lost, late or doubled, and by a tick (recovery.go). It may die as well, and what
// it asks for.
//
// Everything follows from one seed. A Schedule says what is uploaded and asked
// for when and what goes wrong; a timeline lets one strand run at a time and
// hands on at each call to the outside, so that a run is the same every time. A
// violation is shrunk to the shortest schedule that still shows it, and told
// with a trace of calls, of what they changed in the ledger, and of what became
// of the cluster (trace.go). Lines that begin with "!" are what goes wrong,
// those with "~" what runs.
//
// These always hold, asked after every call to the outside, where an execution
// ends, or when all is quiet and what recovers has recovered:
//
//   - One release in flight: fenceHolds, fenceGrows, oneReleaseActs,
//     endedIsEnded (rules_cluster.go); leaseOutlives, pendingIsNotDropped,
//     parkedIsNotDropped, parkedHoldsNothing, nothingForgotten (rules_ledger.go);
//     handedOverIsStarted, nothingIsTakenFromTheLiving (rules_recovery.go).
//   - Nothing that is dead stays so, what is undone goes back to what ran, once:
//     nothingDeadStaysDead, whatWasStoppedIsSomebodys, undoneOnce, undoGoesBack,
//     cleanIsClean (rules_recovery.go); recovery comes to rest: a tick after the
//     last that did something changes nothing (comeToRest, finish.go).
//   - A running stateful job is stopped only when a state to return to is
//     recorded: stateBeforeStop, removesOnlyWhatMayGo, standsStillFirst
//     (rules_cluster.go).
//   - Every event ends in one recorded outcome: oneOutcome (rules_record.go),
//     recordSaysTheEnd (ending.go), everyEventHasOneOutcome (final.go).
//   - Every function may die anywhere, and afterwards all converges:
//     endsAsDefined, whatWasSentIsGone, leaseIsGivenBack (ending.go),
//     nextEventProceeds (finish.go), ledgerSaysWhatRuns (final.go).
//   - What something refers to is kept: snapshotsAreKept (rules_cluster.go),
//     whatRunsIsKept (final.go), neverBelowTheMinimum (rules_rotation.go).
//   - One repair at a time, and no more than the policy allows: oneRepairAtATime,
//     noMoreThanPerDay; an incident ends with its record, and where a repair failed
//     with the circuit open: incidentIsNotDropped, failedRepairOpensTheCircuit,
//     incidentKeepsItsOutcome; no alarm is lost: everyAlarmHasItsRecord
//     (rules_incident.go).
//   - No state is lost or repeated without the record's saying so:
//     noStateIsLostSilently (final.go).
//   - Success is claimed for what was seen, and good versions stay:
//     successWasSeen, goodVersionsStay (final.go).
//   - A record says why: recordSaysWhy (rules_record.go), incidentSaysWhy
//     (rules_incident.go).
//   - People are heard: cancelIsHeard, dryRunChangesNothing (rules_ledger.go),
//     somebodyAgreed, circuitHolds (rules_cluster.go), dirtyOpensTheCircuit
//     (rules_ledger.go), repairIsNotHeld (ending.go).
//
// The tests also plant bugs, each of which some rule has to find, repeat each
// kind of change with a crash before and after each of its calls, and with its
// execution stopped there, and what recovery does about that with a crash at each
// call of recovery's own.
//
// The package knows what must always hold and nothing of how it is brought
// about. Start with Run (run.go), then schedule.go for what can go wrong.
package sim
