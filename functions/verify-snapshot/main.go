// Command verify-snapshot is the Lambda function verify-snapshot: see its entry in the catalogue, and
// its Task in internal/task.
package main

import "github.com/sluice-flink/sluice/internal/boot"

func main() { boot.Start("verify-snapshot") }
