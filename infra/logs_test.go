package main

import (
	"strings"
	"testing"
)

// What nobody made a log group for is kept for ever, and left behind by its stack.
func TestEveryFunctionOfEveryStackWritesToALogThatIsKeptAsTheFileSaysAndGoesWithItsStack(t *testing.T) {
	functions := 0
	for _, name := range made(t) {
		stack := read(t, name)
		for id, function := range stack.ofType("AWS::Lambda::Function") {
			functions++
			log, is := stack.Resources[strings.Trim(text(at(function.Properties, "LoggingConfig", "LogGroup")), "<>")]
			if !is || log.Type != "AWS::Logs::LogGroup" {
				t.Errorf("%s: %s writes to %v", name, id, at(function.Properties, "LoggingConfig"))
				continue
			}
			if days := text(log.Properties["RetentionInDays"]); log.DeletionPolicy != "Delete" || days != "90" && days != "<LogRetentionDays>" {
				t.Errorf("%s: the log of %s is kept %s days, and then it is: %s", name, id, days, log.DeletionPolicy)
			}
		}
	}
	if functions < 4 {
		t.Errorf("there are %d functions: whose are looked at?", functions)
	}
}
