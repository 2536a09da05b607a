package statemachines

//go:generate go run ./internal/diagram
