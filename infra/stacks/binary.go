package stacks

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/functions"
)

// Bootstrap is the name Lambda gives the executable of a custom runtime.
const Bootstrap = "bootstrap"

// CheckBinaries says what is missing below dir, before the CDK would say it in
// its own words.
func CheckBinaries(dir string) error {
	for _, f := range functions.Catalogue() {
		file := filepath.Join(dir, f.Name, Bootstrap)
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("the function %s is not built (%w): run `make build` first", f.Name, err)
		}
	}
	return nil
}

func binary(dir string, f functions.Function) awslambda.Code {
	return awslambda.Code_FromAsset(jsii.String(filepath.Join(dir, f.Name)), nil)
}
