package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Columns of cdk-nag's report.
const (
	nagRule = iota
	nagResource
	nagCompliance
	nagException
	nagLevel
	nagInfo
	nagColumns
)

func TestNoFindingOfCDKNagIsLeftWithoutAReason(t *testing.T) {
	for _, stack := range made(t) {
		rows := nagReport(t, stack)
		if len(rows) == 0 && !hasResourcesOfAWS(read(t, stack)) {
			continue // charts and objects of Kubernetes, which cdk-nag does not look at
		}
		justified := 0
		for _, row := range rows {
			switch row[nagCompliance] {
			case "Compliant":
			case "Suppressed":
				justified++
				if len(row[nagException]) < 20 {
					t.Errorf("%s: %s on %s is suppressed without a sentence that says why: %q", stack, row[nagRule], row[nagResource], row[nagException])
				}
			default: // Non-Compliant, or UNKNOWN when the rule itself failed
				t.Errorf("%s: %s: %s on %s: %s", stack, row[nagCompliance], row[nagRule], row[nagResource], row[nagInfo])
			}
		}
		if justified == len(rows) {
			t.Errorf("%s: nothing is compliant among %d rows: the report cannot be right", stack, len(rows))
		}
	}
}

func nagReport(t *testing.T, stack string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(assembly, "AwsSolutions-"+stack+"-NagReport.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 1 || len(rows[0]) != nagColumns {
		t.Fatalf("the report of %s has another form: %v", stack, rows[0])
	}
	return rows[1:]
}

func hasResourcesOfAWS(t template) bool {
	for _, r := range t.Resources {
		if strings.HasPrefix(r.Type, "AWS::") && r.Type != "AWS::CDK::Metadata" {
			return true
		}
	}
	return false
}
