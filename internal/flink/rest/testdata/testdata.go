// Package testdata embeds the recorded Flink answers, so that tests of any
// package can replay them whatever directory they run in. See README.md for
// what they are. It knows nothing of their meaning; start with rest/resttest.
package testdata

import "embed"

// Files holds 1.20/*.json, 2.2/*.json (exchanges) and operator/*.json (bodies).
//
//go:embed 1.20/*.json 2.2/*.json operator/*.json
var Files embed.FS
