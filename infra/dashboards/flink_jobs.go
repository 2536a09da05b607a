package dashboards

import "strings"

// flinkJobs is what Flink says of itself
// (https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/metrics/). An
// application is a namespace and the label app of its pods, which is its name.
func flinkJobs() Dashboard {
	return Dashboard{
		Name: "flink-jobs", Title: "Flink applications",
		Variables: []Variable{
			{"namespace", "label_values(flink_jobmanager_numRunningJobs, namespace)"},
			{"app", `label_values(flink_jobmanager_numRunningJobs{namespace=~"$namespace"}, app)`},
		},
		Panels: append(append(jobsNow(), jobsCheckpoints()...), jobsWork()...),
	}
}

// chosen holds a query to what the reader chose: {} is filled in.
func chosen(query string) string {
	return strings.ReplaceAll(query, "{}", `{namespace=~"$namespace",app=~"$app"}`)
}

// by is the highest value of each application.
func by(query string) []Query {
	return []Query{{"max by (namespace, app) (" + chosen(query) + ")", "{{namespace}}/{{app}}"}}
}

// byTask is the value of each task of each application.
func byTask(function, query string) []Query {
	return []Query{{function + " by (namespace, app, task_name) (" + chosen(query) + ")", "{{app}} {{task_name}}"}}
}

func jobsNow() []Panel {
	return []Panel{
		{Title: "Running jobs", Unit: Number, Now: true, Queries: []Query{{chosen("sum(flink_jobmanager_numRunningJobs{})"), ""}}},
		{Title: "TaskManagers", Unit: Number, Now: true, Queries: []Query{{chosen("sum(flink_jobmanager_numRegisteredTaskManagers{})"), ""}}},
		{Title: "Free task slots", Unit: Number, Now: true, Queries: []Query{{chosen("sum(flink_jobmanager_taskSlotsAvailable{})"), ""}}},
		{Title: "Restarts in an hour", Unit: Number, Now: true, Queries: []Query{{chosen("sum(max_over_time(flink_jobmanager_job_numRestarts{}[1h]) - min_over_time(flink_jobmanager_job_numRestarts{}[1h]))"), ""}}},
		{Title: "Failed checkpoints in an hour", Unit: Number, Now: true, Queries: []Query{{chosen("sum(max_over_time(flink_jobmanager_job_numberOfFailedCheckpoints{}[1h]) - min_over_time(flink_jobmanager_job_numberOfFailedCheckpoints{}[1h]))"), ""}}},
		{Title: "Longest checkpoint", Unit: Seconds, Now: true, Queries: []Query{{chosen("max(flink_jobmanager_job_lastCheckpointDuration{}) / 1000"), ""}}},
		{Title: "Uptime", About: "Since the job last began to run without interruption. A release and a restart begin it anew.", Unit: Seconds, Queries: by("flink_jobmanager_job_uptime{} / 1000")},
		{Title: "Downtime", About: "Of a job that is failing or recovering, since when; 0 while it runs.", Unit: Seconds, Queries: by("flink_jobmanager_job_downtime{} / 1000")},
		{Title: "Restarts since the job was submitted", Unit: Number, Queries: by("flink_jobmanager_job_numRestarts{}")},
	}
}

func jobsCheckpoints() []Panel {
	return []Panel{
		{Title: "Checkpoint duration", About: "Of the last one that completed.", Unit: Seconds, Queries: by("flink_jobmanager_job_lastCheckpointDuration{} / 1000")},
		{Title: "State in a checkpoint", About: "All of it; an incremental checkpoint writes less.", Unit: Bytes, Queries: by("flink_jobmanager_job_lastCheckpointFullSize{}")},
		{Title: "Written by a checkpoint", Unit: Bytes, Queries: by("flink_jobmanager_job_lastCheckpointSize{}")},
		{Title: "Completed checkpoints", Unit: PerSecond, Queries: by("rate(flink_jobmanager_job_numberOfCompletedCheckpoints{}[$__rate_interval])")},
		{Title: "Failed checkpoints", About: "Since the job was submitted: a line that climbs is a job that could not be restored to a recent state.", Unit: Number, Queries: by("flink_jobmanager_job_numberOfFailedCheckpoints{}")},
		{Title: "Checkpoints under way", Unit: Number, Queries: by("flink_jobmanager_job_numberOfInProgressCheckpoints{}")},
	}
}

func jobsWork() []Panel {
	return []Panel{
		{Title: "Event time lag", About: "How far behind their events sources are. Only of sources that emit event times.", Unit: Seconds, Queries: by("flink_taskmanager_job_task_operator_currentEmitEventTimeLag{} / 1000 >= 0")},
		{Title: "Records behind", About: "What sources know to be waiting, as Kafka's do.", Unit: Number, Queries: []Query{{chosen("sum by (namespace, app) (flink_taskmanager_job_task_operator_pendingRecords{})"), "{{namespace}}/{{app}}"}}},
		{Title: "Records out", Unit: PerSecond, Queries: byTask("sum", "flink_taskmanager_job_task_numRecordsOutPerSecond{}")},
		{Title: "Busy", About: "Share of a second, of the busiest subtask. At 100 % a task is the bottleneck.", Unit: Share, Queries: byTask("max", "flink_taskmanager_job_task_busyTimeMsPerSecond{} / 1000")},
		{Title: "Held back", About: "Share of a second in which a task waits for those behind it: the bottleneck is further down.", Unit: Share, Queries: byTask("max", "flink_taskmanager_job_task_backPressuredTimeMsPerSecond{} / 1000")},
		{Title: "Waiting for barriers", About: "Alignment of checkpoints; it grows with back-pressure.", Unit: Seconds, Queries: byTask("max", "flink_taskmanager_job_task_checkpointAlignmentTime{} / 1000000000")},
		{Title: "JVM heap of TaskManagers", Unit: Share, Queries: by("flink_taskmanager_Status_JVM_Memory_Heap_Used{} / flink_taskmanager_Status_JVM_Memory_Heap_Max{}")},
		{Title: "JVM heap of JobManagers", Unit: Share, Queries: by("flink_jobmanager_Status_JVM_Memory_Heap_Used{} / flink_jobmanager_Status_JVM_Memory_Heap_Max{}")},
		{Title: "Time in garbage collection", About: "Share of a second, of the worst TaskManager.", Unit: Share, Queries: by("flink_taskmanager_Status_JVM_GarbageCollector_All_TimeMsPerSecond{} / 1000")},
		{Title: "Processor", About: "Share of what the pod has, of the busiest TaskManager.", Unit: Share, Queries: by("flink_taskmanager_Status_JVM_CPU_Load{}")},
		{Title: "Managed memory", About: "RocksDB's, mostly.", Unit: Share, Queries: by("flink_taskmanager_Status_Flink_Memory_Managed_Used{} / (flink_taskmanager_Status_Flink_Memory_Managed_Total{} > 0)")},
		{Title: "Source idle", Unit: Seconds, Queries: by("flink_taskmanager_job_task_operator_sourceIdleTime{} / 1000")},
	}
}
