// Package team makes what a data team has: the role its jobs run under, its log
// group, its people's access, and the objects of its namespace.
//
// It refuses to know what the objects are (package kubernetes) and who makes the
// namespace: the Flink operator's stack does, because the operator watches
// namespaces that are there. Start with team.go.
package team
