// Package objectstore holds the adapters that speak S3 against the local
// plane's S3 gateway: the same conformance suites that the in-memory stores pass.
package objectstore
