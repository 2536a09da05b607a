// Package stacks puts the constructs together into what is deployed. There is
// one stack so far: EventPlane, which is attached by parameters to an EKS
// cluster that exists. Start with event_plane.go.
//
// It knows which piece gets which other piece, the parameters and the outputs.
// It refuses to know accounts, regions and zones: the templates fit any.
package stacks
