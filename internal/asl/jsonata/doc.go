// Package jsonata evaluates JSONata expressions the way AWS Step Functions
// does: the reference implementation (jsonata.js) runs in process, with the
// functions that Step Functions adds ($partition $range $hash $random $uuid
// $parse), without the one it forbids ($eval), and without the operators that
// are newer than the language version it implements (2.0.6).
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
//
// It knows nothing of states, state machines or "{% %}"; package asl does. It
// does not contain JSONata: the JavaScript file comes from the npm package, and
// Find says where it lies.
//
// Start with Engine (a pool of JavaScript machines), then Session (one machine
// with its variables bound), then Inspect (what an expression refers to).
package jsonata
