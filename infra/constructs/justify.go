package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// Justify is filled in below.
func Justify(stack awscdk.Stack) {}
