// Command take-savepoint is the Lambda function take-savepoint: see its entry in the catalogue, and
// its Task in internal/task.
package main

import "github.com/sluice-flink/sluice/internal/boot"

func main() { boot.Start("take-savepoint") }
