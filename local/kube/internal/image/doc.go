// Package image knows what image names stand for on this machine: folders of
// the host laid over the root, an environment, a command. It refuses to pull
// or unpack anything. Start at Load, then Catalogue.Find.
package image
