// Package data makes the buckets in which jobs keep what outlives them: their
// state, their logs and their data. Below a bucket each team has a prefix of its
// own, the name of its namespace.
//
// It refuses to know what a team may do with its prefix: that is the team's role.
// Start with data.go.
package data
