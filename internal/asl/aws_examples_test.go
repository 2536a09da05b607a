package asl_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/asl/asltest"
)

func TestTheExamplesOfAWSAreSoundForAslValidatorToo(t *testing.T) {
	files, err := filepath.Glob("testdata/aws_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			asltest.Validate(t, archive.Files[0].Data)
		})
	}
}
