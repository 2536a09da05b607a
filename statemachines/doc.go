// Package statemachines embeds the state machines as Amazon States Language
// files, JSONata, Standard workflows: the one definition that AWS, the local
// plane and the tests run. It knows the files and nothing of what runs them.
// Placeholders ${...} stand for ARNs and are listed by functions.Catalogue.
// Start with Definitions.
package statemachines

import (
	"bytes"
	_ "embed"

	"github.com/sluice-flink/sluice/functions"
)

// Definitions are the machines that there are.
func Definitions() map[functions.Machine][]byte {
	return map[functions.Machine][]byte{functions.Release: Release, functions.Remediate: Remediate, functions.Rotate: Rotate, functions.Recover: Recover}
}

// DefinitionsFor are the machines for a partition, as aws-cn. The ARNs of service
// integrations name it, and no placeholder may stand there: the checkers of the
// language, and AWS's own, refuse one.
func DefinitionsFor(partition string) map[functions.Machine][]byte {
	all := Definitions()
	for name, definition := range all {
		all[name] = bytes.ReplaceAll(definition, []byte("arn:aws:states:::"), []byte("arn:"+partition+":states:::"))
	}
	return all
}

// Release is release.asl.json: every change of an application goes through it.
//
//go:embed release.asl.json
var Release []byte

// Remediate is remediate.asl.json: an alarm, until it is quiet or somebody was called.
//
//go:embed remediate.asl.json
var Remediate []byte

// Rotate is rotate.asl.json: savepoints are taken, proven and retired on schedule.
//
//go:embed rotate.asl.json
var Rotate []byte

// Recover is recover.asl.json: what executions that died have left.
//
//go:embed recover.asl.json
var Recover []byte
