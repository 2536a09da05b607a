// Package cost says what a platform costs each month before any job runs: from
// the one file of the platform, at list prices.
//
// It knows what of the platform is paid for by the hour, and what Sluice itself
// uses whoever releases anything. It refuses to know what prices are, which stand
// in infra/prices, and what jobs cost: their nodes and EMR's share of them are
// named beside the sum. Start with bill.go; everything is a pure function.
package cost
