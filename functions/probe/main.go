// Command probe is the Lambda function probe: see its entry in the catalogue, and
// its Task in internal/task.
package main

import "github.com/sluice-flink/sluice/internal/boot"

func main() { boot.Start("probe") }
