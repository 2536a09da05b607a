// Package prices is the one table of what AWS asks: for what the platform is made
// of, for what Sluice uses, for nodes.
//
// It knows the list prices of us-east-1 (us-east-1.yaml), each with where it
// stands and when it was looked up, and it reads a file of the same form for
// another region. It refuses to know how much of anything there is: infra/cost
// and test/bench say that. Start with prices.go.
package prices
